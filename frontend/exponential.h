// exp of triangular matrices as formulas: the functions that stay accurate, in value and in
// gradient, where eigenvalues (time constants) meet. Read by propagators.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ir/expr/value.h"

namespace snnc::frontend {

/// Gives a value that is read several times a name: returns what reads it.
using NameValue = std::function<ir::Value(const ir::Value& value, const std::string& word)>;

/// (exp(z) - 1)/z, 1 at z = 0.
ir::Value phi1(const ir::Value& z);

/// The divided difference exp[z0, …, zm]: exp(z0) for one node, (exp(a) - exp(b))/(a - b) for two,
/// and their limits where nodes are equal. At least one node.
ir::Value divided_difference_of_exp(std::vector<ir::Value> nodes, const NameValue& name);

}  // namespace snnc::frontend
