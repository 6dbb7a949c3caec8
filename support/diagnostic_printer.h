// Diagnostics as text for people and as JSON lines for tools.
//
// The last stage of every message: Diagnostics collect, this file renders. The driver writes the
// result to standard error.
#pragma once

#include <string>

#include "support/diagnostics.h"
#include "support/source.h"

namespace snnc {

/// The text that a terminal shows: `file:line:column: error: message [E0101]`, the source line with
/// the range underlined, then labels with their lines, notes, and `help:` for each edit.
/// Needs ranges of files of `sources`; a range beyond its file is cut. `color` adds ANSI escapes.
std::string to_text(const SourceManager& sources, const Diagnostic& diagnostic, bool color);

/// All of them, in the order given.
std::string to_text(const SourceManager& sources, const Diagnostics& diagnostics, bool color);

/// One JSON object and a line end, with the keys of cli.md: code severity message file line column
/// end_line end_column labels notes edits. Without a place the four numbers are null.
std::string to_json_line(const SourceManager& sources, const Diagnostic& diagnostic);

}  // namespace snnc
