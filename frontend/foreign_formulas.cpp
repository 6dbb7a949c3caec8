// Formulas and events as papers and other tools write them.
#include "frontend/foreign_forms.h"

namespace snnc::frontend {
namespace {

/// `d(v)/dt`
bool derivative_in_brackets(const FaultView& fault, Diagnostics& diagnostics) {
    const auto& tokens = fault.statement().tokens;
    if (fault.statement().rule != Rule::Member || fault.statement().fault.token != 1 ||
        fault.wrong().type != TokenType::LeftParen || fault.text(fault.first().token) != "d" ||
        tokens.size() < 5 || tokens[3].token.type != TokenType::RightParen) {
        return false;
    }
    const SourceRange written = join(fault.first().token.range, tokens[3].token.range);
    const std::string name = fault.text(tokens[2].token);
    diagnostics.report(Code::ForeignOperator, written, "a derivative is written `d" + name + "/dt`")
        .edit(written, "d" + name);
    return true;
}

/// `tau*dv/dt = -v`, `tau dv/dt = -v`
bool derivative_with_factor(const FaultView& fault, Diagnostics& diagnostics) {
    const auto& tokens = fault.statement().tokens;
    if (fault.statement().rule != Rule::Member || fault.statement().fault.token != 1) return false;
    const std::size_t at = fault.wrong().type == TokenType::Star ? 2 : 1;
    if (tokens.size() < at + 5 || !is_name(fault.first().token.type) ||
        !is_name(tokens[at].token.type) || tokens[at + 1].token.type != TokenType::Slash ||
        fault.text(tokens[at + 2].token) != "dt" ||
        tokens[at + 3].token.type != TokenType::Assign) {
        return false;
    }
    const SourceRange left = join(fault.first().token.range, tokens[at + 2].token.range);
    const std::string factor = fault.text(fault.first().token);
    const std::string derivative =
        fault.text(left).substr(tokens[at].token.range.begin - left.begin);
    std::size_t end = at + 4;
    while (end < tokens.size() && !is_end(tokens[end].token.type) &&
           tokens[end].token.type != TokenType::Solve) {
        ++end;
    }
    SourceRange begin_of_value = tokens[at + 4].token.range;
    begin_of_value.end = begin_of_value.begin;
    SourceRange end_of_value = tokens[end - 1].token.range;
    end_of_value.begin = end_of_value.end;
    diagnostics.report(Code::UnexpectedText, left, "a derivative stands alone on its side")
        .note("`" + derivative + " = (…)/" + factor + "`")
        .edit(left, derivative)
        .edit(begin_of_value, "(")
        .edit(end_of_value, ")/" + factor);
    return true;
}

/// `d/dt v = -v`
bool derivative_before_name(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.statement().rule != Rule::Member || fault.statement().fault.token != 3 ||
        fault.text(fault.first().token) != "d" || fault.text(fault.last()) != "dt" ||
        !is_name(fault.wrong().type)) {
        return false;
    }
    const SourceRange written = join(fault.first().token.range, fault.wrong().range);
    const std::string derivative = "d" + fault.text(fault.wrong()) + "/dt";
    diagnostics
        .report(Code::ForeignOperator, written, "a derivative is written `" + derivative + "`")
        .edit(written, derivative);
    return true;
}

/// `v_{t-1}`
bool step_as_subscript(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.wrong().type != TokenType::LeftBrace || fault.at_start() ||
        !is_name(fault.last().type)) {
        return false;
    }
    const std::string name = fault.text(fault.last());
    if (name.size() < 2 || name.back() != '_') return false;
    auto report = diagnostics.report(
        Code::ForeignOperator, fault.wrong().range,
        "a step stands in square brackets, `" + name.substr(0, name.size() - 1) + "[t-1]`");
    for (std::size_t i = 1; !is_end(fault.type_at(i)); ++i) {
        if (fault.type_at(i) != TokenType::RightBrace) continue;
        SourceRange opening = fault.wrong().range;
        opening.begin = fault.last().range.end - 1;
        report.edit(opening, "[").edit(fault.token_at(i).range, "]");
        break;
    }
    return true;
}

/// `v > = 1`
bool blank_in_comparison(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.wrong().type != TokenType::Assign || fault.at_start()) return false;
    const TokenType sign = fault.last().type;
    if (sign != TokenType::Greater && sign != TokenType::Less) return false;
    const SourceRange both = join(fault.last().range, fault.wrong().range);
    const std::string meant = fault.text(fault.last()) + "=";
    diagnostics
        .report(Code::ForeignOperator, both, "`" + meant + "` is written without a blank between")
        .edit(both, meant);
    return true;
}

/// `n++`
bool increment(const FaultView& fault, Diagnostics& diagnostics) {
    const TokenType sign = fault.wrong().type;
    if ((sign != TokenType::Plus && sign != TokenType::Minus) || fault.type_at(1) != sign ||
        !fault.expects(TokenType::Assign)) {
        return false;
    }
    const std::string text = fault.text(fault.wrong());
    diagnostics
        .report(Code::ForeignOperator, join(fault.wrong().range, fault.token_at(1).range),
                "there is no `" + text + text + "`")
        .note("write the equation out, `n[t] = n[t-1] " + text + " 1`");
    return true;
}

/// `|v|`
bool absolute_value(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.wrong().type != TokenType::Bar || !fault.expects_value()) return false;
    diagnostics.report(Code::ForeignOperator, fault.wrong().range,
                       "an absolute value is written `abs(x)`");
    return true;
}

/// Brian2's `dv/dt = … : 1 (unless refractory)`
bool unless_refractory(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.text(fault.wrong()) != "refractory" ||
        fault.text(fault.last()) != "unless") {
        return false;
    }
    diagnostics
        .report(Code::UnexpectedText, join(fault.last().range, fault.wrong().range),
                "a refractory time is a statement of its own")
        .note("`refractory 5ms: v` holds `v` after a spike");
    return true;
}

/// `on s -> v = 0`, `on s { v = 0 }`
bool event_without_colon(const FaultView& fault, Diagnostics& diagnostics) {
    const TokenType word = fault.first().token.type;
    const bool event = word == TokenType::On || word == TokenType::Refractory;
    if (!event || fault.statement().rule != Rule::Member || !fault.expects(TokenType::Colon) ||
        fault.at_start() || fault.seen(TokenType::Colon)) {
        return false;
    }
    const TokenType wrong = fault.wrong().type;
    if (wrong != TokenType::Arrow && wrong != TokenType::FatArrow &&
        wrong != TokenType::LeftBrace) {
        return false;
    }
    const bool brace = wrong == TokenType::LeftBrace;
    diagnostics
        .report(Code::UnexpectedText, fault.wrong().range,
                "expected `:` after " + fault.quoted(fault.last()) + ", found " + fault.found())
        .note("its form is `on s: v = 0`, or `on s: { v = 0; u = 1 }`")
        .edit(brace ? fault.gap() : fault.wrong().range, ":");
    return true;
}

/// `match mode { a: …; b -> …; case c => … }`
bool arm_of_match(const FaultView& fault, Diagnostics& diagnostics) {
    if (!fault.seen(TokenType::Match) || fault.at_start() || !fault.expects(TokenType::FatArrow)) {
        return false;
    }
    const bool case_word = fault.text(fault.last()) == "case" && is_name(fault.wrong().type);
    const TokenType wrong = fault.wrong().type;
    if (!case_word && wrong != TokenType::Colon && wrong != TokenType::Arrow) return false;
    if (case_word) {
        SourceRange word = fault.last().range;
        word.end = fault.wrong().range.begin;
        diagnostics.report(Code::UnexpectedText, fault.last().range, "an arm begins with its value")
            .note("`match mode { a => 1; b => 2 }`")
            .edit(word, "");
        return true;
    }
    diagnostics
        .report(Code::ForeignOperator, fault.wrong().range,
                "the value of an arm stands behind `=>`")
        .edit(fault.wrong().range, wrong == TokenType::Colon ? " =>" : "=>");
    return true;
}

}  // namespace

bool report_foreign_formula(const FaultView& fault, Diagnostics& diagnostics) {
    return derivative_in_brackets(fault, diagnostics) ||
           derivative_with_factor(fault, diagnostics) ||
           derivative_before_name(fault, diagnostics) || step_as_subscript(fault, diagnostics) ||
           blank_in_comparison(fault, diagnostics) || increment(fault, diagnostics) ||
           absolute_value(fault, diagnostics) || unless_refractory(fault, diagnostics) ||
           event_without_colon(fault, diagnostics) || arm_of_match(fault, diagnostics);
}

/// `beta v[t-1]`, `tanh I`
bool report_values_side_by_side(const FaultView& fault, Diagnostics& diagnostics) {
    const bool formula =
        fault.statement().rule == Rule::Member || fault.statement().rule == Rule::Declaration;
    if (!formula || fault.at_start() || fault.on_new_line() || !is_name(fault.wrong().type) ||
        !ends_value(fault.last().type) || !fault.expects(TokenType::EndOfFile) ||
        !(fault.seen(TokenType::Assign) || fault.seen(TokenType::Tilde))) {
        return false;
    }
    diagnostics
        .report(Code::UnexpectedText, fault.wrong().range,
                "expected an operator between " + fault.quoted(fault.last()) + " and " +
                    fault.quoted(fault.wrong()))
        .note("a product is written `a*b`, a call `f(x)`");
    return true;
}

}  // namespace snnc::frontend
