// The tokens that could have stood somewhere, in words.
#pragma once

#include <string>
#include <vector>

#include "frontend/token.h"

namespace snnc::frontend {

/// A short list of kinds and symbols ("an expression", "`,` or `)`"); empty if it would be long.
/// Tokens that could merely go on with what `last` completes are left out.
std::string expected_list(const std::vector<TokenType>& expected, TokenType last);

}  // namespace snnc::frontend
