// Mistakes within words: what the lexer could not read, and how it was probably meant.
//
// The first half of lay_out(): reports, and where the meaning is plain goes on with the symbol that
// was meant, so that the rest of the statement is still checked.
#pragma once

#include <vector>

#include "frontend/layout.h"

namespace snnc::frontend {

/// A code token and whether a line end stands before it.
struct LaidToken {
    CodeToken code;
    bool line_break_before = false;
};

/// Drops comments and line ends. Reports unknown characters, foreign operators, unterminated
/// strings, block comments, numbers without digits on both sides of their point.
std::vector<LaidToken> read_words(const SourceManager& sources, const std::vector<Token>& tokens,
                                  Diagnostics& diagnostics);

}  // namespace snnc::frontend
