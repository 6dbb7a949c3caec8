// Right sides of differential equations as linear forms of the states: which factor each state has,
// and what is left over. Read by solvers.cpp.
#pragma once

#include <map>
#include <optional>

#include "ir/expr/expr.h"

namespace snnc::frontend {

/// On the right side of a differential equation a state stands for its value along the step. Such a
/// read has this lag, which no text can have, until a solver puts values in its place.
inline constexpr int along_step = 1 << 30;

/// sum over states of factor*state, and the rest. Only factors that differ from 0 are there.
struct LinearForm {
    std::map<ir::TensorId, ir::ExprId> factors;
    ir::ExprId rest;
};

/// The form of `expr`; nothing if a state along the step stands in it otherwise than linearly.
/// Parts that are numbers are computed in double precision.
std::optional<LinearForm> linear_form(ir::ExprPool& pool, ir::ExprId expr);

/// Does the value depend on a state along the step?
bool reads_along_step(const ir::ExprPool& pool, ir::ExprId expr);

/// The number of an operator whose operands are numbers; else the expression itself.
ir::ExprId folded(ir::ExprPool& pool, ir::ExprId expr);
/// The same for all operators below, and the branch of an `if` whose condition is a number.
ir::ExprId folded_throughout(ir::ExprPool& pool, ir::ExprId expr);

}  // namespace snnc::frontend
