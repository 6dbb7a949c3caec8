// :plot
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "driver/picture_output.h"
#include "driver/repl/commands.h"
#include "pictures/recordings.h"

namespace snnc::driver::repl {
namespace {

struct Wish {
    std::vector<Word> variables;
    std::optional<Word> file;  // none: the terminal
};

Wish wish_of(const std::vector<Word>& words) {
    Wish wish;
    for (const Word& word : words) {
        if (!word.quoted && !is_picture_file(word.text)) {
            wish.variables.push_back(word);
            continue;
        }
        if (wish.file)
            fail_at(Code::BadCommandLine, word.range,
                    fmt::format("a picture goes into one file, and `{}` is named already",
                                wish.file->text));
        if (!is_picture_file(word.text))
            fail_at(Code::BadCommandLine, word.range, "the file of a picture ends in .svg or .png");
        wish.file = word;
    }
    return wish;
}

/// The recorded variable of this name, or the only one whose name ends in it: `v` for `cell.v`.
ir::TensorId find_recorded(const Running& run, const Word& word) {
    const std::string& name = word.text;
    std::vector<std::string> known;
    std::vector<ir::TensorId> ending;
    for (const ir::TensorId id : run.recorded()) {
        known.push_back(run.network()[id].name);
        if (known.back() == name) return id;
        if (known.back().ends_with("." + name)) ending.push_back(id);
    }
    if (ending.size() == 1) return ending[0];
    std::string hint = did_you_mean(name, known);
    if (hint.empty() || !ending.empty()) hint = "there are " + quoted_list(known);
    fail_at(Code::UnknownVariable, word.range,
            fmt::format("the last run has {} `{}`",
                        ending.empty() ? "no variable" : "several variables", name),
            {hint});
}

bool is_spike(const Running& run, ir::TensorId id) {
    return run.network()[id].kind == ir::DataKind::Spike;
}

/// The spikes of the cells whose variable this is; invalid if they have none.
ir::TensorId spikes_beside(const Running& run, ir::TensorId variable) {
    for (const ir::Population& population : run.network().populations) {
        ir::TensorId spikes;
        bool is_of_it = false;
        for (const auto& [name, id] : population.variables) {
            is_of_it |= id == variable;
            if (is_spike(run, id) && !spikes.valid()) spikes = id;
        }
        if (is_of_it) return spikes;
    }
    return {};
}

pictures::StepLength step_length(const ir::Network& network) {
    using Length = ir::Network::StepLength;
    if (network.step_length == Length::Absent) return {};
    return {network.dt, network.step_length == Length::Time ? "ms" : ""};
}

pictures::Figure picture_of(const Running& run, ir::TensorId id) {
    const std::string& name = run.network()[id].name;
    const pictures::StepLength step = step_length(run.network());
    const auto recording = pictures::take(run.course(id), name, {});
    if (is_spike(run, id)) {
        pictures::Figure figure = pictures::raster(recording, step);
        figure.panels.front().title = name;
        return figure;
    }
    const ir::TensorId beside = spikes_beside(run, id);
    std::optional<pictures::Recording> spikes;
    if (beside.valid()) spikes = pictures::take(run.course(beside), name, {});
    return pictures::traces({&recording, spikes ? &*spikes : nullptr, {}, name}, step);
}

}  // namespace

void plot_command(Workspace& workspace, const SourceRange& rest) {
    const Running& run = last_run(workspace);
    if (run.steps() == 0) fail(Code::NothingRun, "the last run has no steps yet");
    const Wish wish = wish_of(words_of(workspace.session.sources, rest));
    std::vector<ir::TensorId> variables;
    for (const Word& word : wish.variables) variables.push_back(find_recorded(run, word));
    if (variables.empty())
        for (const ir::TensorId id : run.network().outputs)
            if (run.network()[id].role == ir::Role::Variable) variables.push_back(id);
    PictureOptions options;
    if (wish.file) {
        options.out = wish.file->text;
        at_place(wish.file->range, [&] { options.check(); });
    }
    pictures::Figure figure;
    figure.title = run.plan().subject;
    figure.shared_x = true;
    for (const ir::TensorId id : variables)
        for (pictures::Panel& panel : picture_of(run, id).panels)
            figure.panels.push_back(std::move(panel));
    options.show(std::move(figure));
}

}  // namespace snnc::driver::repl
