// snnc check: finds the mistakes of files without making code.
#include "driver/command_line.h"
#include "driver/pipeline.h"

namespace snnc::driver {
namespace {

int check(Session& session, const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        const auto module = frontend::load(session.sources, file, session.diagnostics);
        if (module) frontend::check(session.sources, *module, session.diagnostics);
    }
    session.flush();
    return session.exit_code();
}

}  // namespace

void add_check(Tool& tool) {
    auto* verb =
        add_verb(tool, "check",
                 "Names, shapes, intervals, reach of gradients; prints nothing if all is well",
                 {"check net.snn", "check examples/*.snn --diagnostics=json"});
    auto files = std::make_shared<std::vector<std::string>>();
    verb->add_option("FILE", *files, "the .snn files (- reads standard input)")->required();
    verb->callback([&tool, files] {
        tool.action = [files](Session& session) { return check(session, *files); };
    });
}

}  // namespace snnc::driver
