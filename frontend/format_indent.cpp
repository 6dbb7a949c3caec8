// Indentation: four columns for each block; a line that goes on stands under what it goes on with.
#include <algorithm>

#include "frontend/format_lines.h"
#include "support/unicode.h"

namespace snnc::frontend {

namespace {

using Index = std::size_t;

constexpr int step = 4;

bool is_binary_operator(const Piece& piece) {
    switch (piece.type) {
        case TokenType::Plus:
        case TokenType::Star:
        case TokenType::Slash:
        case TokenType::Hat:
        case TokenType::Less:
        case TokenType::LessEqual:
        case TokenType::Greater:
        case TokenType::GreaterEqual:
        case TokenType::Equal:
        case TokenType::NotEqual:
        case TokenType::And:
        case TokenType::Or:
        case TokenType::Bar: return true;
        case TokenType::Minus: return !piece.unary;
        default: return false;
    }
}

bool lists_members(TokenType type) {
    switch (type) {
        case TokenType::Input:
        case TokenType::Output:
        case TokenType::Option:
        case TokenType::Param:
        case TokenType::Learn:
        case TokenType::State:
        case TokenType::Let:
        case TokenType::Target:
        case TokenType::Freeze: return true;
        default: return false;
    }
}

/// A bracket that is open at the start of a line, or the text itself.
struct Level {
    Bracket kind = Bracket::Top;
    int line_indent = -step;  // of the line where it was opened
    int content = -1;         // column behind the bracket if code follows it there
    // Columns of the current statement in the block, -1 where it has none.
    int arrow = -1;
    int equals = -1;
    int value = -1;
    int list = -1;
};

class Indenter {
 public:
    void run(std::vector<Line>& lines) {
        for (Index i = 0; i < lines.size(); ++i) {
            if (is_comment(lines[i].pieces[0].type)) continue;
            lines[i].indent = indent_of(lines[i]);
            comments_before(lines, i);
            read(lines[i]);
        }
        comments_before(lines, lines.size());
    }

 private:
    Level& level() { return levels_.back(); }
    int base() const { return levels_.back().line_indent + step; }

    int indent_of(const Line& line) {
        const Piece& first = line.pieces[0];
        comment_indent_ = base();
        if (is_closing(first.type)) {
            if (level().content < 0) return std::max(level().line_indent, 0);
            return first.type == TokenType::RightBrace ? std::max(level().line_indent, 0)
                                                       : level().content - 1;
        }
        const int indent = first.starts_statement ? base() : continuation(first);
        comment_indent_ = indent;
        return indent;
    }

    int continuation(const Piece& first) {
        const Level& at = level();
        if (!is_block(at.kind) && at.kind != Bracket::Top) {
            return at.content >= 0 ? at.content : base();
        }
        if (first.type == TokenType::Else) return at.value >= 0 ? at.value : base();
        if (!begun_ || first.type == TokenType::LeftBrace) return base();
        if (first.type == TokenType::Arrow) return at.arrow >= 0 ? at.arrow : base() + step;
        const bool tail = first.type == TokenType::As || first.type == TokenType::Recurrent ||
                          first.type == TokenType::Colon;
        if (tail && at.arrow >= 0) return at.arrow + 3;
        if (is_binary_operator(first) && at.equals >= 0) return at.equals;
        if (last_ == TokenType::Comma && at.list >= 0) return at.list;
        if (last_ == TokenType::Arrow && at.arrow >= 0) return at.arrow + 3;
        if (last_ != TokenType::Comma && last_ != TokenType::Assign &&
            last_ != TokenType::FatArrow && last_ != TokenType::Tilde && at.value >= 0) {
            return at.value;
        }
        return base() + step;
    }

    /// Own lines of comments take the indent of the code that follows.
    void comments_before(std::vector<Line>& lines, Index code) {
        if (code == lines.size()) comment_indent_ = 0;
        for (Index i = code; i > 0 && is_comment(lines[i - 1].pieces[0].type); --i) {
            lines[i - 1].indent = comment_indent_;
        }
    }

    void read(const Line& line) {
        int column = line.indent;
        for (Index i = 0; i < line.pieces.size(); ++i) {
            const Piece& piece = line.pieces[i];
            column += line.gaps[i];
            if (is_comment(piece.type)) break;
            if (is_closing(piece.type) && levels_.size() > 1) levels_.pop_back();
            if (piece.starts_statement) begin_statement(line, i);
            note_columns(line, i, column);
            if (is_opening(piece.type)) open(line, i, column);
            last_ = piece.type;
            begun_ = true;
            column += display_width(piece.text);
        }
    }

    void begin_statement(const Line& line, Index i) {
        Level& at = level();
        at.arrow = at.equals = at.value = at.list = -1;
        if (lists_members(line.pieces[i].type) && i + 1 < line.pieces.size()) {
            at.list = line.indent + column_of(line, i + 1);
        }
    }

    void note_columns(const Line& line, Index i, int column) {
        Level& at = level();
        const TokenType type = line.pieces[i].type;
        if (type == TokenType::Arrow && at.arrow < 0) at.arrow = column;
        const bool gives =
            type == TokenType::Assign || type == TokenType::Tilde || type == TokenType::FatArrow;
        if (!gives || at.equals >= 0) return;
        at.equals = column;
        const bool more = i + 1 < line.pieces.size() && !is_comment(line.pieces[i + 1].type);
        if (more) at.value = line.indent + column_of(line, i + 1);
    }

    void open(const Line& line, Index i, int column) {
        const bool more = i + 1 < line.pieces.size() && !is_comment(line.pieces[i + 1].type);
        levels_.push_back(
            {line.pieces[i].opens, line.indent, more ? column + 1 : -1, -1, -1, -1, -1});
    }

    std::vector<Level> levels_{1};
    TokenType last_ = TokenType::EndOfFile;  // of the code before
    bool begun_ = false;
    int comment_indent_ = 0;
};

}  // namespace

void indent(std::vector<Line>& lines) { Indenter().run(lines); }

}  // namespace snnc::frontend
