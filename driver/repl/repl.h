// snnc repl: definitions, expressions and commands, one after the other.
//
// An input is read (line_reader.h) until it is whole (completeness.h). Declarations go into the
// session's program (definitions.h), expressions are evaluated, commands are in a table
// (commands.h). Whatever fails is told, and the session goes on.
#pragma once

#include "driver/command_line.h"

namespace snnc::driver::repl {

void add_repl(Tool& tool);

}  // namespace snnc::driver::repl
