// The unit in which a declaration is written: files and losses count in it (language.md 8.9).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "frontend/ast.h"

namespace snnc::frontend {

/// The unit of a name, if its declaration is written in one.
using UnitOfName = std::function<std::optional<double>(const std::string&)>;

/// How much 1 in the unit in which the value is written is in coherent units: 1000 for `0.5s` and
/// 1e6 for `1uF/1cm^2`; that of the name for `v_rest`, of its first bound for a draw. Nothing if no
/// unit is written.
std::optional<double> declared_unit(const Expr& value, const UnitOfName& unit_of_name);

}  // namespace snnc::frontend
