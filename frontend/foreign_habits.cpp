#include "frontend/foreign_habits.h"

#include <algorithm>
#include <cctype>

namespace snnc::frontend {

namespace {

bool is_word(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
    });
}

/// `v += I`
bool compound_assignment(const FaultView& fault, Diagnostics& diagnostics) {
    const TokenType type = fault.wrong().type;
    const bool arithmetic = type == TokenType::Plus || type == TokenType::Minus ||
                            type == TokenType::Star || type == TokenType::Slash;
    if (!arithmetic || fault.type_at(1) != TokenType::Assign || !fault.expects(TokenType::Assign)) {
        return false;
    }
    const std::string sign = fault.text(fault.wrong());
    diagnostics
        .report(Code::ForeignOperator, join(fault.wrong().range, fault.token_at(1).range),
                "there is no `" + sign + "=`")
        .note(fault.seen(TokenType::On) ? "write the assignment out, `on s: v = v " + sign + " x`"
                                        : "write the equation out, `v[t] = v[t-1] " + sign + " x`");
    return true;
}

/// `==` where `=` is meant, `- >` for `->`.
bool mistaken_symbol(const FaultView& fault, Diagnostics& diagnostics) {
    const Token& wrong = fault.wrong();
    if (wrong.type == TokenType::Equal && fault.expects(TokenType::Assign)) {
        diagnostics
            .report(Code::ForeignOperator, wrong.range, "`==` compares; a value is given with `=`")
            .edit(wrong.range, "=");
        return true;
    }
    if (wrong.type != TokenType::Minus || fault.type_at(1) != TokenType::Greater) return false;
    const SourceRange both = join(wrong.range, fault.token_at(1).range);
    diagnostics.report(Code::ForeignOperator, both, "`->` is written without a blank between")
        .edit(both, "->");
    return true;
}

/// `if I = 1 { … }`
bool assignment_in_expression(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.wrong().type != TokenType::Assign || fault.at_start() ||
        !ends_value(fault.last().type)) {
        return false;
    }
    if (!fault.seen(TokenType::Assign) && !fault.seen(TokenType::If) &&
        !fault.seen(TokenType::Tilde) && !fault.seen(TokenType::On)) {
        return false;
    }
    diagnostics
        .report(Code::ForeignOperator, fault.wrong().range,
                "`=` cannot stand inside an expression; a comparison is written `==`")
        .edit(fault.wrong().range, "==");
    return true;
}

bool missing_else(const FaultView& fault, Diagnostics& diagnostics) {
    // Any word may name an argument, `else` too.
    if (!fault.expects(TokenType::Else) || !fault.seen(TokenType::If)) return false;
    auto builder = diagnostics.report(Code::UnexpectedText, fault.place(),
                                      "expected `else { ... }` behind the branch of an `if`");
    builder.note("an `if` is an expression and has a value in both cases");
    if (fault.wrong().type == TokenType::Name && fault.text(fault.wrong()) == "elif") {
        builder.edit(fault.wrong().range, "else if");
    }
    return true;
}

/// Python's `a if c else b`.
bool condition_behind_value(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.wrong().type != TokenType::If || fault.at_start() || fault.on_new_line() ||
        !ends_value(fault.last().type)) {
        return false;
    }
    diagnostics
        .report(Code::UnexpectedText, fault.wrong().range, "the condition stands before its values")
        .note("`if c { a } else { b }`");
    return true;
}

/// `beta = [0.9]`, `reset = "zero"`
bool list_or_string(const FaultView& fault, Diagnostics& diagnostics) {
    const Token& wrong = fault.wrong();
    if (!fault.expects_value()) return false;
    if (wrong.type == TokenType::LeftBracket) {
        diagnostics.report(Code::UnexpectedText, wrong.range, "there are no lists in brackets")
            .note("one number stands alone; several are written `(0.9, 0.8)` where they may stand");
        return true;
    }
    if (wrong.type != TokenType::String) return false;
    const std::string written = fault.text(wrong);
    const std::string word = written.size() > 2 ? written.substr(1, written.size() - 2) : "";
    auto report = diagnostics.report(Code::UnexpectedText, wrong.range,
                                     "a string stands behind `import` only");
    if (is_word(word)) report.note("a word is written without quotes").edit(wrong.range, word);
    return true;
}

/// snnTorch's `surrogate.atan(…)`
bool surrogate_module(const FaultView& fault, Diagnostics& diagnostics) {
    const Token& wrong = fault.wrong();
    if (wrong.type != TokenType::Surrogate || fault.type_at(1) != TokenType::Dot ||
        !fault.expects(TokenType::Name)) {
        return false;
    }
    const SourceRange both = join(wrong.range, fault.token_at(1).range);
    diagnostics
        .report(Code::UnexpectedText, both, "a surrogate is called by its own name, `atan(…)`")
        .edit(both, "");
    return true;
}

/// `v(t) = …`
bool step_in_round_brackets(const FaultView& fault, Diagnostics& diagnostics) {
    const auto& tokens = fault.statement().tokens;
    if (fault.statement().rule != Rule::Member || fault.statement().fault.token != 1 ||
        fault.wrong().type != TokenType::LeftParen || !is_name(fault.first().token.type)) {
        return false;
    }
    auto report = diagnostics.report(
        Code::ForeignOperator, fault.wrong().range,
        "a step stands in square brackets, `" + fault.text(fault.first().token) + "[t]`");
    const auto closing = std::find_if(tokens.begin(), tokens.end(), [](const CodeToken& t) {
        return t.token.type == TokenType::RightParen;
    });
    if (closing != tokens.end()) {
        report.edit(fault.wrong().range, "[").edit(closing->token.range, "]");
    }
    return true;
}

/// `state v : f32 = 0`, Brian2's `dv/dt = -v/tau : volt`
bool declared_type(const FaultView& fault, Diagnostics& diagnostics) {
    const TokenType word = fault.first().token.type;
    const bool declares = word == TokenType::Input || word == TokenType::Output ||
                          word == TokenType::Param || word == TokenType::Learn ||
                          word == TokenType::State || word == TokenType::Let ||
                          fault.seen(TokenType::Assign);
    if (fault.statement().rule != Rule::Member || fault.wrong().type != TokenType::Colon ||
        fault.at_start() || !ends_value(fault.last().type) || !declares) {
        return false;
    }
    diagnostics
        .report(Code::UnexpectedText, fault.wrong().range, "the names of a cell declare no type")
        .note("all are numbers; a unit stands at its number, `20ms`");
    return true;
}

/// `1_000`
bool grouped_digits(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.last().type != TokenType::Number ||
        fault.wrong().type != TokenType::Name || fault.on_new_line()) {
        return false;
    }
    const std::string word = fault.text(fault.wrong());
    const bool digits = word.size() > 1 && word[0] == '_' &&
                        std::all_of(word.begin() + 1, word.end(),
                                    [](unsigned char c) { return std::isdigit(c) != 0; });
    if (!digits) return false;
    const SourceRange both = join(fault.last().range, fault.wrong().range);
    diagnostics.report(Code::MalformedNumber, both, "the digits of a number stand without `_`")
        .edit(both, fault.text(fault.last()) + word.substr(1));
    return true;
}

/// `import torch`
bool import_without_quotes(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.first().token.type != TokenType::Import || fault.statement().fault.token != 1) {
        return false;
    }
    diagnostics
        .report(Code::UnexpectedText, fault.place(),
                "expected the name of a file in quotes, found " + fault.found())
        .note("`import \"cells.snn\" (Cell)`; the standard library needs no import");
    return true;
}

}  // namespace

bool report_foreign_habit(const FaultView& fault, Diagnostics& diagnostics) {
    return grouped_digits(fault, diagnostics) || compound_assignment(fault, diagnostics) ||
           mistaken_symbol(fault, diagnostics) || assignment_in_expression(fault, diagnostics) ||
           missing_else(fault, diagnostics) || condition_behind_value(fault, diagnostics) ||
           list_or_string(fault, diagnostics) || surrogate_module(fault, diagnostics) ||
           step_in_round_brackets(fault, diagnostics) || declared_type(fault, diagnostics) ||
           import_without_quotes(fault, diagnostics);
}

std::string instead_of_statement(const std::string& word) {
    struct Row {
        const char *words, *instead;
    };
    static constexpr Row rows[] = {
        {" class ", "a model is written `network Net { … }`, a cell `neuron Cell { … }`"},
        {" def function lambda ", "a helper is written `fn f(x) = …`"},
        {" for while ", "there are no loops: an equation `v[t] = …` is computed in every step"},
        {" if elif else ", "an `if` is an expression: `v[t] = if c { a } else { b }`"},
        {" from ", "`import \"cells.snn\" (Cell)`"},
        {" return ", "what a cell hands on is declared by `output s` and has an equation"},
        {" end endif pass ", "a block ends with its `}`"},
        {" print disp ", "`snnc run --record NAME.VAR=FILE.npy` records any variable"},
        {" float int double real var const constant parameter ",
         "a constant is declared by `param k = 1`, what changes by `state v = 0`"},
        {" when event ", "what a spike does is written `on s: v = 0`"},
        {" threshold ", "a spike is written `s[t] = spike(v - theta)`"},
        {" reset ", "what a spike does is written `on s: v = 0`, or into the equation of `v`"},
    };
    for (const Row& row : rows) {
        if (std::string(row.words).find(" " + word + " ") != std::string::npos) return row.instead;
    }
    return {};
}

}  // namespace snnc::frontend
