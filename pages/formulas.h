// Equations of the text as formulas.
#pragma once

#include <string>

#include "frontend/ast.h"
#include "pages/notation.h"

namespace snnc::pages {

std::string typeset(const frontend::Expr& expression, const Notation& notation);

/// The equation, definition or assignment that a member of a cell states; empty for members that
/// state none (ports, parameters …).
std::string typeset(const frontend::Member& member, const Notation& notation);

/// f(x) = …
std::string typeset_definition(const std::string& name,
                               const std::vector<frontend::Name>& arguments,
                               const frontend::Expr& value, const Notation& notation);

}  // namespace snnc::pages
