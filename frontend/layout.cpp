#include "frontend/layout.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "frontend/lexical_errors.h"

namespace snnc::frontend {

namespace {

using Index = std::size_t;
constexpr Index none = static_cast<Index>(-1);

bool is_parenthesis(TokenType type) {
    return type == TokenType::LeftParen || type == TokenType::LeftBracket;
}

bool begins_declaration(TokenType type) {
    switch (type) {
        case TokenType::Neuron:
        case TokenType::Encoder:
        case TokenType::Network:
        case TokenType::Train:
        case TokenType::Fn:
        case TokenType::Import:
        case TokenType::Surrogate:
        case TokenType::Loss: return true;
        default: return false;
    }
}

/// Matches brackets. Where one stays open, it decides where it was meant to end, notes that and
/// starts again, so that the statements behind are read as if the bracket had been closed.
class BracketMatcher {
 public:
    BracketMatcher(const SourceManager& sources, FileId file, std::vector<LaidToken>& words,
                   Diagnostics& diagnostics)
        : sources_(sources), file_(file), words_(words), diagnostics_(diagnostics) {}

    /// False: too deep to go on.
    bool match() {
        constexpr int most_repairs = 50;
        for (int i = 0; i < most_repairs; ++i) {
            const Outcome outcome = pass();
            if (outcome == Outcome::TooDeep) return false;
            if (outcome == Outcome::Done) {
                for (const auto& [opening, stop] : ends_) words_[opening].code.match = stop;
                return true;
            }
        }
        return false;
    }

    bool dropped(Index word) const { return dropped_.count(word) != 0; }
    /// Brackets that the word ends although nothing closes them: how many stay open.
    const std::map<Index, Index>& forced() const { return forced_; }

 private:
    enum class Outcome { Done, Again, TooDeep };

    TokenType type(Index i) const { return words_[i].code.token.type; }
    SourceRange range(Index i) const { return words_[i].code.token.range; }

    Outcome pass() {
        open_.clear();
        misindented_.clear();
        for (Index i = 0; i < words_.size(); ++i) words_[i].code.match = i;
        for (Index i = 0; i < words_.size(); ++i) {
            const auto forced = forced_.find(i);
            if (forced != forced_.end() && forced->second < open_.size()) {
                open_.resize(forced->second);
            }
            if (is_opening(type(i))) {
                open_.push_back(i);
                if (open_.size() > deepest_nesting) return too_deep(i);
            } else if (is_closing(type(i)) && !dropped(i)) {
                if (close(i)) return Outcome::Again;
            }
        }
        if (open_.empty()) return Outcome::Done;
        return unclosed(0, words_.size()) ? Outcome::Again : Outcome::Done;
    }

    Outcome too_deep(Index i) {
        diagnostics_.report(Code::TooDeep, range(i),
                            "brackets nest deeper than " + std::to_string(deepest_nesting));
        return Outcome::TooDeep;
    }

    /// True if a repair was noted.
    bool close(Index i) {
        const TokenType wanted = partner(type(i));
        Index depth = open_.size();
        while (depth > 0 && type(open_[depth - 1]) != wanted) --depth;
        if (depth == open_.size() && depth > 0) {
            note_indentation(open_.back(), i);
            pair(open_.back(), i);
            open_.pop_back();
            return false;
        }
        if (depth > 0) return unclosed(depth, i);
        const bool wrong_kind = !open_.empty() && is_parenthesis(type(open_.back())) &&
                                type(i) != TokenType::RightBrace;
        wrong_kind ? mismatched(i) : stray(i);
        return false;
    }

    void pair(Index opening, Index closing) {
        words_[opening].code.match = closing;
        words_[closing].code.match = opening;
    }

    void mismatched(Index i) {
        const Index opening = open_.back();
        const std::string expected(spelling(partner(type(opening))));
        diagnostics_
            .report(Code::StrayBracket, range(i),
                    "`" + std::string(spelling(type(i))) + "` does not close `" +
                        std::string(spelling(type(opening))) + "`")
            .label(range(opening), "opened here")
            .edit(range(i), expected);
        words_[i].code.token.type = partner(type(opening));
        pair(opening, i);
        open_.pop_back();
    }

    void stray(Index i) {
        diagnostics_
            .report(Code::StrayBracket, range(i),
                    "`" + std::string(spelling(type(i))) + "` closes nothing")
            .edit(range(i), "");
        dropped_.insert(i);
    }

    /// The brackets open_[depth...] are not closed before `end`. True if the pass must be repeated.
    bool unclosed(Index depth, Index end) {
        const Index opening = open_[depth];
        const Index stop = is_parenthesis(type(opening)) ? end_of_line(opening, end)
                                                         : next_declaration(opening, end);
        for (Index d = depth; d < open_.size() && open_[d] < stop; ++d) {
            words_[open_[d]].code.damaged = true;
            ends_[open_[d]] = stop;
        }
        report_unclosed(opening, stop);
        if (stop >= words_.size()) return false;
        forced_[stop] = depth;
        return true;
    }

    /// The first `->` or `as` behind a `(` or `[`, where neither can stand inside; else `stop`.
    Index foreign_to_brackets(Index opening, Index stop) const {
        if (!is_parenthesis(type(opening))) return stop;
        for (Index i = opening + 1; i < stop; ++i)
            if (type(i) == TokenType::Arrow || type(i) == TokenType::As) return i;
        return stop;
    }

    void report_unclosed(Index opening, Index stop) {
        const auto culprit =
            std::find_if(misindented_.begin(), misindented_.end(), [&](const auto& pair) {
                return pair.first > opening && pair.second < stop &&
                       type(opening) == TokenType::LeftBrace;
            });
        const std::string closing(spelling(partner(type(opening))));
        const Index before = foreign_to_brackets(opening, stop);
        const std::uint32_t after = range(before - 1).end;
        const SourceRange place{file_, after, after};
        const std::string until = before < stop ? "`" + std::string(spelling(type(before))) + "`"
                                  : stop >= words_.size()         ? "the end of the file"
                                  : is_parenthesis(type(opening)) ? "the end of the line"
                                                                  : "the next declaration";
        auto builder = diagnostics_.report(Code::UnclosedBracket, place,
                                           "expected `" + closing + "` before " + until);
        builder.label(range(opening),
                      "this `" + std::string(spelling(type(opening))) + "` is not closed");
        if (culprit != misindented_.end()) {
            builder.label(range(culprit->second), "by its indentation this `}` was meant for it");
            builder.label(range(culprit->first), "but it closes this `{`");
            words_[culprit->first].code.damaged = true;
        } else {
            builder.edit(place, is_parenthesis(type(opening)) ? closing : "\n" + closing);
        }
    }

    /// The first word in a new statement after an open `(` or `[`.
    Index end_of_line(Index opening, Index end) const {
        for (Index i = opening + 1; i < end; ++i) {
            const bool statement = words_[i].line_break_before && !continues_after(type(i - 1)) &&
                                   !continues_before(type(i));
            if (statement || is_declaration_at_edge(i, end)) return i;
        }
        return end;
    }

    bool is_declaration_at_edge(Index i, Index end) const {
        return words_[i].line_break_before && begins_declaration(type(i)) && column(i) == 1 &&
               !(i + 1 < end && type(i + 1) == TokenType::Assign);
    }

    /// The first declaration at the left edge after an open `{`.
    Index next_declaration(Index opening, Index end) const {
        for (Index i = opening + 1; i < end; ++i)
            if (is_declaration_at_edge(i, end)) return i;
        return end;
    }

    std::uint32_t column(Index i) const {
        return sources_.file(file_).line_column(range(i).begin).column;
    }

    /// Remembers a `}` that stands further left than the line of its `{`: if a bracket before it
    /// turns out to be open, this is where it went wrong.
    void note_indentation(Index opening, Index closing) {
        if (type(opening) != TokenType::LeftBrace || !words_[closing].line_break_before) return;
        Index first = opening;
        while (first > 0 && !words_[first].line_break_before) --first;
        if (column(closing) < column(first)) misindented_.emplace_back(opening, closing);
    }

    const SourceManager& sources_;
    FileId file_;
    std::vector<LaidToken>& words_;
    Diagnostics& diagnostics_;
    std::vector<Index> open_;
    std::map<Index, Index> forced_;
    std::map<Index, Index> ends_;  // of brackets without partner
    std::set<Index> dropped_;
    std::vector<std::pair<Index, Index>> misindented_;
};

/// Inserts separators and carries the brackets' partners over to the new numbering.
class Composer {
 public:
    Composer(FileId file, const SourceManager& sources, const std::vector<LaidToken>& words,
             const BracketMatcher& brackets)
        : file_(file), sources_(sources), words_(words), brackets_(brackets) {}

    std::vector<CodeToken> compose() {
        std::vector<Index> place(words_.size(), none);
        std::vector<TokenType> open;
        TokenType before = TokenType::Semicolon;
        for (Index i = 0; i < words_.size(); ++i) {
            const LaidToken& word = words_[i];
            const TokenType type = word.code.token.type;
            if (brackets_.dropped(i)) {
                place[i] = code_.size();  // a bracket that nothing closes may have been ended here
                continue;
            }
            const auto forced = brackets_.forced().find(i);
            if (forced != brackets_.forced().end()) {
                open.resize(std::min(open.size(), forced->second));
            }
            const bool inside = !open.empty() && is_parenthesis(open.back());
            if (word.line_break_before && !inside && !continues_after(before) &&
                !continues_before(type)) {
                separate();
            }
            if (is_opening(type)) open.push_back(type);
            if (is_closing(type) && !open.empty()) open.pop_back();
            place[i] = code_.size();
            code_.push_back(word.code);
            before = type;
        }
        place.push_back(code_.size());  // what nothing closes ends at the end of the file
        for (CodeToken& token : code_) {
            if (token.token.type != TokenType::Separator) token.match = place[token.match];
        }
        const auto size = static_cast<std::uint32_t>(sources_.file(file_).text().size());
        const SourceRange end{file_, size, size};
        code_.push_back({{TokenType::EndOfFile, end}, true, false, code_.size()});
        return std::move(code_);
    }

 private:
    void separate() {
        const std::uint32_t at = code_.empty() ? 0 : code_.back().token.range.end;
        code_.push_back({{TokenType::Separator, {file_, at, at}}, false, false, code_.size()});
    }

    FileId file_;
    const SourceManager& sources_;
    const std::vector<LaidToken>& words_;
    const BracketMatcher& brackets_;
    std::vector<CodeToken> code_;
};

bool is_operator(TokenType type) {
    switch (type) {
        case TokenType::Plus:
        case TokenType::Minus:
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
        case TokenType::Not:
        case TokenType::If: return true;
        default: return false;
    }
}

/// Bounds the height of every expression's tree: the operators and brackets on the way to a leaf.
/// Each separator or comma starts again from what its bracket began with.
bool heights_are_bounded(const std::vector<CodeToken>& code, Diagnostics& diagnostics) {
    struct Level {
        std::size_t base, highest;
    };
    std::vector<Level> levels = {{0, 0}};
    std::size_t height = 0;
    for (const CodeToken& token : code) {
        const TokenType type = token.token.type;
        if (is_opening(type)) {
            levels.push_back({++height, 0});
        } else if (is_closing(type) && levels.size() > 1) {
            height = std::max(height, levels.back().highest);
            levels.pop_back();
        } else if (type == TokenType::Separator || type == TokenType::Semicolon ||
                   type == TokenType::Comma) {
            levels.back().highest = std::max(levels.back().highest, height);
            height = levels.back().base;
        } else if (is_operator(type) && ++height > most_operators) {
            diagnostics
                .report(
                    Code::TooDeep, token.token.range,
                    "an expression has more than " + std::to_string(most_operators) + " operators")
                .note("name parts of it with `let`");
            return false;
        }
    }
    return true;
}

}  // namespace

Layout lay_out(const SourceManager& sources, FileId file, const std::vector<Token>& tokens,
               Diagnostics& diagnostics) {
    std::vector<LaidToken> words = read_words(sources, tokens, diagnostics);
    BracketMatcher brackets(sources, file, words, diagnostics);
    Layout layout;
    if (!brackets.match()) {
        layout.usable = false;
        return layout;
    }
    layout.code = Composer(file, sources, words, brackets).compose();
    layout.usable = heights_are_bounded(layout.code, diagnostics);
    return layout;
}

}  // namespace snnc::frontend
