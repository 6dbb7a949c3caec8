#include "driver/repl/definitions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "driver/repl/texts.h"
#include "frontend/format.h"
#include "frontend/parse.h"

namespace snnc::driver::repl {
namespace {

using frontend::Declaration;

Definition definition_of(const Declaration& declaration) {
    struct Visitor {
        Definition operator()(const frontend::ImportDecl& import) const {
            return named("import", "import", {import.path, import.path_range});
        }
        Definition operator()(const frontend::CellDecl& cell) const {
            return named(cell.encoder ? "encoder" : "neuron", "cell", cell.name);
        }
        Definition operator()(const frontend::SurrogateDecl& surrogate) const {
            return named("surrogate", "surrogate", surrogate.name);
        }
        Definition operator()(const frontend::FunctionDecl& function) const {
            return named("fn", "function", function.name);
        }
        Definition operator()(const frontend::LossDecl& loss) const {
            return named("loss", "function", loss.name);
        }
        Definition operator()(const frontend::NetworkDecl& network) const {
            return named("network", "cell", network.name);
        }
        Definition operator()(const frontend::TrainDecl& train) const {
            return named("train", "train", train.name ? *train.name : train.network);
        }
        static Definition named(const char* kind, const char* space, const frontend::Name& name) {
            return {kind, name.text, fmt::format("{} {}", space, name.text), name.range};
        }
    };
    return std::visit(Visitor{}, declaration.node);
}

bool is_within(const SourceRange& range, const SourceRange& outer) {
    return range.file == outer.file && outer.begin <= range.begin && range.end <= outer.end;
}

bool is_warning(const Diagnostic& diagnostic) {
    return info(diagnostic.code).severity == Severity::Warning;
}

std::string identity(const Diagnostic& warning) {
    return fmt::format("{} {} {} {}", info(warning.code).text, warning.range.file.index,
                       warning.range.begin, warning.message);
}

}  // namespace

Places places_of(const std::vector<Definition>& definitions) {
    Places places;
    for (const Definition& one : definitions) places.push_back(one.place);
    return places;
}

frontend::Module module_with(Session& session, Places places, const std::string& name,
                             const std::string& text) {
    const FileId file = session.sources.add(name, text);
    const auto program = frontend::parse(session.sources, file, session.diagnostics);
    if (!program) throw Stop{};
    for (std::size_t i = 0; i < program->declarations.size(); ++i) places.push_back({file, i});
    auto module = frontend::load_declarations(session.sources, places, session.diagnostics);
    session.stop_on_errors();
    return std::move(module.value());
}

Definitions::Definitions(Session& session)
    : session_(session),
      module_(frontend::load_declarations(session.sources, {}, session.diagnostics)) {}

// ---- changes -------------------------------------------------------------------------------

std::vector<std::string> Definitions::define(FileId text) {
    const auto program = frontend::parse(session_.sources, text, session_.diagnostics);
    if (!program) throw Stop{};
    const auto texts = texts_of(session_.sources, *program);
    State next = state_;
    std::vector<std::string> said;
    for (std::size_t i = 0; i < program->declarations.size(); ++i) {
        Definition one = definition_of(program->declarations[i]);
        one.place = {text, i};
        one.text = texts[i];
        // The same name twice in one text is a mistake that the check tells.
        const auto same = std::find_if(next.begin(), next.end(), [&](const Definition& other) {
            return other.key == one.key && other.place.file != text;
        });
        said.push_back(one.kind + " " + one.name + (same == next.end() ? "" : ", redefined"));
        if (same == next.end())
            next.push_back(std::move(one));
        else
            *same = std::move(one);
    }
    if (said.empty()) return said;
    // Only one that takes another's place can break a third.
    const auto redefined = std::find_if(next.begin(), next.end(), [&](const Definition& one) {
        return one.place.file == text && one.place.index == 0;
    });
    const std::string name = redefined->name;
    become({std::move(next), redefined->name_range, fmt::format("`{}` is not redefined", name),
            "with it", [](const auto& broken) {
                return fmt::format("enter {} anew in the same input, or `:drop {}` before",
                                   quoted_list(broken), fmt::join(broken, " "));
            }});
    return said;
}

bool Definitions::undo() {
    if (before_.empty()) return false;
    become({before_.back(),
            {},
            "the last change is not taken back",
            "without it",
            [](const auto& broken) {
                return fmt::format("`:drop {}` before", fmt::join(broken, " "));
            }});
    before_.resize(before_.size() - 2);
    return true;
}

void Definitions::drop(const std::vector<Word>& names) {
    State next = state_;
    std::vector<std::string> texts;
    for (const Word& name : names) {
        const auto is_it = [&](const Definition& one) { return one.name == name.text; };
        if (std::erase_if(next, is_it) == 0) {
            std::vector<std::string> known;
            for (const Definition& one : state_) known.push_back(one.name);
            const std::string hint = did_you_mean(name.text, known);
            fail_at(Code::UnknownName, name.range,
                    fmt::format("this session defines no `{}`", name.text),
                    {hint.empty() ? "`:list` shows what there is" : hint});
        }
        texts.push_back(name.text);
    }
    const bool one = texts.size() == 1;
    become({std::move(next), join(names.front().range, names.back().range),
            fmt::format("{} {} not dropped", quoted_list(texts), one ? "is" : "are"),
            one ? "without it" : "without them", [&](const auto& broken) {
                return fmt::format("`:drop {} {}` drops them together", fmt::join(texts, " "),
                                   fmt::join(broken, " "));
            }});
}

void Definitions::become(Change change) {
    Diagnostics found;
    auto module = frontend::load_declarations(session_.sources, places_of(change.next), found);
    if (module) frontend::check(session_.sources, *module, found);
    if (!found.ok()) refuse(change, found);
    tell_warnings(found);
    before_.push_back(std::exchange(state_, std::move(change.next)));
    module_ = std::move(module);
}

bool Definitions::is_old(const Definition& one) const {
    return std::any_of(state_.begin(), state_.end(),
                       [&](const Definition& old) { return old.text == one.text; });
}

/// Mistakes of what is new are told alone; else it is what was there before that breaks.
void Definitions::refuse(const Change& change, const Diagnostics& found) {
    std::vector<std::string> broken;
    std::vector<const Diagnostic*> of_new, of_old;
    for (const Diagnostic& diagnostic : found.all()) {
        if (is_warning(diagnostic)) continue;
        const auto place = std::find_if(
            change.next.begin(), change.next.end(),
            [&](const Definition& one) { return is_within(diagnostic.range, one.text); });
        const bool old = place != change.next.end() && is_old(*place);
        (old ? of_old : of_new).push_back(&diagnostic);
        if (old && std::find(broken.begin(), broken.end(), place->name) == broken.end())
            broken.push_back(place->name);
    }
    for (const Diagnostic* diagnostic : of_new.empty() ? of_old : of_new)
        session_.adopt(*diagnostic);
    if (of_new.empty())
        session_.diagnostics
            .report(Code::BreaksDefinition, change.place,
                    fmt::format("{}: {} would not work {}", change.refusal, quoted_list(broken),
                                change.reason))
            .note(change.advice(broken));
    throw Stop{};
}

void Definitions::tell_warnings(const Diagnostics& found) {
    for (const Diagnostic& diagnostic : found.all())
        if (told_.insert(identity(diagnostic)).second) session_.adopt(diagnostic);
}

// ---- what there is -------------------------------------------------------------------------

std::vector<const Definition*> Definitions::find(const std::string& name) const {
    std::vector<const Definition*> found;
    for (const Definition& one : state_)
        if (one.name == name) found.push_back(&one);
    return found;
}

const Declaration& Definitions::declaration(const Definition& definition) const {
    return module_->main->declarations[std::size_t(&definition - state_.data())];
}

std::string Definitions::text(const std::string& folder) const {
    namespace fs = std::filesystem;
    std::string joined = "snn 1\n\n";
    for (const Definition& one : state_)
        joined += std::string(session_.sources.text(one.text)) + "\n\n";
    Diagnostics none;
    SourceManager sources;
    const auto program = frontend::parse(sources, sources.add("", joined), none);
    const std::string placed =
        with_import_paths(sources, program.value(), [&](const std::string& path) {
            if (fs::path(path).is_absolute()) return path;
            return fs::proximate(path, folder.empty() ? "." : folder).string();
        });
    const FileId file = sources.add("", placed);
    return frontend::format(sources, file, frontend::parse(sources, file, none).value());
}

}  // namespace snnc::driver::repl
