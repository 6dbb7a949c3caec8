#include "support/greek.h"

#include <algorithm>
#include <iterator>

#include "support/unicode.h"

namespace snnc {
namespace {

struct Letter {
    char32_t letter;
    std::string_view name;
    bool looks_latin = false;
};

constexpr Letter letters[] = {{U'α', "alpha"},
                              {U'β', "beta"},
                              {U'γ', "gamma"},
                              {U'δ', "delta"},
                              {U'ε', "epsilon"},
                              {U'ζ', "zeta"},
                              {U'η', "eta"},
                              {U'θ', "theta"},
                              {U'ι', "iota"},
                              {U'κ', "kappa"},
                              {U'λ', "lambda"},
                              {U'μ', "mu"},
                              {U'ν', "nu"},
                              {U'ξ', "xi"},
                              {U'ο', "omicron", true},
                              {U'π', "pi"},
                              {U'ρ', "rho"},
                              {U'σ', "sigma"},
                              {U'ς', "sigma"},
                              {U'τ', "tau"},
                              {U'υ', "upsilon"},
                              {U'φ', "phi"},
                              {U'χ', "chi"},
                              {U'ψ', "psi"},
                              {U'ω', "omega"},
                              {U'Α', "Alpha", true},
                              {U'Β', "Beta", true},
                              {U'Γ', "Gamma"},
                              {U'Δ', "Delta"},
                              {U'Ε', "Epsilon", true},
                              {U'Ζ', "Zeta", true},
                              {U'Η', "Eta", true},
                              {U'Θ', "Theta"},
                              {U'Ι', "Iota", true},
                              {U'Κ', "Kappa", true},
                              {U'Λ', "Lambda"},
                              {U'Μ', "Mu", true},
                              {U'Ν', "Nu", true},
                              {U'Ξ', "Xi"},
                              {U'Ο', "Omicron", true},
                              {U'Π', "Pi"},
                              {U'Ρ', "Rho", true},
                              {U'Σ', "Sigma"},
                              {U'Τ', "Tau", true},
                              {U'Υ', "Upsilon"},
                              {U'Φ', "Phi"},
                              {U'Χ', "Chi", true},
                              {U'Ψ', "Psi"},
                              {U'Ω', "Omega"}};

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
