#include "frontend/foreign_forms.h"

#include <algorithm>
#include <cctype>

namespace snnc::frontend {
namespace {

/// The first bracket of this kind behind the wrong token.
const CodeToken* behind(const FaultView& fault, TokenType type) {
    const auto& tokens = fault.statement().tokens;
    const auto from = tokens.begin() + static_cast<std::ptrdiff_t>(fault.statement().fault.token);
    const auto found =
        std::find_if(from, tokens.end(), [&](const CodeToken& t) { return t.token.type == type; });
    return found == tokens.end() ? nullptr : &*found;
}

/// `(0, 1)` in the place of `[0, 1]`
void square_brackets(const FaultView& fault, DiagnosticBuilder& report) {
    const CodeToken* closing = behind(fault, TokenType::RightParen);
    if (closing) report.edit(fault.wrong().range, "[").edit(closing->token.range, "]");
}

bool round_brackets(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.wrong().type != TokenType::LeftParen ||
        !fault.expects(TokenType::LeftBracket)) {
        return false;
    }
    const bool interval = fault.last().type == TokenType::In;
    const bool shape = fault.seen(TokenType::Colon) && is_name(fault.last().type);
    if (!interval && !shape) return false;
    auto report =
        diagnostics.report(Code::UnexpectedText, fault.wrong().range,
                           interval ? "the bounds of an interval stand in square brackets, `[0, 1]`"
                                    : "a shape stands in square brackets, `f32[784]`");
    if (interval) report.note("both bounds belong to it");
    square_brackets(fault, report);
    return true;
}

/// `input I J`, `output a.s b.s`, `f32[1 28 28]`
bool list_without_commas(const FaultView& fault, Diagnostics& diagnostics) {
    const TokenType word = fault.first().token.type;
    if (fault.at_start() || fault.on_new_line()) return false;
    if (!fault.expects(TokenType::EndOfFile) && !fault.expects(TokenType::RightBracket))
        return false;
    if (word != TokenType::Input && word != TokenType::Output && word != TokenType::Freeze)
        return false;
    const TokenType wrong = fault.wrong().type, last = fault.last().type;
    const bool names = is_name(wrong) && is_name(last) && !fault.seen(TokenType::Assign);
    const bool numbers = wrong == TokenType::Number && last == TokenType::Number;
    if (!names && !numbers) return false;
    diagnostics
        .report(Code::UnexpectedText, fault.wrong().range,
                "expected `,` between " + fault.quoted(fault.last()) + " and " +
                    fault.quoted(fault.wrong()))
        .edit(fault.gap(), ",");
    return true;
}

/// `beta = 0,9`
bool decimal_comma(const FaultView& fault, Diagnostics& diagnostics) {
    const std::size_t at = fault.statement().fault.token;
    if (at < 2 || fault.wrong().type != TokenType::Number ||
        fault.last().type != TokenType::Comma || !fault.expects(TokenType::Name)) {
        return false;
    }
    const Token& whole = fault.statement().tokens[at - 2].token;
    const SourceRange written = join(whole.range, fault.wrong().range);
    if (whole.type != TokenType::Number || whole.range.end != fault.last().range.begin ||
        fault.last().range.end != fault.wrong().range.begin) {
        return false;
    }
    diagnostics
        .report(Code::MalformedNumber, written, "the decimals of a number stand behind a point")
        .edit(written, fault.text(whole) + "." + fault.text(fault.wrong()));
    return true;
}

/// `option mode = a, b`
bool option_with_commas(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.first().token.type != TokenType::Option || !fault.expects(TokenType::Assign))
        return false;
    const auto& tokens = fault.statement().tokens;
    for (std::size_t i = 0; i < fault.statement().fault.token; ++i) {
        if (tokens[i].token.type != TokenType::Comma) continue;
        diagnostics
            .report(Code::UnexpectedText, tokens[i].token.range,
                    "the values of an option are separated by `|`")
            .edit(tokens[i].token.range, " |");
        return true;
    }
    return false;
}

/// `as "fc"`, `as 1st`
bool no_name(const FaultView& fault, Diagnostics& diagnostics) {
    const std::string written = fault.text(fault.wrong());
    if (!fault.expects(TokenType::Name) || fault.expects_value() || fault.at_start()) return false;
    if (fault.wrong().type == TokenType::String && written.size() > 2) {
        diagnostics
            .report(Code::UnexpectedText, fault.wrong().range, "a name is written without quotes")
            .edit(fault.wrong().range, written.substr(1, written.size() - 2));
        return true;
    }
    const bool letters = std::any_of(written.begin(), written.end(),
                                     [](unsigned char c) { return std::isalpha(c) != 0; });
    if (fault.wrong().type != TokenType::Number || !letters) return false;
    diagnostics.report(Code::UnexpectedText, fault.wrong().range, "a name begins with a letter");
    return true;
}

/// `network My-Net {`
bool name_with_hyphen(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.statement().rule != Rule::Declaration || fault.statement().fault.token != 2 ||
        fault.wrong().type != TokenType::Minus || !is_name(fault.last().type) ||
        !is_name(fault.type_at(1))) {
        return false;
    }
    const SourceRange written = join(fault.last().range, fault.token_at(1).range);
    diagnostics.report(Code::UnexpectedText, written, "a name is made of letters, digits and `_`")
        .edit(written, fault.text(fault.last()) + "_" + fault.text(fault.token_at(1)));
    return true;
}

/// `beta = learn`
bool learn_without_value(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.last().type != TokenType::Learn || !fault.expects_value() ||
        (fault.wrong().type != TokenType::RightParen && fault.wrong().type != TokenType::Comma)) {
        return false;
    }
    diagnostics.report(Code::UnexpectedText, fault.last().range, "expected a value after `learn`")
        .note("`learn 0.9` trains, beginning with 0.9");
    return true;
}

/// `Leaky(learn beta = 0.9)`
bool learn_before_name(const FaultView& fault, Diagnostics& diagnostics) {
    const std::size_t at = fault.statement().fault.token;
    if (at < 2 || fault.wrong().type != TokenType::Assign || !is_name(fault.last().type)) {
        return false;
    }
    const Token& word = fault.statement().tokens[at - 2].token;
    if (word.type != TokenType::Learn && word.type != TokenType::Fixed) return false;
    const SourceRange written = join(word.range, fault.wrong().range);
    const std::string meant = fault.text(fault.last()) + " = " + fault.text(word);
    diagnostics
        .report(Code::UnexpectedText, written, fault.quoted(word) + " stands before the value")
        .note("`" + meant + " 0.9`")
        .edit(written, meant);
    return true;
}

/// `param learn beta = 0.9`
bool two_words_of_declarations(const FaultView& fault, Diagnostics& diagnostics) {
    const auto declares = [](TokenType type) {
        return type == TokenType::Param || type == TokenType::Learn || type == TokenType::State ||
               type == TokenType::Let || type == TokenType::Option;
    };
    if (fault.statement().rule != Rule::Member || fault.statement().fault.token != 1 ||
        fault.on_new_line() || !declares(fault.first().token.type) ||
        !declares(fault.wrong().type) || !is_name(fault.type_at(1))) {
        return false;
    }
    SourceRange word = fault.first().token.range;
    word.end = fault.wrong().range.begin;
    diagnostics
        .report(Code::UnexpectedText, fault.first().token.range,
                fault.quoted(fault.wrong()) + " declares by itself")
        .edit(word, "");
    return true;
}

/// `Leaky recurrent as out`
bool recurrent_without_layer(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.last().type != TokenType::Recurrent) return false;
    diagnostics
        .report(Code::UnexpectedText, fault.last().range, "expected a layer after `recurrent`")
        .note("`Leaky recurrent dense() as hidden`");
    return true;
}

/// `learn per neuron`
bool nothing_before_per(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.wrong().type != TokenType::Neuron ||
        fault.last().type != TokenType::Per) {
        return false;
    }
    diagnostics.report(Code::UnexpectedText, fault.last().range, "expected a value before `per`")
        .note("`learn 0.9 per neuron` begins with 0.9 in every cell");
    return true;
}

/// `train Net {`
bool train_without_of(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.first().token.type != TokenType::Train ||
        fault.wrong().type != TokenType::LeftBrace || fault.statement().fault.token != 2 ||
        !is_name(fault.last().type)) {
        return false;
    }
    const SourceRange name = fault.last().range;
    diagnostics.report(Code::UnexpectedText, name, "expected `of` before the name of the network")
        .note("its form is `train of Net { … }`")
        .edit({name.file, name.begin, name.begin}, "of ");
    return true;
}

/// Python's `neuron A:`
bool colon_for_brace(const FaultView& fault, Diagnostics& diagnostics) {
    const TokenType word = fault.first().token.type;
    const bool block = word == TokenType::Neuron || word == TokenType::Encoder ||
                       word == TokenType::Network || word == TokenType::Train;
    if (!block || fault.wrong().type != TokenType::Colon || !fault.expects(TokenType::LeftBrace))
        return false;
    diagnostics
        .report(
            Code::UnexpectedText, fault.wrong().range,
            "what belongs to " + fault.quoted(fault.last()) + " stands in braces, not behind `:`")
        .edit(fault.wrong().range, " {")
        .note("and ends with `}`");
    return true;
}

/// `out <- fc`, `x |> fc`, `x --> fc`, `x => fc`
bool other_arrow(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.statement().rule != Rule::NetworkStatement) return false;
    const SourceRange both = join(fault.wrong().range, fault.token_at(1).range);
    if (fault.wrong().type == TokenType::Less && fault.type_at(1) == TokenType::Minus) {
        diagnostics
            .report(Code::ForeignOperator, both,
                    "an arrow points from the source to the target, `->`")
            .note("a chain begins with what it reads: `x -> dense(10) as fc -> Leaky as out`");
        return true;
    }
    const TokenType wrong = fault.wrong().type, next = fault.type_at(1);
    const bool one = wrong == TokenType::FatArrow && fault.expects(TokenType::EndOfFile);
    const bool two = (wrong == TokenType::Bar && next == TokenType::Greater) ||
                     (wrong == TokenType::Minus && next == TokenType::Arrow);
    if (!one && !two) return false;
    const SourceRange written = one ? fault.wrong().range : both;
    diagnostics
        .report(Code::ForeignOperator, written, "`" + fault.text(written) + "` is written `->`")
        .edit(written, "->");
    return true;
}

/// `x + y -> fc`
bool sum_of_sources(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.statement().rule != Rule::NetworkStatement || fault.wrong().type != TokenType::Plus ||
        !fault.expects(TokenType::EndOfFile) || fault.seen(TokenType::Assign) ||
        fault.seen(TokenType::Arrow) || fault.seen(TokenType::Colon)) {
        return false;
    }
    diagnostics.report(Code::UnexpectedText, fault.wrong().range, "a chain has one source")
        .note("edges that meet at a population add up: `pop : Leaky[10]`, `x -> pop`, `y -> pop`");
    return true;
}

/// `Leaky({beta: 0.9})`
bool dictionary(const FaultView& fault, Diagnostics& diagnostics) {
    if (fault.at_start() || fault.wrong().type != TokenType::LeftBrace ||
        fault.last().type != TokenType::LeftParen) {
        return false;
    }
    diagnostics
        .report(Code::UnexpectedText, fault.wrong().range,
                "arguments stand between the round brackets without braces")
        .note("`Leaky(beta = 0.9, theta = 1)`");
    return true;
}

/// A line that begins with `->` behind a `;`, an equation in quotes.
bool no_beginning(const FaultView& fault, Diagnostics& diagnostics) {
    if (!fault.at_start()) return false;
    const Token& wrong = fault.wrong();
    if (wrong.type == TokenType::Arrow) {
        diagnostics.report(Code::UnexpectedText, wrong.range, "a statement cannot begin with `->`")
            .note("a chain goes on in the next line unless a `;` has ended it");
        return true;
    }
    const std::string written = fault.text(wrong);
    if (written == "\"\"") {  // Python's `"""`
        diagnostics.report(Code::UnexpectedText, wrong.range, "a comment stands without quotes")
            .note("it begins with `//`, what documents a declaration with `///`");
        return true;
    }
    if (wrong.type != TokenType::String || fault.statement().rule != Rule::Member ||
        written.size() < 3) {
        return false;
    }
    diagnostics.report(Code::UnexpectedText, wrong.range, "an equation is written without quotes")
        .edit(wrong.range, written.substr(1, written.size() - 2));
    return true;
}

}  // namespace

bool report_foreign_form(const FaultView& fault, Diagnostics& diagnostics) {
    return round_brackets(fault, diagnostics) || list_without_commas(fault, diagnostics) ||
           decimal_comma(fault, diagnostics) || option_with_commas(fault, diagnostics) ||
           no_name(fault, diagnostics) || name_with_hyphen(fault, diagnostics) ||
           learn_without_value(fault, diagnostics) || learn_before_name(fault, diagnostics) ||
           two_words_of_declarations(fault, diagnostics) ||
           recurrent_without_layer(fault, diagnostics) || nothing_before_per(fault, diagnostics) ||
           train_without_of(fault, diagnostics) || colon_for_brace(fault, diagnostics) ||
           other_arrow(fault, diagnostics) || sum_of_sources(fault, diagnostics) ||
           dictionary(fault, diagnostics) || no_beginning(fault, diagnostics);
}

}  // namespace snnc::frontend
