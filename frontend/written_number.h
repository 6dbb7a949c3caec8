// Numbers in messages, in the unit in which the user wrote them: `0.5s`, not 500.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "frontend/ast.h"

namespace snnc::frontend {

/// A unit by its name, as it stands behind a number: `ms`, `mS/1cm^2`.
struct UnitAsWritten {
    std::string name;
    double size = 1;  // in coherent units
};

/// The unit in which the value is written, of the first part that has one; nothing for a value
/// without.
std::optional<UnitAsWritten> written_unit(const Expr& value);

/// The number in the first of these units: of the expression itself, then of its relatives.
std::string written_number(double value, std::initializer_list<const Expr*> written);

}  // namespace snnc::frontend
