#include "frontend/format_pieces.h"

#include <algorithm>
#include <map>
#include <set>

#include "frontend/layout.h"
#include "support/unicode.h"

namespace snnc::frontend {

bool is_declaration_block(Bracket bracket) {
    return bracket == Bracket::CellBlock || bracket == Bracket::NetworkBlock ||
           bracket == Bracket::TrainBlock;
}

bool is_block(Bracket bracket) {
    return is_declaration_block(bracket) || bracket == Bracket::MatchBlock ||
           bracket == Bracket::EventBlock || bracket == Bracket::BranchBlock;
}

namespace {

constexpr int tab_width = 4;

/// What the tree says about single tokens.
struct TreeFacts {
    std::set<std::uint32_t> unindexed;  // begins of names that get `[t]`
    struct Swap {
        SourceRange shape, as_name;  // `: shape as name`; the ranges lack `:` and `as`
    };
    std::vector<Swap> swaps;
};

TreeFacts collect_facts(const Program& program) {
    TreeFacts facts;
    for (const Declaration& declaration : program.declarations) {
        if (const auto* cell = std::get_if<CellDecl>(&declaration.node)) {
            for (const Member& member : cell->members) {
                const auto* equation = std::get_if<Equation>(&member.node);
                if (equation != nullptr && !equation->index) {
                    facts.unindexed.insert(equation->name.range.begin);
                }
            }
        }
        if (const auto* network = std::get_if<NetworkDecl>(&declaration.node)) {
            for (const NetworkStatement& statement : network->statements) {
                const auto* chain = std::get_if<Chain>(&statement.node);
                if (chain == nullptr) continue;
                for (const Element& element : chain->elements) {
                    if (element.shape && element.as_name &&
                        element.shape->range.begin < element.as_name->range.begin) {
                        facts.swaps.push_back({element.shape->range, element.as_name->range});
                    }
                }
            }
        }
    }
    return facts;
}

/// Tokens with their place in the source; separators merged in from the layout.
struct SourceToken {
    Token token;
    int line_ends = 0;
    int column = -1;
    int gap = 0;
    bool starts_statement = false;  // after a separator
};

std::vector<SourceToken> read_tokens(const SourceManager& sources, FileId file) {
    const std::string& text = sources.file(file).text();
    const std::vector<Token> scanned = scan(sources, file);
    Diagnostics ignored;
    const Layout layout = lay_out(sources, file, scanned, ignored);
    std::set<std::uint32_t> starts;
    for (std::size_t i = 0; i + 1 < layout.code.size(); ++i) {
        const TokenType before = i > 0 ? layout.code[i - 1].token.type : TokenType::Separator;
        if (before == TokenType::Separator || before == TokenType::Semicolon) {
            starts.insert(layout.code[i].token.range.begin);
        }
    }
    std::vector<SourceToken> tokens;
    int line_ends = 0;
    int column = 0;
    std::size_t at = 0;  // column and text are known up to here
    for (const Token& token : scanned) {
        int gap = 0;
        while (at < token.range.begin) {
            const char32_t c = next_code_point(text, at);
            const int width = c == U'\t' ? tab_width - column % tab_width : display_width(c);
            column += width;
            gap += width;
        }
        if (token.type == TokenType::LineEnd) {
            ++line_ends;
            column = 0;
        } else {
            tokens.push_back({token, line_ends, column, gap, starts.count(token.range.begin) != 0});
            line_ends = 0;
            column += display_width(sources.text(token.range));
        }
        at = token.range.end;
    }
    return tokens;
}

/// `: shape as name` becomes `as name : shape`, unless a comment stands between.
void swap_names(std::vector<SourceToken>& tokens, const TreeFacts& facts) {
    const auto find = [&](std::uint32_t begin) {
        return std::find_if(tokens.begin(), tokens.end(),
                            [&](const SourceToken& t) { return t.token.range.begin == begin; });
    };
    for (const TreeFacts::Swap& swap : facts.swaps) {
        const auto shape = find(swap.shape.begin) - 1;  // the colon
        const auto as = find(swap.as_name.begin) - 1;
        const auto end = as + 2;
        if (as->token.type != TokenType::As || shape->token.type != TokenType::Colon) continue;
        if (std::any_of(shape, end, [](const auto& t) { return is_comment(t.token.type); })) {
            continue;
        }
        std::swap(shape->line_ends, as->line_ends);
        std::rotate(shape, as, end);
        for (auto token = shape; token != end; ++token) token->column = -1;
    }
}

/// Walks over the tokens with a stack of brackets and makes the pieces.
class PieceMaker {
 public:
    PieceMaker(const SourceManager& sources, const std::vector<SourceToken>& tokens,
               const TreeFacts& facts)
        : sources_(sources), tokens_(tokens), facts_(facts) {}

    std::vector<Piece> make() {
        for (at_ = 0; at_ < tokens_.size(); ++at_) {
            const TokenType type = tokens_[at_].token.type;
            if (is_comment(type)) {
                comment();
            } else if (type == TokenType::Semicolon && drops_semicolon()) {
                break_pending_ = true;
            } else {
                code();
            }
        }
        return std::move(pieces_);
    }

 private:
    struct Level {
        Bracket kind = Bracket::Top;
        TokenType statement = TokenType::EndOfFile;
        bool at_start = true;  // no statement has begun
        bool many_lines = false;
    };

    Level& level() { return levels_.back(); }
    const Level& level() const { return levels_.back(); }

    TokenType type_at(std::size_t i) const {
        return i < tokens_.size() ? tokens_[i].token.type : TokenType::EndOfFile;
    }

    const Piece* last_code() const {
        for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
            if (!is_comment(piece->type)) return &*piece;
        }
        return nullptr;
    }

    bool drops_semicolon() {
        const Bracket kind = level().kind;
        if (kind == Bracket::EventBlock) {
            const bool last = type_at(at_ + 1) == TokenType::RightBrace || level().at_start;
            level().at_start = true;
            return level().many_lines || last;
        }
        const bool drops = kind == Bracket::Top || is_block(kind);
        if (drops) level().at_start = true;
        return drops;
    }

    Piece base_piece() {
        const SourceToken& source = tokens_[at_];
        Piece piece;
        piece.type = source.token.type;
        piece.text = std::string(sources_.text(source.token.range));
        piece.breaks = std::min(source.line_ends, 2);
        piece.source_column = source.column;
        piece.source_gap = source.line_ends > 0 ? 0 : source.gap;
        if (pieces_.empty()) piece.breaks = 0;
        return piece;
    }

    void comment() {
        Piece piece = base_piece();
        while (!piece.text.empty() && (piece.text.back() == ' ' || piece.text.back() == '\t')) {
            piece.text.pop_back();
        }
        piece.inside = level().kind;
        piece.statement = level().statement;
        const bool opened = !pieces_.empty() && is_opening(pieces_.back().type);
        if (opened) piece.breaks = std::min(piece.breaks, 1);
        if (piece.breaks > 0) break_pending_ = false;
        pieces_.push_back(std::move(piece));
    }

    void code() {
        Piece piece = base_piece();
        const bool closes = is_closing(piece.type);
        const Level inner = level();
        if (closes && levels_.size() > 1) levels_.pop_back();
        piece.inside = level().kind;
        begin_statement(piece, closes);
        piece.statement = level().statement;
        piece.unary = piece.type == TokenType::Minus && !follows_value();
        if (facts_.unindexed.count(tokens_[at_].token.range.begin) != 0) piece.text += "[t]";
        decide_breaks(piece, closes, inner);
        note_keyword(piece);
        if (is_opening(piece.type)) open(piece);
        pieces_.push_back(std::move(piece));
    }

    void begin_statement(Piece& piece, bool closes) {
        if (closes) return;
        const bool arm = is_value_of_arm() && last_code()->type != TokenType::Bar;
        const bool separated =
            tokens_[at_].starts_statement && level().kind != Bracket::Parentheses;
        if (!level().at_start && !separated && !arm) return;
        if (level().kind == Bracket::Parentheses || level().kind == Bracket::Index ||
            level().kind == Bracket::List) {
            return;
        }
        piece.starts_statement = true;
        level().statement = piece.type;
        level().at_start = false;
    }

    /// In `match o { a | b => … }`: a word before `|` or `=>`.
    bool is_value_of_arm() const {
        const TokenType next = next_code_type();
        return level().kind == Bracket::MatchBlock &&
               (next == TokenType::FatArrow || next == TokenType::Bar);
    }

    TokenType next_code_type() const {
        std::size_t i = at_ + 1;
        while (is_comment(type_at(i))) ++i;
        return type_at(i);
    }

    bool follows_value() const {
        const Piece* before = last_code();
        if (before == nullptr) return false;
        const bool event = before->starts_statement && before->inside == Bracket::CellBlock &&
                           (before->type == TokenType::On || before->type == TokenType::Refractory);
        if (event) return false;
        return ends_value(before->type) || is_member_name(*before);
    }

    /// A keyword behind a `.` is a name.
    bool is_member_name(const Piece& piece) const {
        return is_keyword(piece.type) && pieces_.size() > 1 &&
               pieces_[pieces_.size() - 2].type == TokenType::Dot;
    }

    void decide_breaks(Piece& piece, bool closes, const Level& inner) {
        if (pieces_.empty()) {
            break_pending_ = false;
            return;
        }
        const Piece& before = pieces_.back();
        const bool after_comment = is_comment(before.type);
        const bool opened = is_opening(before.type);
        if (opened || closes || piece.inside == Bracket::Parentheses ||
            piece.inside == Bracket::Index || piece.inside == Bracket::List) {
            piece.breaks = std::min(piece.breaks, 1);
        }
        bool forced = break_pending_;
        break_pending_ = false;
        const bool lines = is_declaration_block(level().kind) || level().kind == Bracket::Top ||
                           level().kind == Bracket::MatchBlock;
        if (piece.starts_statement && lines) forced = true;
        if (closes && piece.type == TokenType::RightBrace) {
            const bool empty = opened;
            forced = !empty && (is_declaration_block(inner.kind) ||
                                inner.kind == Bracket::MatchBlock || inner.many_lines);
            if (empty || !forced) piece.breaks = 0;
        }
        if (forced) piece.breaks = std::max(piece.breaks, 1);
        // Behind a branch on one line an `else` may stand on the next.
        const bool pulled =
            piece.type == TokenType::LeftBrace || (is_else(piece) && before.breaks > 0);
        if (pulled) piece.breaks = 0;
        if (after_comment) piece.breaks = std::max(piece.breaks, 1);
    }

    bool is_else(const Piece& piece) const {
        return piece.type == TokenType::Else && !is_plain_word(piece);
    }

    /// A keyword that stands for a name: behind `.`, before `=` in an argument list, before `=>`.
    bool is_plain_word(const Piece& piece) const {
        if (!is_keyword(piece.type)) return true;
        const Piece* before = last_code();
        if (before != nullptr && before->type == TokenType::Dot) return true;
        const TokenType next = next_code_type();
        return is_value_of_arm() ||
               (next == TokenType::Assign && level().kind == Bracket::Parentheses);
    }

    /// Remembers which kind of block the next `{` opens.
    void note_keyword(const Piece& piece) {
        const bool declares = levels_.size() == 1 && piece.starts_statement;
        if (declares && (piece.type == TokenType::Neuron || piece.type == TokenType::Encoder)) {
            expected_blocks_.push_back(Bracket::CellBlock);
        } else if (declares && piece.type == TokenType::Network) {
            expected_blocks_.push_back(Bracket::NetworkBlock);
        } else if (declares && piece.type == TokenType::Train) {
            expected_blocks_.push_back(Bracket::TrainBlock);
        } else if (!is_plain_word(piece) && piece.type == TokenType::Match) {
            expected_blocks_.push_back(Bracket::MatchBlock);
        } else if (!is_plain_word(piece) &&
                   (piece.type == TokenType::If ||
                    (piece.type == TokenType::Else && next_code_type() != TokenType::If))) {
            expected_blocks_.push_back(Bracket::BranchBlock);
        }
    }

    void open(Piece& piece) {
        const Piece* before = last_code();
        if (piece.type == TokenType::LeftParen) {
            piece.opens = Bracket::Parentheses;
        } else if (piece.type == TokenType::LeftBracket) {
            const bool index =
                before != nullptr && (ends_value(before->type) || is_member_name(*before));
            piece.opens = index ? Bracket::Index : Bracket::List;
        } else if (before != nullptr && before->type == TokenType::Colon) {
            piece.opens = Bracket::EventBlock;
        } else {
            piece.opens = Bracket::BranchBlock;
            if (!expected_blocks_.empty()) {
                piece.opens = expected_blocks_.back();
                expected_blocks_.pop_back();
            }
        }
        levels_.push_back({piece.opens, TokenType::EndOfFile, true, many_lines()});
    }

    /// Whether the block that opens here has a line end right behind its `{`.
    bool many_lines() const {
        std::size_t i = at_ + 1;
        while (is_comment(type_at(i))) ++i;
        return i < tokens_.size() && (tokens_[i].line_ends > 0 || i > at_ + 1);
    }

    const SourceManager& sources_;
    const std::vector<SourceToken>& tokens_;
    const TreeFacts& facts_;
    std::size_t at_ = 0;
    std::vector<Piece> pieces_;
    std::vector<Level> levels_{1};
    std::vector<Bracket> expected_blocks_;
    bool break_pending_ = false;
};

}  // namespace

std::vector<Piece> make_pieces(const SourceManager& sources, FileId file, const Program& program) {
    const TreeFacts facts = collect_facts(program);
    std::vector<SourceToken> tokens = read_tokens(sources, file);
    swap_names(tokens, facts);
    return PieceMaker(sources, tokens, facts).make();
}

}  // namespace snnc::frontend
