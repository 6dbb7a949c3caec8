// Units of numbers: `20ms`, `-70mV`, `100Hz`.
//
// All numbers are brought to one coherent system (ms, mV, pA, nS, pF, GOhm, cm), in which products
// of units need no further factor: pF*mV/ms = pA, mV/GOhm = pA. Read by elaborate_expressions.cpp;
// dimensions are compared by expression_dimensions.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/dimensions.h"

namespace snnc::frontend {

/// `value` of the unit in the coherent system; nothing for an unknown unit. The result is the
/// double nearest to the written number times a power of ten (0.1ms is 0.1, 100us is 0.1).
std::optional<double> in_coherent_units(double value, std::string_view unit);

/// The dimension of a unit; nothing for an unknown one.
std::optional<BasePowers> powers_of_unit(std::string_view unit);

/// That of times.
Dimension time_dimension();

/// Does the unit contain a time beside voltages, currents and lengths (ms, Hz, pF)?
bool is_unit_of_time(std::string_view unit);

/// Known spellings, for "did you mean".
std::vector<std::string> unit_names();

}  // namespace snnc::frontend
