// Population codes: contiguous groups of cells that stand for one class each (language.md 8.5).
#include <fmt/format.h>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

/// group_sum(x, n): n sums of as many neighbours each.
Value Expressions::group_sum(const Expr& expr, const Callee& callee, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, 2, {});
    if (!given) return {};
    Value x = number_value(*given->positional[0]->value.value, names);
    const Expr& count = *given->positional[1]->value.value;
    if (context_.dry > 0) {
        value(count, names);
        return x;
    }
    const auto groups = whole(count, names, "the number of groups", 1);
    if (x.poisoned() || !groups) return {};
    if (x.shape.size() != 1 || x.shape[0] % *groups != 0) {
        context_.error(Code::ShapeMismatch, given->positional[0]->range,
                       fmt::format("{} groups of equal size cannot be made of the shape {}",
                                   *groups, ir::to_string(x.shape)));
        return {};
    }
    const Extent where = extent(context_, x);
    const ir::Shape rows{*groups, x.shape[0] / *groups};
    const Value grouped =
        made("groups", rows, where, ir::Segment{operand(x, names, expr.range), 0, 0, x.shape[0]},
             names, expr.range);
    Value sums = made("group_sum", {*groups}, where, ir::SumTo{operand(grouped, names, expr.range)},
                      names, expr.range);
    context_.network[context_.network.pool[sums.expr].tensor].per_channel = true;
    return sums;
}

}  // namespace snnc::frontend
