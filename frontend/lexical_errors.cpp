#include "frontend/lexical_errors.h"

#include <cstdio>
#include <string>

#include "support/unicode.h"

namespace snnc::frontend {

namespace {

struct Foreign {
    std::string_view written;
    TokenType meant;
};

// Symbols of other languages and of mathematics whose meaning is plain.
constexpr Foreign foreign_symbols[] = {
    {"&&", TokenType::And},
    {"||", TokenType::Or},
    {"!", TokenType::Not},
    {"**", TokenType::Hat},
    {"\u2192", TokenType::Arrow},
    {"\u21D2", TokenType::FatArrow},
    {"\u2264", TokenType::LessEqual},
    {"\u2265", TokenType::GreaterEqual},
    {"\u2260", TokenType::NotEqual},
    {"\u2212", TokenType::Minus},
    {"\u2013", TokenType::Minus},
    {"\u00D7", TokenType::Star},
    {"\u00B7", TokenType::Star},
    {"\u22C5", TokenType::Star},
    {"\u00F7", TokenType::Slash},
    {"\u223C", TokenType::Tilde},
};

struct Superscript {
    std::string_view written, exponent;
};

constexpr Superscript superscripts[] = {{"\u00B2", "^2"}, {"\u00B3", "^3"}};

class WordReader {
 public:
    WordReader(const SourceManager& sources, const std::vector<Token>& tokens,
               Diagnostics& diagnostics)
        : sources_(sources), tokens_(tokens), diagnostics_(diagnostics) {}

    std::vector<LaidToken> read() {
        while (at_ < tokens_.size()) {
            const TokenType type = tokens_[at_].type;
            if (type == TokenType::LineEnd) {
                line_break_ = true;
                ++at_;
            } else if (is_comment(type)) {
                ++at_;
            } else if (!block_comment() && !foreign() && !number() && !unknown()) {
                add(type, tokens_[at_].range);
                ++at_;
            }
        }
        return std::move(words_);
    }

 private:
    std::string_view text(const SourceRange& range) const { return sources_.text(range); }

    void add(TokenType type, const SourceRange& range, bool damaged = false) {
        words_.push_back({{{type, range}, line_break_ || words_.empty(), damaged, 0}, line_break_});
        line_break_ = false;
    }

    bool touches(std::size_t left) const {
        return left + 1 < tokens_.size() &&
               tokens_[left].range.end == tokens_[left + 1].range.begin;
    }

    TokenType type_at(std::size_t index) const {
        return index < tokens_.size() ? tokens_[index].type : TokenType::EndOfFile;
    }

    void skip_line() {
        while (at_ < tokens_.size() && tokens_[at_].type != TokenType::LineEnd) ++at_;
    }

    bool block_comment() {
        if (type_at(at_) != TokenType::Slash || type_at(at_ + 1) != TokenType::Star ||
            !touches(at_)) {
            return false;
        }
        diagnostics_
            .report(Code::UnknownCharacter, join(tokens_[at_].range, tokens_[at_ + 1].range),
                    "there are no block comments")
            .note("a comment begins with `//` and ends with its line");
        for (std::size_t i = at_ + 2; i < tokens_.size(); ++i) {
            if (tokens_[i].type == TokenType::Slash && tokens_[i - 1].type == TokenType::Star &&
                touches(i - 1)) {
                at_ = i + 1;
                return true;
            }
        }
        skip_line();
        return true;
    }

    bool foreign() {
        const std::string_view rest = sources_.file(tokens_[at_].range.file).text();
        for (const Foreign& symbol : foreign_symbols) {
            SourceRange range = tokens_[at_].range;
            if (rest.compare(range.begin, symbol.written.size(), symbol.written) != 0) continue;
            const auto end = range.begin + static_cast<std::uint32_t>(symbol.written.size());
            if (type_at(at_) == TokenType::NotEqual) continue;  // `!=` begins like `!`
            while (at_ < tokens_.size() && tokens_[at_].range.end <= end) ++at_;
            range.end = end;
            const std::string meant(spelling(symbol.meant));
            const bool word = token_class(symbol.meant) == TokenClass::Keyword;
            diagnostics_
                .report(Code::ForeignOperator, range,
                        "`" + std::string(symbol.written) + "` is written `" + meant + "`")
                .edit(range, word && touches_word(end) ? meant + " " : meant);
            add(symbol.meant, range);
            return true;
        }
        return false;
    }

    bool touches_word(std::uint32_t offset) const {
        return at_ < tokens_.size() && tokens_[at_].range.begin == offset;
    }

    /// `.5`, `1.`, `0..1`, `1.2.3`: one number token for the whole, so that nothing follows from
    /// it.
    bool number() {
        std::size_t last = at_;
        bool point = false;
        if (type_at(at_) == TokenType::Dot) {
            const bool behind_name = at_ > 0 && touches(at_ - 1) && !words_.empty() &&
                                     (is_name(words_.back().code.token.type) ||
                                      is_closing(words_.back().code.token.type));
            if (type_at(at_ + 1) != TokenType::Number || !touches(at_) || behind_name) return false;
        } else if (type_at(at_) != TokenType::Number) {
            return false;
        }
        while (touches(last) &&
               (type_at(last + 1) == TokenType::Dot ||
                (type_at(last + 1) == TokenType::Number && type_at(last) == TokenType::Dot))) {
            ++last;
            point = true;
        }
        if (!point) return false;
        if (dotted_operator(last)) return true;
        const SourceRange range = join(tokens_[at_].range, tokens_[last].range);
        report_number(range);
        add(TokenType::Number, range);
        at_ = last + 1;
        return true;
    }

    /// MATLAB's `2.*v`
    bool dotted_operator(std::size_t point) {
        const TokenType behind = type_at(point + 1);
        if (point != at_ + 1 || !touches(point) ||
            (behind != TokenType::Star && behind != TokenType::Slash && behind != TokenType::Hat)) {
            return false;
        }
        const SourceRange range = join(tokens_[point].range, tokens_[point + 1].range);
        const std::string meant(spelling(behind));
        diagnostics_
            .report(Code::ForeignOperator, range, "`." + meant + "` is written `" + meant + "`")
            .note("all operators work element by element")
            .edit(range, meant);
        add(TokenType::Number, tokens_[at_].range);
        at_ = point + 1;
        return true;
    }

    void report_number(const SourceRange& range) {
        const std::string written(text(range));
        std::size_t points = 0;
        for (const char c : written) points += c == '.' ? 1 : 0;
        auto builder =
            diagnostics_.report(Code::MalformedNumber, range,
                                points == 1 ? "a number needs digits on both sides of its point"
                                            : "`" + written + "` is not a number");
        if (points > 1) {
            builder.note("a number has one point at most; an interval is written `[0, 1]`");
        } else if (written.front() == '.') {
            builder.edit(range, "0" + written);
        } else {
            builder.edit(range, written + "0");
        }
    }

    bool unknown() {
        if (type_at(at_) != TokenType::Unknown) return false;
        SourceRange range = tokens_[at_].range;
        const std::string_view written = text(range);
        if (written == "'" && derivative(range)) return true;
        if (written == "\"" || written == "'") return unterminated(range);
        if (written == "#") {
            diagnostics_
                .report(Code::UnknownCharacter, range, "a comment begins with `//`, not with `#`")
                .edit(range, "//");
            skip_line();
            return true;
        }
        while (touches(at_) && type_at(at_ + 1) == TokenType::Unknown) {
            range = join(range, tokens_[++at_].range);
        }
        ++at_;
        report_unknown(range);
        add(TokenType::Unknown, range, true);
        return true;
    }

    /// `v' = …`
    bool derivative(const SourceRange& range) {
        const bool behind_name = at_ > 0 && touches(at_ - 1) && !words_.empty() &&
                                 is_name(words_.back().code.token.type);
        if (!behind_name || type_at(at_ + 1) != TokenType::Assign) return false;
        const SourceRange name = words_.back().code.token.range;
        const std::string meant = "d" + std::string(text(name)) + "/dt";
        diagnostics_
            .report(Code::ForeignOperator, join(name, range),
                    "a derivative is written `" + meant + "`")
            .edit(join(name, range), meant);
        ++at_;
        words_.back().code.damaged = true;
        return true;
    }

    bool unterminated(SourceRange range) {
        const bool single = text(range) == "'";
        skip_line();
        range.end = tokens_[at_ - 1].range.end;
        auto builder = diagnostics_.report(
            Code::UnterminatedString, range,
            single ? "a string is written between `\"`" : "this string has no closing `\"`");
        if (!single) builder.note("a string ends on its line");
        add(TokenType::String, range, true);
        return true;
    }

    void report_unknown(const SourceRange& range) {
        std::size_t at = 0;
        const std::string_view written = text(range);
        const char32_t first = next_code_point(written, at);
        char number[16];
        std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(first));
        const bool visible = first > 0x20 && !(first >= 0x7F && first <= 0xA0) && first != 0x200B &&
                             first != 0xFEFF && first != 0x2028;
        if (!visible) {
            diagnostics_
                .report(Code::UnknownCharacter, range,
                        std::string("the character ") + number + " does not belong to the language")
                .edit(range, first == 0xA0 ? " " : "");
            return;
        }
        auto report = diagnostics_.report(
            Code::UnknownCharacter, range,
            "`" + std::string(written.substr(0, 40)) + "` does not belong to the language");
        note_of_symbol(written, range, report);
        const bool quote = first >= 0x201C && first <= 0x201F;
        if (quote && at == written.size()) report.edit(range, "\"");
    }

    void note_of_symbol(std::string_view written, const SourceRange& range,
                        DiagnosticBuilder& report) const {
        const bool behind_number = !words_.empty() &&
                                   words_.back().code.token.type == TokenType::Number &&
                                   words_.back().code.token.range.end == range.begin;
        for (const Superscript& power : superscripts) {
            if (written != power.written) continue;
            report.note("a power is written `x" + std::string(power.exponent) + "`")
                .edit(range, std::string(power.exponent));
        }
        if (written == "%" && behind_number)
            report.note("a share is written as a number, `0.9`");
        else if (written == "%")
            report.note("a comment begins with `//`; a remainder is `a - b*floor(a/b)`");
        else if (written == "?")
            report.note("a choice is written `if c { a } else { b }`");
        else if (written == "\\")
            report.note("Greek letters are written out, `beta`, or as they are, `\u03B2`")
                .edit(range, "");
    }

    const SourceManager& sources_;
    const std::vector<Token>& tokens_;
    Diagnostics& diagnostics_;
    std::vector<LaidToken> words_;
    std::size_t at_ = 0;
    bool line_break_ = false;
};

}  // namespace

std::vector<LaidToken> read_words(const SourceManager& sources, const std::vector<Token>& tokens,
                                  Diagnostics& diagnostics) {
    return WordReader(sources, tokens, diagnostics).read();
}

}  // namespace snnc::frontend
