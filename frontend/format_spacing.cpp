#include "frontend/format_lines.h"
#include "support/unicode.h"

namespace snnc::frontend {

namespace {

bool is_word(TokenType type) {
    return type == TokenType::Name || token_class(type) == TokenClass::Keyword ||
           token_class(type) == TokenClass::SoftKeyword || type == TokenType::Number ||
           type == TokenType::String;
}

bool is_tight_operator(TokenType type) {
    return type == TokenType::Star || type == TokenType::Slash || type == TokenType::Hat ||
           type == TokenType::Dot;
}

/// `:` of a slice or of `on s: …`, `refractory 5ms: …`, as opposed to that of a type or shape.
bool is_slice(const Piece& colon) { return colon.inside == Bracket::Index; }
bool is_event(const Piece& colon) {
    return colon.inside == Bracket::CellBlock &&
           (colon.statement == TokenType::On || colon.statement == TokenType::Refractory);
}

/// Sums stand tight inside of an index: `v[t-1]`.
bool is_tight_sum(const Piece& piece) {
    return (piece.type == TokenType::Plus || piece.type == TokenType::Minus) &&
           (piece.unary || piece.inside == Bracket::Index);
}

int gap_before_bracket(const Piece& before, const Piece& piece) {
    if (before.type == TokenType::String) return 1;
    if (piece.opens == Bracket::Index) return 0;
    if (piece.opens == Bracket::List) return 1;
    const bool event = before.starts_statement && before.inside == Bracket::CellBlock &&
                       (before.type == TokenType::On || before.type == TokenType::Refractory);
    if (event || is_keyword(before.type)) return 1;
    return is_word(before.type) || is_closing(before.type) ? 0 : 1;
}

}  // namespace

int plain_gap(const Piece& before, const Piece& piece) {
    const TokenType left = before.type;
    const TokenType right = piece.type;
    if (is_comment(right)) return 2;
    if (left == TokenType::LeftBrace || right == TokenType::RightBrace) {
        return left == TokenType::LeftBrace && right == TokenType::RightBrace ? 0 : 1;
    }
    if (left == TokenType::LeftParen || left == TokenType::LeftBracket) return 0;
    if (right == TokenType::RightParen || right == TokenType::RightBracket) return 0;
    if (right == TokenType::LeftBrace) return 1;
    if (right == TokenType::Comma || right == TokenType::Semicolon) return 0;
    if (left == TokenType::Comma || left == TokenType::Semicolon) return 1;
    if (is_tight_operator(left) || is_tight_operator(right)) return 0;
    if (left == TokenType::Minus && before.unary) return 0;
    if (is_tight_sum(before) || (is_tight_sum(piece) && !piece.unary)) return 0;
    if (right == TokenType::Colon) return is_slice(piece) || is_event(piece) ? 0 : 1;
    if (left == TokenType::Colon) return is_slice(before) ? 0 : 1;
    if (right == TokenType::LeftParen || right == TokenType::LeftBracket) {
        return gap_before_bracket(before, piece);
    }
    return 1;
}

std::vector<Line> make_lines(std::vector<Piece> pieces) {
    std::vector<Line> lines;
    for (Piece& piece : pieces) {
        if (lines.empty() || piece.breaks > 0) {
            lines.emplace_back();
            lines.back().blank_before = piece.breaks > 1;
            lines.back().gaps.push_back(0);
        } else {
            lines.back().gaps.push_back(plain_gap(lines.back().pieces.back(), piece));
        }
        lines.back().pieces.push_back(std::move(piece));
    }
    return lines;
}

int column_of(const Line& line, std::size_t piece) {
    int column = 0;
    for (std::size_t i = 0; i < line.pieces.size() && i <= piece; ++i) {
        column += line.gaps[i];
        if (i < piece) column += display_width(line.pieces[i].text);
    }
    return column;
}

}  // namespace snnc::frontend
