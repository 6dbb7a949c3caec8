// What the tab key offers: commands, files, settings, words of the language and names of the
// session.
#pragma once

#include "driver/repl/line_reader.h"
#include "driver/repl/workspace.h"

namespace snnc::driver::repl {

/// `text` is the line up to the cursor.
Completion complete(const Workspace& workspace, const std::string& text);

}  // namespace snnc::driver::repl
