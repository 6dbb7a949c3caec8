#include "support/greek.h"

#include <algorithm>
#include <iterator>

#include "support/unicode.h"

namespace snnc {
namespace {

struct Letter {
    std::string_view name;
    char32_t letter;
    bool looks_latin = false;
};

constexpr Letter letters[] = {{"alpha", U'α'},
                              {"beta", U'β'},
                              {"gamma", U'γ'},
                              {"delta", U'δ'},
                              {"epsilon", U'ε'},
                              {"zeta", U'ζ'},
                              {"eta", U'η'},
                              {"theta", U'θ'},
                              {"iota", U'ι'},
                              {"kappa", U'κ'},
                              {"lambda", U'λ'},
                              {"mu", U'μ'},
                              {"nu", U'ν'},
                              {"xi", U'ξ'},
                              {"omicron", U'ο', true},
                              {"pi", U'π'},
                              {"rho", U'ρ'},
                              {"sigma", U'σ'},
                              {"sigma", U'ς'},
                              {"tau", U'τ'},
                              {"upsilon", U'υ'},
                              {"phi", U'φ'},
                              {"chi", U'χ'},
                              {"psi", U'ψ'},
                              {"omega", U'ω'},
                              {"Alpha", U'Α', true},
                              {"Beta", U'Β', true},
                              {"Gamma", U'Γ'},
                              {"Delta", U'Δ'},
                              {"Epsilon", U'Ε', true},
                              {"Zeta", U'Ζ', true},
                              {"Eta", U'Η', true},
                              {"Theta", U'Θ'},
                              {"Iota", U'Ι', true},
                              {"Kappa", U'Κ', true},
                              {"Lambda", U'Λ'},
                              {"Mu", U'Μ', true},
                              {"Nu", U'Ν', true},
                              {"Xi", U'Ξ'},
                              {"Omicron", U'Ο', true},
                              {"Pi", U'Π'},
                              {"Rho", U'Ρ', true},
                              {"Sigma", U'Σ'},
                              {"Tau", U'Τ', true},
                              {"Upsilon", U'Υ'},
                              {"Phi", U'Φ'},
                              {"Chi", U'Χ', true},
                              {"Psi", U'Ψ'},
                              {"Omega", U'Ω'}};

}  // namespace

std::string_view greek_name(char32_t letter) {
    const auto found = std::find_if(std::begin(letters), std::end(letters),
                                    [&](const Letter& one) { return one.letter == letter; });
    return found == std::end(letters) ? std::string_view{} : found->name;
}

std::string greek_letter(std::string_view name) {
    std::string text;
    const auto found = std::find_if(std::begin(letters), std::end(letters),
                                    [&](const Letter& one) { return one.name == name; });
    if (found != std::end(letters) && !found->looks_latin) append_utf8(text, found->letter);
    return text;
}

}  // namespace snnc
