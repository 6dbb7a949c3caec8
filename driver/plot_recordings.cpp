// snnc plot raster, trace and counts: pictures of arrays that `run --record` and `--out` write.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "driver/picture_output.h"
#include "driver/plot.h"
#include "pictures/recordings.h"
#include "runtime/npy.h"

namespace snnc::driver {
namespace {

struct RecordingOptions {
    std::string file, cells, step;
    std::int64_t sample = 0;
    PictureOptions picture;

    void add_to(CLI::App& verb, const std::string& what) {
        verb.add_option("FILE", file, what + ", [steps, batch, shape…], .npy or .npz:MEMBER")
            ->required();
        verb.add_option("--sample", sample, "which sample of the batch, from 0 (default 0)");
        verb.add_option("--cells", cells, "which cells, counted row by row: FIRST:END, or one");
        verb.add_option("--dt", step,
                        "the length of a step, such as 0.1ms; else time counts steps");
        picture.add_to(verb);
    }
};

struct TraceOptions {
    RecordingOptions recording;
    std::string spikes;
    std::optional<double> threshold;
};

/// "8", "0:8", ":8", "8:".
pictures::Choice choice_of(const RecordingOptions& options) {
    pictures::Choice choice{options.sample, {}, {}};
    if (options.cells.empty()) return choice;
    const auto number = [&](const std::string& text) {
        std::int64_t value = 0;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
        if (result.ec != std::errc{} || result.ptr != text.data() + text.size())
            fail(Code::BadCommandLine,
                 fmt::format("`--cells` takes FIRST:END or one number, not `{}`", options.cells));
        return value;
    };
    const auto colon = options.cells.find(':');
    const std::string first = options.cells.substr(0, colon);
    if (!first.empty()) choice.first_cell = number(first);
    if (colon == std::string::npos) {
        choice.end_cell = *choice.first_cell + 1;
    } else if (colon + 1 < options.cells.size()) {
        choice.end_cell = number(options.cells.substr(colon + 1));
    }
    return choice;
}

/// "0.1ms".
pictures::StepLength step_length(const std::string& text) {
    pictures::StepLength step;
    if (text.empty()) return step;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, step.length);
    step.unit.assign(result.ptr, end);
    const bool known = step.unit == "s" || step.unit == "ms" || step.unit == "us";
    if (result.ec != std::errc{} || !known || !(step.length > 0))
        fail(Code::BadCommandLine,
             fmt::format("`--dt` takes a time in s, ms or us such as 0.1ms, not `{}`", text));
    check_drawable("--dt", step.length);
    return step;
}

pictures::Recording spikes_of(const std::string& file, const RecordingOptions& options) {
    pictures::Recording spikes = pictures::take(runtime::read_npy(file), file, choice_of(options));
    pictures::check_spikes(spikes, file);
    return spikes;
}

int plot_trace(const TraceOptions& options) {
    options.recording.picture.check();
    if (options.threshold) check_drawable("--threshold", *options.threshold);
    const std::string& file = options.recording.file;
    const pictures::StepLength step = step_length(options.recording.step);
    const pictures::Recording values =
        pictures::take(runtime::read_npy(file), file, choice_of(options.recording));
    std::optional<pictures::Recording> spikes;
    if (!options.spikes.empty()) {
        spikes = spikes_of(options.spikes, options.recording);
        if (spikes->steps != values.steps || spikes->all_cells != values.all_cells)
            fail(Code::BadShape,
                 fmt::format("holds {} steps of {} cells, and {} holds {} of {}", spikes->steps,
                             spikes->all_cells, file, values.steps, values.all_cells),
                 options.spikes);
    }
    const std::string name = std::filesystem::path(file).stem().string();
    options.recording.picture.show(
        pictures::traces({&values, spikes ? &*spikes : nullptr, options.threshold, name}, step));
    return Done;
}

using SpikePicture = pictures::Figure (*)(const pictures::Recording&, const pictures::StepLength&);

void add_spike_picture(Tool& tool, CLI::App& kind, SpikePicture picture) {
    auto options = std::make_shared<RecordingOptions>();
    options->add_to(kind, "spikes, 0 or 1");
    kind.callback([&tool, options, picture] {
        tool.action = [options, picture](Session&) {
            options->picture.check();
            const pictures::StepLength step = step_length(options->step);
            options->picture.show(picture(spikes_of(options->file, *options), step));
            return int(Done);
        };
    });
}

}  // namespace

void add_recording_pictures(Tool& tool, CLI::App& plot) {
    add_spike_picture(tool,
                      *add_picture(plot, "raster", "When each cell spikes",
                                   {"raster spikes.npy", "raster run.npz:hidden.s --sample 3",
                                    "raster spikes.npy --dt 0.1ms --cells 0:100 --out raster.svg"}),
                      pictures::raster);
    add_spike_picture(tool,
                      *add_picture(plot, "counts", "How often each cell spikes, and in which steps",
                                   {"counts spikes.npy", "counts spikes.npy --out counts.png"}),
                      pictures::counts);
    auto* trace =
        add_picture(plot, "trace", "How a variable runs, a panel for each cell",
                    {"trace v.npy --cells 0:3", "trace v.npy --spikes s.npy --threshold 1",
                     "trace v.npy --dt 1ms --title membrane --out v.svg"});
    auto options = std::make_shared<TraceOptions>();
    options->recording.add_to(*trace, "values of a variable");
    trace->add_option("--spikes", options->spikes, "spikes of the same cells, marked above");
    trace->add_option("--threshold", options->threshold, "a line at this height");
    trace->callback(
        [&tool, options] { tool.action = [options](Session&) { return plot_trace(*options); }; });
}

}  // namespace snnc::driver
