#include "frontend/syntax_messages.h"

#include <algorithm>
#include <set>
#include <string>

#include "frontend/expected_tokens.h"

namespace snnc::frontend {

namespace {

bool has(const std::vector<TokenType>& types, TokenType type) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_end(TokenType type) {
    return type == TokenType::EndOfFile || type == TokenType::Separator ||
           type == TokenType::Semicolon;
}

/// Begins a statement wherever it stands at the start of one.
bool begins_statement(TokenType type) {
    static const std::set<TokenType> types = {
        TokenType::Neuron, TokenType::Encoder, TokenType::Network, TokenType::Train,
        TokenType::Import, TokenType::Fn,      TokenType::Input,   TokenType::Output,
        TokenType::Param,  TokenType::State,   TokenType::Option,  TokenType::Let};
    return types.count(type) != 0;
}

/// A unit such as `ms`, `Hz`, `MOhm`. Which units have a meaning is decided later; this is for the
/// choice between two suggestions only.
bool looks_like_unit(std::string_view text) {
    static const char* const bases[] = {"s", "V", "A", "F", "S", "Hz", "m", "ohm", "Ohm", "\u03A9"};
    static const char* const prefixes[] = {"",       "f", "p", "n", "u", "\u00B5",
                                           "\u03BC", "m", "c", "k", "M", "G"};
    for (const std::string prefix : prefixes) {
        for (const char* base : bases) {
            if (text == prefix + base) return true;
        }
    }
    return false;
}

constexpr std::size_t longest_quote = 40;  // bytes

class FaultReporter {
 public:
    FaultReporter(const SourceManager& sources, const FaultyStatement& statement,
                  Diagnostics& diagnostics)
        : sources_(sources),
          statement_(statement),
          diagnostics_(diagnostics),
          wrong_(statement.tokens[statement.fault.token].token),
          expected_(statement.fault.expected) {
        if (statement.fault.token > 0) last_ = statement.tokens[statement.fault.token - 1].token;
    }

    std::optional<std::size_t> report() {
        if (misplaced_line_end() || number_before_name() || compound_assignment() ||
            mistaken_symbol() || assignment_in_expression() || missing_else() ||
            learn_in_expression() || missing_surrogate() || keyword_as_name() ||
            unknown_statement()) {
            return std::nullopt;
        }
        if (missing_separator()) return statement_.fault.token;
        generic();
        return std::nullopt;
    }

 private:
    bool at_start() const { return statement_.fault.token == 0; }
    const CodeToken& first() const { return statement_.tokens.front(); }
    std::string text(const Token& token) const {
        const std::string_view all = sources_.text(token.range);
        return std::string(all);
    }

    std::string quoted(const Token& token) const {
        std::string all = text(token);
        if (all.size() > longest_quote || all.find('\n') != std::string::npos) {
            return std::string(token.type == TokenType::String ? "the string" : "this");
        }
        return "`" + all + "`";
    }

    std::string found() const {
        if (!is_end(wrong_.type)) {
            return (is_keyword(wrong_.type) ? "the keyword " : "") + quoted(wrong_);
        }
        const TokenType after =
            wrong_.type == TokenType::EndOfFile ? statement_.after : wrong_.type;
        if (after == TokenType::EndOfFile) return "the end of the file";
        if (after == TokenType::Separator) return "the end of the line";
        return "`" + std::string(spelling(after)) + "`";
    }

    /// The wrong token; at an end, the place behind the last token.
    SourceRange place() const {
        if (!is_end(wrong_.type) || at_start()) return wrong_.range;
        return {last_.range.file, last_.range.end, last_.range.end};
    }

    bool on_new_line() const { return statement_.tokens[statement_.fault.token].starts_line; }

    bool misplaced_line_end() {
        const TokenType type = first().token.type;
        const bool continues = type == TokenType::Solve || type == TokenType::By ||
                               type == TokenType::Per || type == TokenType::Then ||
                               (type == TokenType::Surrogate && statement_.rule == Rule::Member);
        if (!continues || statement_.before == nullptr || !first().starts_line ||
            !ends_value(statement_.before->token.type)) {
            return false;
        }
        const SourceRange gap{first().token.range.file, statement_.before->token.range.end,
                              first().token.range.begin};
        diagnostics_
            .report(Code::MisplacedLineEnd, first().token.range,
                    "`" + text(first().token) + "` stands on the line of what it belongs to")
            .note("the line before is complete, so its end is the end of the statement")
            .edit(gap, " ");
        return true;
    }

    bool number_before_name() {
        if (at_start() || last_.type != TokenType::Number || !is_name(wrong_.type) ||
            on_new_line()) {
            return false;
        }
        const std::string number = text(last_);
        const char last_character = number.back();
        const bool has_unit = !(last_character >= '0' && last_character <= '9');
        if (!has_unit && looks_like_unit(text(wrong_))) {
            diagnostics_
                .report(Code::DetachedUnit, join(last_.range, wrong_.range),
                        "a unit is written right behind its number")
                .edit(join(last_.range, wrong_.range), number + text(wrong_));
            return true;
        }
        const SourceRange gap{last_.range.file, last_.range.end, last_.range.end};
        if (next_type() == TokenType::Assign) {
            diagnostics_
                .report(Code::UnexpectedText, wrong_.range,
                        "expected `,` between " + quoted(last_) + " and " + quoted(wrong_))
                .edit(gap, ",");
            return true;
        }
        diagnostics_
            .report(Code::UnexpectedText, wrong_.range,
                    "expected an operator between " + quoted(last_) + " and " + quoted(wrong_))
            .edit(join(last_.range, wrong_.range), number + "*" + text(wrong_));
        return true;
    }

    TokenType next_type() const {
        const std::size_t next = statement_.fault.token + 1;
        return next < statement_.tokens.size() ? statement_.tokens[next].token.type
                                               : TokenType::EndOfFile;
    }

    bool compound_assignment() {
        const bool arithmetic = wrong_.type == TokenType::Plus || wrong_.type == TokenType::Minus ||
                                wrong_.type == TokenType::Star || wrong_.type == TokenType::Slash;
        if (!arithmetic || next_type() != TokenType::Assign || !has(expected_, TokenType::Assign)) {
            return false;
        }
        const Token& assign = statement_.tokens[statement_.fault.token + 1].token;
        diagnostics_
            .report(Code::ForeignOperator, join(wrong_.range, assign.range),
                    "there is no `" + text(wrong_) + "=`")
            .note("write the equation out, `v[t] = v[t-1] " + text(wrong_) + " x`");
        return true;
    }

    /// `==` where `=` is meant, `- >` for `->`.
    bool mistaken_symbol() {
        if (wrong_.type == TokenType::Equal && has(expected_, TokenType::Assign)) {
            diagnostics_
                .report(Code::ForeignOperator, wrong_.range,
                        "`==` compares; a value is given with `=`")
                .edit(wrong_.range, "=");
            return true;
        }
        if (wrong_.type != TokenType::Minus || next_type() != TokenType::Greater) return false;
        const SourceRange both =
            join(wrong_.range, statement_.tokens[statement_.fault.token + 1].token.range);
        diagnostics_.report(Code::ForeignOperator, both, "`->` is written without a blank between")
            .edit(both, "->");
        return true;
    }

    bool missing_surrogate() {
        if (wrong_.type != TokenType::Surrogate || at_start() ||
            last_.type != TokenType::RightParen) {
            return false;
        }
        diagnostics_
            .report(Code::UnexpectedText, wrong_.range, "expected a surrogate behind `surrogate`")
            .note("a spike pins its surrogate by `spike(x) surrogate atan(alpha = 2)`");
        return true;
    }

    bool assignment_in_expression() {
        if (wrong_.type != TokenType::Assign || at_start() || !ends_value(last_.type)) return false;
        const bool inside = std::any_of(
            statement_.tokens.begin(),
            statement_.tokens.begin() + static_cast<std::ptrdiff_t>(statement_.fault.token),
            [](const CodeToken& t) {
                return t.token.type == TokenType::Assign || t.token.type == TokenType::If ||
                       t.token.type == TokenType::Tilde || t.token.type == TokenType::On;
            });
        if (!inside) return false;
        diagnostics_
            .report(Code::ForeignOperator, wrong_.range,
                    "`=` cannot stand inside an expression; a comparison is written `==`")
            .edit(wrong_.range, "==");
        return true;
    }

    bool missing_else() {
        if (!has(expected_, TokenType::Else)) return false;
        auto builder = diagnostics_.report(Code::UnexpectedText, place(),
                                           "expected `else { ... }` behind the branch of an `if`");
        builder.note("an `if` is an expression and has a value in both cases");
        if (wrong_.type == TokenType::Name && text(wrong_) == "elif") {
            builder.edit(wrong_.range, "else if");
        }
        return true;
    }

    bool learn_in_expression() {
        if (wrong_.type != TokenType::Learn && wrong_.type != TokenType::Fixed) return false;
        if (statement_.rule != Rule::Member || !has(expected_, TokenType::Number)) return false;
        diagnostics_
            .report(Code::UnexpectedText, wrong_.range,
                    quoted(wrong_) + " cannot stand inside an expression")
            .note(
                "a cell declares what is trained by `learn p = 0.9`; a use of the cell decides by "
                "`Cell(p = learn 0.9)`");
        return true;
    }

    bool keyword_as_name() {
        if (!is_keyword(wrong_.type) || !has(expected_, TokenType::Name) || at_start())
            return false;
        // On a new line it rather begins the next statement.
        if (on_new_line() && begins_statement(wrong_.type)) return false;
        diagnostics_
            .report(Code::KeywordAsName, wrong_.range,
                    quoted(wrong_) + " is a keyword and cannot be used as a name")
            .edit(wrong_.range, text(wrong_) + "_");
        return true;
    }

    bool unknown_statement() {
        const Token& word = first().token;
        const bool alone = at_start();
        const bool followed = statement_.fault.token == 1 && is_name(word.type) &&
                              (is_name(wrong_.type) || is_keyword(wrong_.type)) && !on_new_line();
        if (!alone && !followed) return false;
        if (alone && begins_statement(word.type)) {
            diagnostics_.report(Code::UnknownStatement, word.range,
                                quoted(word) + " cannot stand in " + std::string(statement_.place));
            return true;
        }
        if (alone && !is_name(word.type) && !is_keyword(word.type)) {
            diagnostics_.report(Code::UnexpectedText, word.range,
                                "a statement cannot begin with " + quoted(word));
            return true;
        }
        const auto words = first_words(statement_.rule);
        const auto near = nearest_names(text(word), words);
        auto builder = diagnostics_.report(
            Code::UnknownStatement, word.range,
            quoted(word) + " begins no statement of " + std::string(statement_.place));
        builder.note(did_you_mean(text(word), words));
        if (!near.empty()) builder.edit(word.range, near.front());
        if (near.empty() && statement_.rule == Rule::NetworkStatement) {
            builder.note("a network holds inputs, outputs, settings, populations and chains");
        } else if (near.empty()) {
            std::string list;
            for (const std::string& each : words) list += (list.empty() ? "`" : ", `") + each + "`";
            builder.note("these do: " + list);
        }
        return true;
    }

    bool missing_separator() {
        if (at_start() || on_new_line() || !has(expected_, TokenType::EndOfFile)) return false;
        const bool next_begins =
            begins_statement(wrong_.type) || (last_.type == TokenType::RightBrace &&
                                              (is_name(wrong_.type) || is_keyword(wrong_.type)));
        if (!next_begins) return false;
        const SourceRange gap{last_.range.file, last_.range.end, last_.range.end};
        diagnostics_
            .report(Code::MissingSeparator, wrong_.range,
                    "two statements on one line are separated by `;`")
            .edit(gap, ";");
        return true;
    }

    void generic() {
        std::string list = expected_list(expected_, last_.type);
        if (lacks_relation()) list = "`=`, `:` or `->`";
        const bool untyped = statement_.rule == Rule::TrainStatement &&
                             first().token.type == TokenType::Target && is_name(wrong_.type);
        if (list.empty() && untyped) list = "`:`";
        std::string message = list.empty() ? "unexpected " + found() : "expected " + list;
        if (!at_start()) message += " after " + quoted(last_);
        if (!list.empty()) message += ", found " + found();
        diagnostics_.report(Code::UnexpectedText, place(), message);
    }

    /// A network's statement that has not yet said what it is.
    bool lacks_relation() const {
        if (statement_.rule != Rule::NetworkStatement || first().token.type == TokenType::Output ||
            first().token.type == TokenType::Input || !has(expected_, TokenType::EndOfFile)) {
            return false;
        }
        return std::none_of(
            statement_.tokens.begin(),
            statement_.tokens.begin() + static_cast<std::ptrdiff_t>(statement_.fault.token),
            [](const CodeToken& t) {
                return t.token.type == TokenType::Arrow || t.token.type == TokenType::Assign ||
                       t.token.type == TokenType::Colon;
            });
    }

    const SourceManager& sources_;
    const FaultyStatement& statement_;
    Diagnostics& diagnostics_;
    Token wrong_;
    Token last_;
    const std::vector<TokenType>& expected_;
};

}  // namespace

std::vector<std::string> first_words(Rule rule) {
    switch (rule) {
        case Rule::Version:
        case Rule::Declaration:
            return {"neuron", "encoder", "network", "train", "fn", "loss", "surrogate", "import"};
        case Rule::Member:
            return {"input",  "output", "param", "learn",     "state",
                    "option", "let",    "on",    "refractory"};
        case Rule::NetworkStatement: return {"input", "output"};
        case Rule::TrainStatement: return {"target", "loss", "metric", "freeze"};
    }
    return {};
}

std::optional<std::size_t> report_fault(const SourceManager& sources,
                                        const FaultyStatement& statement,
                                        Diagnostics& diagnostics) {
    return FaultReporter(sources, statement, diagnostics).report();
}

}  // namespace snnc::frontend
