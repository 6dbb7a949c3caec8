// How mathematics is written down: as LaTeX for Markdown, as MathML for HTML. formulas.h walks the
// syntax tree and asks for one piece after the other.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace snnc::pages {

class Notation {
 public:
    virtual ~Notation() = default;
    /// "20" "ms"; the unit may be empty.
    virtual std::string number(const std::string& digits, const std::string& unit) const = 0;
    /// A letter, a Greek letter by its name, or a word; with what stands below it, which is typeset
    /// already or empty.
    virtual std::string name(const std::string& word, const std::string& below) const = 0;
    /// A word that is no variable: "subtract", "otherwise".
    virtual std::string words(const std::string& text) const = 0;
    /// An operator with its spaces: "+", "<=", "and", "," …
    virtual std::string sign(const std::string& sign) const = 0;
    virtual std::string row(const std::vector<std::string>& parts) const = 0;
    virtual std::string fraction(const std::string& above, const std::string& below) const = 0;
    virtual std::string power(const std::string& base, const std::string& exponent) const = 0;
    virtual std::string root(const std::string& inner) const = 0;
    /// Between "(" and ")", or "|" and "|".
    virtual std::string fenced(const std::string& open, const std::string& inner,
                               const std::string& close) const = 0;
    virtual std::string function(const std::string& name) const = 0;
    /// Values with their conditions, one below the other behind a brace.
    virtual std::string cases(
        const std::vector<std::pair<std::string, std::string>>& rows) const = 0;
    /// A whole formula, on a line of its own in a page.
    virtual std::string display(const std::string& formula) const = 0;
};

std::unique_ptr<Notation> latex();
std::unique_ptr<Notation> mathml();

/// "2.5e-3" in two: "2.5" and "-3". Without an exponent the second is empty.
std::pair<std::string, std::string> scientific_parts(const std::string& digits);

}  // namespace snnc::pages
