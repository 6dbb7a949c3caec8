#include <map>

#include "pages/notation.h"
#include "support/greek.h"
#include "support/unicode.h"

namespace snnc::pages {
namespace {

/// What LaTeX would read as a command.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (std::string("_#$%&{}").find(c) != std::string::npos) result += '\\';
        result += c;
    }
    return result;
}

class Latex final : public Notation {
 public:
    std::string number(const std::string& digits, const std::string& unit) const override {
        auto [value, exponent] = scientific_parts(digits);
        if (!exponent.empty())
            value = (value == "1" ? "" : value + " \\cdot ") + "10^{" + exponent + "}";
        return unit.empty() ? value : value + "\\,\\mathrm{" + escaped(unit) + "}";
    }

    std::string name(const std::string& word, const std::string& below) const override {
        std::string text = escaped(word);
        if (!greek_letter(word).empty()) {
            text = "\\" + word;
        } else if (code_point_count(word) > 1) {
            text = "\\mathit{" + text + "}";
        }
        return below.empty() ? text : text + "_{" + below + "}";
    }

    std::string words(const std::string& text) const override {
        return "\\text{" + escaped(text) + "}";
    }

    std::string sign(const std::string& sign) const override {
        static const std::map<std::string, std::string> known{
            {"*", "\\cdot "}, {"<=", "\\le "},    {">=", "\\ge "},  {"!=", "\\ne "},
            {"==", "="},      {"and", "\\land "}, {"or", "\\lor "}, {"not", "\\lnot "},
            {"~", "\\sim "},  {"<-", "\\gets "},  {",", ",\\ "},    {"inf", "\\infty "},
            {":", ":\\quad "}};
        const auto found = known.find(sign);
        return found == known.end() ? sign : found->second;
    }

    std::string row(const std::vector<std::string>& parts) const override {
        std::string text;
        for (const std::string& part : parts) {
            // A command ends before a letter.
            if (!text.empty() && text.back() != ' ' && text.back() != '}') text += " ";
            text += part;
        }
        return text;
    }
    std::string fraction(const std::string& above, const std::string& below) const override {
        return "\\frac{" + above + "}{" + below + "}";
    }
    std::string power(const std::string& base, const std::string& exponent) const override {
        return "{" + base + "}^{" + exponent + "}";
    }
    std::string root(const std::string& inner) const override { return "\\sqrt{" + inner + "}"; }
    std::string fenced(const std::string& open, const std::string& inner,
                       const std::string& close) const override {
        return "\\left" + open + inner + "\\right" + close;
    }
    std::string function(const std::string& name) const override {
        return "\\operatorname{" + escaped(name) + "}";
    }

    std::string cases(const std::vector<std::pair<std::string, std::string>>& rows) const override {
        std::string text = "\\begin{cases} ";
        for (const auto& [value, condition] : rows) text += value + " & " + condition + " \\\\ ";
        return text + "\\end{cases}";
    }

    std::string display(const std::string& formula) const override {
        return "$$\n" + formula + "\n$$\n";
    }
};

}  // namespace

std::unique_ptr<Notation> latex() { return std::make_unique<Latex>(); }

std::pair<std::string, std::string> scientific_parts(const std::string& digits) {
    const auto at = digits.find_first_of("eE");
    if (at == std::string::npos) return {digits, ""};
    const bool negative = digits[at + 1] == '-';
    const auto first = digits.find_first_not_of("+-0", at + 1);
    if (first == std::string::npos) return {digits.substr(0, at), ""};  // 1e0
    return {digits.substr(0, at), (negative ? "-" : "") + digits.substr(first)};
}

}  // namespace snnc::pages
