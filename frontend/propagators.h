// How a linear system x' = A*x + b with constant A and b moves on by one step:
//     x(dt) = P*x(0) + G*b,   P = exp(A*dt),   G = integral of exp(A*s) over the step.
// Read by solvers.cpp.
#pragma once

#include <optional>
#include <vector>

#include "frontend/exponential.h"
#include "ir/expr/expr.h"

namespace snnc::frontend {

/// Rows one after the other; an invalid entry is 0.
struct SquareMatrix {
    std::size_t size = 0;
    std::vector<ir::ExprId> entries;

    explicit SquareMatrix(std::size_t n) : size(n), entries(n * n) {}
    ir::ExprId& operator()(std::size_t row, std::size_t column) {
        return entries[row * size + column];
    }
    ir::ExprId operator()(std::size_t row, std::size_t column) const {
        return entries[row * size + column];
    }
};

struct Propagators {
    SquareMatrix decay;  // P
    SquareMatrix gain;   // G
};

/// Groups of equations that depend on each other, directly or not, in ascending order.
std::vector<std::vector<std::size_t>> coupled_parts(const SquareMatrix& a);
/// An equation of a cycle of dependence among several equations; nothing if `a` can be made
/// triangular by putting the equations in another order.
std::optional<std::size_t> on_cycle(const SquareMatrix& a);

/// Gives a value in the equation of a row a name.
using NameInRow = std::function<ir::Value(const ir::Value&, std::size_t row, const std::string&)>;

/// What the caller needs of P and G: the columns of each.
struct Needed {
    std::vector<bool> decay, gain;
};

/// Numbers if all entries of `a` are numbers, by the matrix exponential in double precision. Else
/// formulas, safe where entries of the diagonal are equal; `a` must not have a cycle then.
Propagators propagators(ir::ExprPool& pool, const SquareMatrix& a, double dt, const Needed& needed,
                        const NameInRow& name);

/// Are all entries numbers?
bool all_numbers(const ir::ExprPool& pool, const SquareMatrix& a);

}  // namespace snnc::frontend
