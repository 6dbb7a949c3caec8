// What a session knows: its definitions, its settings, its last run.
#pragma once

#include <memory>

#include "driver/repl/definitions.h"
#include "driver/repl/running.h"
#include "driver/repl/settings.h"

namespace snnc::driver::repl {

struct Workspace {
    explicit Workspace(Session& s) : session(s), definitions(s) {}

    Session& session;
    Definitions definitions;
    Settings settings;
    std::unique_ptr<Running> last;
    bool ends = false;  // `:quit`
};

/// What a command's arguments ask for: without a subject that of the last run with its inputs, or
/// the only network there is. Takes `steps` and `seed`; everything else are inputs. NothingRun.
Plan plan_of(const Workspace& workspace, Arguments arguments);

/// The last run. NothingRun.
Running& last_run(Workspace& workspace);

}  // namespace snnc::driver::repl
