// Differential equations become recurrences: the value of each state at the end of the step as a
// formula of the values at its beginning (language.md 2, `dv/dt`).
//
// Right sides read states along the step (linear_form.h); everything else that they read is
// constant during the step. Used by elaborate_solvers.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/elaborate_context.h"

namespace snnc::frontend {

enum class Solver { Exact, ExpEuler, Euler, Rk2, Rk4 };

std::optional<Solver> solver_named(const std::string& name);
const std::vector<std::string>& solver_names();

struct Derivative {
    std::string name;           // "v"
    ir::TensorId state;         // its values from step to step
    Value value;                // the right side
    bool solver_chosen = true;  // the text names the solver
    ir::ExprId is_held;         // where it stands still (refractory); invalid: nowhere
    SourceRange range;          // the right side
};

/// What the equations of a group share.
struct GroupSite {
    std::string name;  // of the population: "hidden"
    ir::Shape shape;
    SourceRange range;  // the use of the cell
};

/// The values at the end of the step of equations that are advanced together. Held states are
/// constant for the others; their own new value is the caller's matter. Poisoned where the solver
/// cannot take an equation, which is reported then, or where the equation was poisoned.
std::vector<Value> advance(Context& context, Solver solver, const std::vector<Derivative>& group,
                           const GroupSite& site);

}  // namespace snnc::frontend
