// Line ends and brackets: from the lexer's tokens to those that the grammar reads.
//
// Between scan() and the grammar. Decides which line ends separate statements (language.md
// section 1), matches brackets, limits nesting, and reports what belongs to no token. No ANTLR.
#pragma once

#include <cstddef>
#include <vector>

#include "frontend/token.h"
#include "support/diagnostics.h"

namespace snnc::frontend {

constexpr std::size_t deepest_nesting = 256;
constexpr std::size_t most_operators = 1000;  // in one expression; bounds the tree's height

struct CodeToken {
    Token token;
    bool starts_line = false;  // first code on its line
    bool damaged = false;      // already reported: its statement is not parsed
    /// For brackets the index of the partner; for an opening bracket without one, the index of the
    /// first token that is taken to stand behind it.
    std::size_t match = 0;
};

struct Layout {
    /// Code only: no comments, no line ends but those that separate (type Separator); every
    /// bracket that is not damaged has a partner. Ends with EndOfFile.
    std::vector<CodeToken> code;
    bool usable = true;  // false: too deep to go on
};

/// Reports unknown characters, malformed numbers, unterminated strings, brackets without partner,
/// nesting beyond the limits. Never fails.
Layout lay_out(const SourceManager& sources, FileId file, const std::vector<Token>& tokens,
               Diagnostics& diagnostics);

}  // namespace snnc::frontend
