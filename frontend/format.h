// The canonical layout of a .snn text: `snnc fmt`.
//
// Reads the token stream beside the syntax tree, so that comments survive. Line breaks are the
// user's, but for: one statement per line in declarations, one arm per line in `match`, `{` and
// `else` on the line before. Indentation, blanks between tokens, and alignment are the formatter's;
// where it cannot know what an alignment is for, it keeps the user's. The rules stand in
// docs/language.md.
#pragma once

#include <string>

#include "frontend/ast.h"
#include "support/source.h"

namespace snnc::frontend {

/// Needs the tree that parse() made of that file. The result parses to the same tree (but for
/// `v = e`, which becomes `v[t] = e`, and `: shape as name`, which becomes `as name : shape`), and
/// formatting it again changes nothing. Ends with one line end unless it is empty.
std::string format(const SourceManager& sources, FileId file, const Program& program);

}  // namespace snnc::frontend
