#include <snnc/source.h>

#include "api/call.h"
#include "driver/explain.h"
#include "driver/pipeline.h"
#include "frontend/format.h"
#include "frontend/parse.h"
#include "runtime/atomic_file.h"

namespace snnc::api {
namespace {

frontend::Module load(driver::Session& session, const Source& source) {
    auto module =
        frontend::load_text(session.sources, source.name, source.text, session.diagnostics);
    session.stop_on_errors();
    return std::move(module.value());
}

template <class Names>
std::vector<std::string> names_in(const Source& source, Names names) {
    driver::Session session;
    return guarded(session, [&] { return names(load(session, source)); });
}

}  // namespace

std::string explain(const std::string& code) { return driver::explanation(code); }

Source read_source(const std::string& path) {
    driver::Session session;
    return guarded(session, [&] { return Source{runtime::read_file(path), path}; });
}

std::vector<Diagnostic> check(const Source& source) {
    driver::Session session;
    const auto module =
        frontend::load_text(session.sources, source.name, source.text, session.diagnostics);
    if (module) frontend::check(session.sources, *module, session.diagnostics);
    session.diagnostics.sort_by_place();
    return to_public(session.sources, session.diagnostics);
}

std::string format(const Source& source) {
    driver::Session session;
    return guarded(session, [&] {
        const FileId id = session.sources.add(source.name, source.text);
        const auto program = frontend::parse(session.sources, id, session.diagnostics);
        if (!program) throw driver::Stop{};
        return frontend::format(session.sources, id, *program);
    });
}

std::vector<std::string> network_names(const Source& source) {
    return names_in(source, frontend::network_names);
}

std::vector<std::string> train_names(const Source& source) {
    return names_in(source, frontend::train_names);
}

std::string version() { return driver::versions().at("snnc"); }

}  // namespace snnc::api
