// The commands of a session: `:run`, `:type` and so on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/repl/workspace.h"

namespace snnc::driver::repl {

struct Command {
    const char* name;       // without the colon
    const char* arguments;  // "[NAME]", as `:help` shows them
    const char* does;       // one line
    const char* more;       // what `:help NAME` says besides
    /// `rest` is what stands behind the name.
    void (*function)(Workspace& workspace, const SourceRange& rest);
};

const std::vector<Command>& commands();

/// Performs the command that the text is; its name may be shortened as long as it is the only one
/// that begins so. UnknownCommand. What fails without a place of its own has that of its arguments.
void perform(Workspace& workspace, FileId text);

/// Does the work; a failure that has no place gets this one.
void at_place(const SourceRange& place, const std::function<void()>& work);

/// The plan of what a command names, resolved; Ctrl-C and times are the command's affair.
Plan resolved_plan(Workspace& workspace, Arguments arguments, bool all_ports = false);

// The functions, by the file in which they stand.
using Function = void(Workspace& workspace, const SourceRange& rest);
Function run_command, step_command;                               // run_commands.cpp
Function plot_command;                                            // plot_command.cpp
Function gradient_command;                                        // gradient_command.cpp
Function time_command;                                            // time_command.cpp
Function type_command;                                            // type_command.cpp
Function list_command, emit_command, set_command;                 // show_commands.cpp
Function load_command, save_command, drop_command, undo_command;  // definition_commands.cpp

/// Enters all declarations of a file, as `:load` does.
void load_file(Workspace& workspace, const std::string& path);

/// Shows what an expression is worth, or what is known of a name.
void evaluate(Workspace& workspace, const SourceRange& text);

}  // namespace snnc::driver::repl
