// The largest of the elements: which one it is, and its value.
#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

using ir::Op;

Value Expressions::winner(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x) return {};
    if (context_.dry > 0 || x->shape.empty()) return constant(context_, 1);
    Value result = made("winner", x->shape, extent(context_, *x),
                        ir::Winner{operand(*x, names, expr.range)}, names, expr.range);
    context_.network[context_.network.pool[result.expr].tensor].kind = ir::DataKind::Spike;
    return result;
}

/// The sum over the shape of x where it is largest first and 0 elsewhere, which is exact.
Value Expressions::max_all(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x) return {};
    if (context_.dry > 0) return constant(context_, 1);
    if (x->shape.empty()) return apply(context_, Op::Detach, {*x}, expr.range);
    const Value where = made("largest", x->shape, extent(context_, *x),
                             ir::Winner{operand(*x, names, expr.range)}, names, expr.range);
    const Value only = apply(context_, Op::Select, {where, *x, constant(context_, 0)}, expr.range);
    const Value total = sum_over(only, "max_all", names, expr.range);
    return apply(context_, Op::Detach, {total}, expr.range);
}

}  // namespace snnc::frontend
