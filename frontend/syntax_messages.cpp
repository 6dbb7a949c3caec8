#include "frontend/syntax_messages.h"

#include <algorithm>
#include <set>
#include <string>

#include "frontend/expected_tokens.h"
#include "frontend/foreign_forms.h"
#include "frontend/foreign_habits.h"

namespace snnc::frontend {

namespace {

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

class FaultReporter : private FaultView {
 public:
    FaultReporter(const SourceManager& sources, const FaultyStatement& statement,
                  Diagnostics& diagnostics)
        : FaultView(sources, statement), diagnostics_(diagnostics) {}

    std::optional<std::size_t> report() {
        if (misplaced_line_end() || report_foreign_formula(*this, diagnostics_) ||
            report_foreign_form(*this, diagnostics_) || report_foreign_habit(*this, diagnostics_) ||
            number_before_name() || learn_in_expression() || missing_surrogate() ||
            missing_joint() || keyword_begins_chain() || keyword_as_name() || unknown_statement()) {
            return std::nullopt;
        }
        if (missing_separator()) return statement().fault.token;
        if (!report_values_side_by_side(*this, diagnostics_)) generic();
        return std::nullopt;
    }

 private:
    bool misplaced_line_end() {
        const TokenType type = first().token.type;
        const bool continues = type == TokenType::Solve || type == TokenType::By ||
                               type == TokenType::Per || type == TokenType::Then ||
                               (type == TokenType::Surrogate && statement().rule == Rule::Member);
        if (!continues || statement().before == nullptr || !first().starts_line ||
            !ends_value(statement().before->token.type)) {
            return false;
        }
        const SourceRange gap{first().token.range.file, statement().before->token.range.end,
                              first().token.range.begin};
        diagnostics_
            .report(Code::MisplacedLineEnd, first().token.range,
                    "`" + text(first().token) + "` stands on the line of what it belongs to")
            .note("the line before is complete, so its end is the end of the statement")
            .edit(gap, " ");
        return true;
    }

    bool number_before_name() {
        if (at_start() || last().type != TokenType::Number || !is_name(wrong().type) ||
            on_new_line()) {
            return false;
        }
        const std::string number = text(last());
        const char last_character = number.back();
        const bool has_unit = !(last_character >= '0' && last_character <= '9');
        if (!has_unit && looks_like_unit(text(wrong()))) {
            diagnostics_
                .report(Code::DetachedUnit, join(last().range, wrong().range),
                        "a unit is written right behind its number")
                .edit(join(last().range, wrong().range), number + text(wrong()));
            return true;
        }
        if (type_at(1) == TokenType::Assign) {
            diagnostics_
                .report(Code::UnexpectedText, wrong().range,
                        "expected `,` between " + quoted(last()) + " and " + quoted(wrong()))
                .edit(gap(), ",");
            return true;
        }
        diagnostics_
            .report(Code::UnexpectedText, wrong().range,
                    "expected an operator between " + quoted(last()) + " and " + quoted(wrong()))
            .edit(join(last().range, wrong().range), number + "*" + text(wrong()));
        return true;
    }

    bool missing_surrogate() {
        if (wrong().type != TokenType::Surrogate || at_start() ||
            last().type != TokenType::RightParen) {
            return false;
        }
        diagnostics_
            .report(Code::UnexpectedText, wrong().range, "expected a surrogate behind `surrogate`")
            .note("a spike pins its surrogate by `spike(x) surrogate atan(alpha = 2)`");
        return true;
    }

    bool learn_in_expression() {
        if (wrong().type != TokenType::Learn && wrong().type != TokenType::Fixed) return false;
        if (statement().rule != Rule::Member || !expects(TokenType::Number)) return false;
        diagnostics_
            .report(Code::UnexpectedText, wrong().range,
                    quoted(wrong()) + " cannot stand inside an expression")
            .note(
                "a cell declares what is trained by `learn p = 0.9`; a use of the cell decides by "
                "`Cell(p = learn 0.9)`");
        return true;
    }

    /// `input -> dense(10)`, where an input has the name `input`.
    bool keyword_begins_chain() {
        if (statement().rule != Rule::NetworkStatement || statement().fault.token != 1 ||
            wrong().type != TokenType::Arrow || !is_keyword(first().token.type)) {
            return false;
        }
        report_keyword(first().token);
        return true;
    }

    void report_keyword(const Token& word) {
        diagnostics_
            .report(Code::KeywordAsName, word.range,
                    quoted(word) + " is a keyword and cannot be used as a name")
            .edit(word.range, text(word) + "_");
    }

    bool keyword_as_name() {
        if (!is_keyword(wrong().type) || !expects(TokenType::Name) || at_start()) return false;
        // On a new line it rather begins the next statement.
        if (on_new_line() && begins_statement(wrong().type)) return false;
        report_keyword(wrong());
        return true;
    }

    /// Is the first word one that begins nothing here?
    bool begins_with_unknown_word() const {
        const Token& word = first().token;
        if (at_start()) return true;
        if (statement().fault.token != 1 || !is_name(word.type) || on_new_line()) return false;
        if (is_name(wrong().type) || is_keyword(wrong().type)) return true;
        if (statement().rule != Rule::Member) return false;
        return wrong().type == TokenType::Colon ||
               (is_end(wrong().type) && !instead_of_statement(text(word)).empty());
    }

    bool unknown_statement() {
        if (!begins_with_unknown_word()) return false;
        const Token& word = first().token;
        const std::string instead = instead_of_statement(text(word));
        if (at_start() && begins_statement(word.type)) {
            auto report = diagnostics_.report(
                Code::UnknownStatement, word.range,
                quoted(word) + " cannot stand in " + std::string(statement().place));
            if (statement().rule == Rule::NetworkStatement && word.type == TokenType::Let)
                report.note(
                    "a constant is a parameter, `network Net(n = 20) { … }`, a population is "
                    "declared by `pop : Leaky[100]`");
            return true;
        }
        if (at_start() && !is_name(word.type) && !is_keyword(word.type)) {
            diagnostics_.report(Code::UnexpectedText, word.range,
                                "a statement cannot begin with " + quoted(word));
            return true;
        }
        const auto words = first_words(statement().rule);
        auto builder = diagnostics_.report(
            Code::UnknownStatement, word.range,
            quoted(word) + " begins no statement of " + std::string(statement().place));
        const auto near = nearest_names(text(word), words);
        if (!instead.empty()) {
            builder.note(instead);
        } else if (!near.empty()) {
            builder.note("did you mean " + quoted_list(near) + "?").edit(word.range, near.front());
        } else if (statement().rule == Rule::NetworkStatement) {
            builder.note("a network holds inputs, outputs, settings, populations and chains");
        } else {
            builder.note("these do: " + quoted_list(words));
        }
        return true;
    }

    /// `dense(4) fc1`, `fc Leaky`: a chain lacks `->` or `as`.
    bool missing_joint() {
        if (statement().rule != Rule::NetworkStatement || at_start() || on_new_line() ||
            !is_name(wrong().type) || !expects(TokenType::EndOfFile)) {
            return false;
        }
        const TokenType next = type_at(1);
        const bool element = next == TokenType::LeftParen || next == TokenType::As;
        const bool setting = statement().tokens[1].token.type == TokenType::Assign;
        if (setting || (!seen(TokenType::Arrow) && !element)) return false;
        const bool arrow = element || is_named();
        diagnostics_
            .report(Code::UnexpectedText, wrong().range,
                    arrow ? "expected `->` before the next element"
                          : "expected `as` before the name of an element")
            .edit(gap(), arrow ? " ->" : " as");
        return true;
    }

    /// Has the last element of the chain a name already?
    bool is_named() const {
        for (std::size_t i = statement().fault.token; i-- > 0;) {
            const TokenType type = statement().tokens[i].token.type;
            if (type == TokenType::As) return true;
            if (type == TokenType::Arrow) return false;
        }
        return false;
    }

    bool missing_separator() {
        if (at_start() || on_new_line() || !expects(TokenType::EndOfFile)) return false;
        const bool next_begins =
            begins_statement(wrong().type) || (last().type == TokenType::RightBrace &&
                                               (is_name(wrong().type) || is_keyword(wrong().type)));
        if (!next_begins) return false;
        diagnostics_
            .report(Code::MissingSeparator, wrong().range,
                    "two statements on one line are separated by `;`")
            .edit(gap(), ";");
        return true;
    }

    void generic() {
        std::string list = expected_list(statement().fault.expected, last().type);
        if (lacks_relation()) list = "`=`, `:` or `->`";
        const bool untyped = statement().rule == Rule::TrainStatement &&
                             first().token.type == TokenType::Target && is_name(wrong().type);
        if (list.empty() && untyped) list = "`:`";
        std::string message = list.empty() ? "unexpected " + found() : "expected " + list;
        if (!at_start()) message += " after " + quoted(last());
        if (!list.empty()) message += ", found " + found();
        auto report = diagnostics_.report(Code::UnexpectedText, place(), message);
        const std::string form = form_of_statement();
        if (!form.empty()) report.note("its form is `" + form + "`");
    }

    /// An example of what the first word begins, as long as the fault is in its head.
    std::string form_of_statement() const {
        if (seen(TokenType::Assign) || seen(TokenType::Tilde) || at_start()) return {};
        const bool network = statement().rule == Rule::NetworkStatement;
        switch (first().token.type) {
            case TokenType::Neuron: return "neuron Name { param beta = 0.9; … }";
            case TokenType::Network:
                return seen(TokenType::LeftParen) ? "network Name(n = 64) { … }"
                                                  : "network Name { … }";
            case TokenType::Train: return "train of Net { … }";
            case TokenType::Fn: return "fn f(x) = x^2";
            case TokenType::Surrogate: return "surrogate g(x; width = 1) = …";
            case TokenType::Loss:
                return statement().rule == Rule::TrainStatement ? "loss = ce_rate(out.s, label)"
                                                                : "loss l(x; k = 1) = …";
            case TokenType::Input: return network ? "input image : f32[784]" : "input I";
            case TokenType::Output: return network ? "output out.s" : "output s";
            case TokenType::Param:
            case TokenType::Learn:
                return wrong().type == TokenType::In ? "param beta = 0.9 in [0, 1]"
                                                     : "param beta = 0.9";
            case TokenType::State: return "state v = 0";
            case TokenType::Option: return "option reset = zero | none";
            case TokenType::Freeze: return "freeze fc1, fc2";
            case TokenType::Target: return "target label : class[10]";
            default: return {};
        }
    }

    /// A network's statement that has not yet said what it is.
    bool lacks_relation() const {
        if (statement().rule != Rule::NetworkStatement || first().token.type == TokenType::Output ||
            first().token.type == TokenType::Input || !expects(TokenType::EndOfFile)) {
            return false;
        }
        return !seen(TokenType::Arrow) && !seen(TokenType::Assign) && !seen(TokenType::Colon);
    }

    Diagnostics& diagnostics_;
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
