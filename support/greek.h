// Greek letters and their names, for where letters must be written out (C) or names are typeset.
#pragma once

#include <string>
#include <string_view>

namespace snnc {

/// "beta" for β, "Delta" for Δ, "sigma" for σ and ς; empty for any other letter.
std::string_view greek_name(char32_t letter);

/// "β" for "beta"; empty for another word, and for a letter that looks like a Latin one ("Rho").
std::string greek_letter(std::string_view name);

}  // namespace snnc
