// The formatter's view of a text: its tokens with what decides about the blanks between them.
//
// First step of format(): drops and swaps tokens where the canonical text differs, and decides
// where lines end. format_lines.h puts the pieces into lines.
#pragma once

#include <string>
#include <vector>

#include "frontend/ast.h"
#include "frontend/token.h"

namespace snnc::frontend {

/// The brackets that matter to the layout.
enum class Bracket {
    Top,  // none
    CellBlock,
    NetworkBlock,
    TrainBlock,
    MatchBlock,
    EventBlock,   // `on s: { … }`
    BranchBlock,  // of an `if`
    Parentheses,
    Index,  // `v[t-1]`, `f32[784]`
    List,   // `in [0, 1]`, `: [4, 4]`
};

struct Piece {
    TokenType type = TokenType::EndOfFile;
    std::string text;
    int breaks = 0;                              // line ends before it; 2: a blank line
    int source_column = -1;                      // from 0; -1 where the token was moved
    int source_gap = 0;                          // blanks before it in the source, on its line
    Bracket inside = Bracket::Top;               // around it; for a bracket: around the pair
    Bracket opens = Bracket::Top;                // for an opening bracket
    bool starts_statement = false;               // or an arm of a match
    bool unary = false;                          // a minus before its operand
    TokenType statement = TokenType::EndOfFile;  // first token of the statement around it
};

bool is_block(Bracket bracket);
/// A block of a declaration: one statement per line.
bool is_declaration_block(Bracket bracket);

std::vector<Piece> make_pieces(const SourceManager& sources, FileId file, const Program& program);

}  // namespace snnc::frontend
