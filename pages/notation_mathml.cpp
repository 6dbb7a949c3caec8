#include <map>

#include "pages/notation.h"
#include "support/greek.h"
#include "support/xml.h"

namespace snnc::pages {
namespace {

std::string element(const std::string& name, const std::string& inner) {
    return "<" + name + ">" + inner + "</" + name + ">";
}

class MathMl final : public Notation {
 public:
    std::string number(const std::string& digits, const std::string& unit) const override {
        const auto [factor, exponent] = scientific_parts(digits);
        std::string value = element("mn", xml_escaped(factor));
        if (!exponent.empty()) {
            const std::string ten = power_of_ten(exponent);
            value = factor == "1" ? ten : row({value, sign("*"), ten});
        }
        if (unit.empty()) return value;
        return row({value, "<mspace width=\"0.17em\"/>",
                    "<mi mathvariant=\"normal\">" + xml_escaped(unit) + "</mi>"});
    }

    std::string name(const std::string& word, const std::string& below) const override {
        const std::string greek = greek_letter(word);
        const std::string text = element("mi", xml_escaped(greek.empty() ? word : greek));
        return below.empty() ? text : element("msub", text + below);
    }

    std::string words(const std::string& text) const override {
        return element("mtext", xml_escaped(text));
    }

    std::string sign(const std::string& sign) const override {
        static const std::map<std::string, std::string> known{
            {"*", "·"},   {"-", "−"},  {"<=", "≤"},  {">=", "≥"}, {"!=", "≠"}, {"==", "="},
            {"and", "∧"}, {"or", "∨"}, {"not", "¬"}, {"~", "∼"},  {"<-", "←"}, {"inf", "∞"}};
        const auto found = known.find(sign);
        return element("mo", found == known.end() ? xml_escaped(sign) : found->second);
    }

    std::string row(const std::vector<std::string>& parts) const override {
        std::string text;
        for (const std::string& part : parts) text += part;
        return element("mrow", text);
    }
    std::string fraction(const std::string& above, const std::string& below) const override {
        return element("mfrac", above + below);
    }
    std::string power(const std::string& base, const std::string& exponent) const override {
        return element("msup", base + exponent);
    }
    std::string root(const std::string& inner) const override { return element("msqrt", inner); }
    std::string fenced(const std::string& open, const std::string& inner,
                       const std::string& close) const override {
        return row({element("mo", open), inner, element("mo", close)});
    }
    std::string function(const std::string& name) const override {
        return "<mi mathvariant=\"normal\">" + xml_escaped(name) + "</mi>";
    }

    std::string cases(const std::vector<std::pair<std::string, std::string>>& rows) const override {
        std::string text;
        for (const auto& [value, condition] : rows)
            text += element("mtr", element("mtd", value) + element("mtd", condition));
        return row({element("mo", "{"), "<mtable columnalign=\"left left\">" + text + "</mtable>"});
    }

    std::string display(const std::string& formula) const override {
        return "<math display=\"block\">" + formula + "</math>\n";
    }

 private:
    std::string power_of_ten(const std::string& exponent) const {
        const bool negative = exponent.starts_with("-");
        const std::string size = element("mn", xml_escaped(exponent.substr(negative ? 1 : 0)));
        return power(element("mn", "10"), negative ? row({sign("-"), size}) : size);
    }
};

}  // namespace

std::unique_ptr<Notation> mathml() { return std::make_unique<MathMl>(); }

}  // namespace snnc::pages
