// Evaluates one expression with given values of what it reads.
#pragma once

#include <map>

#include "ir/expr/evaluate.h"
#include "ir/expr/expr.h"

namespace snnc::ir::test {

/// By index of the tensor; lags make no difference.
using Values = std::map<std::uint32_t, double>;

inline double evaluate(const ExprPool& pool, ExprId id, const Values& values) {
    const ExprNode& node = pool[id];
    if (node.op == Op::Constant) return node.constant;
    if (node.op == Op::Read) return values.at(node.tensor.index);
    if (node.op == Op::Select)
        return evaluate(pool, node.args[evaluate(pool, node.args[0], values) != 0 ? 1 : 2], values);
    double operands[3] = {};
    for (int i = 0; i < info(node.op).arity; ++i)
        operands[i] = evaluate(pool, node.args[i], values);
    return apply<double>(node.op, operands[0], operands[1], operands[2]);
}

/// Every operator, in the order of ops.def.
inline constexpr Op all_operators[] = {
#define SNNC_OP(name, arity, text, kind) Op::name,
#include "ir/expr/ops.def"
#undef SNNC_OP
};

}  // namespace snnc::ir::test
