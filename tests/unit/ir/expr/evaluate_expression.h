// Evaluates one expression with given values of what it reads.
#pragma once

#include <map>

#include "ir/expr/evaluate.h"
#include "ir/expr/expr.h"

namespace snnc::ir::test {

/// By index of the tensor; lags make no difference.
using Values = std::map<std::uint32_t, double>;

/// Shared subexpressions are evaluated once: written out, a formula can be of any size.
class Evaluation {
 public:
    Evaluation(const ExprPool& pool, const Values& values) : pool_(pool), values_(values) {}

    double operator()(ExprId id) {
        if (const auto found = known_.find(id); found != known_.end()) return found->second;
        return known_[id] = compute(pool_[id]);
    }

 private:
    double compute(const ExprNode& node) {
        if (node.op == Op::Constant) return node.constant;
        if (node.op == Op::Read) return values_.at(node.tensor.index);
        const auto operand = [&](int i) { return (*this)(node.args[i]); };
        if (node.op == Op::Select) return operand(operand(0) != 0 ? 1 : 2);
        double operands[3] = {};
        for (int i = 0; i < info(node.op).arity; ++i) operands[i] = operand(i);
        return apply<double>(node.op, operands[0], operands[1], operands[2]);
    }

    const ExprPool& pool_;
    const Values& values_;
    std::map<ExprId, double> known_;
};

inline double evaluate(const ExprPool& pool, ExprId id, const Values& values) {
    return Evaluation(pool, values)(id);
}

/// Every operator, in the order of ops.def.
inline constexpr Op all_operators[] = {
#define SNNC_OP(name, arity, text, kind) Op::name,
#include "ir/expr/ops.def"
#undef SNNC_OP
};

}  // namespace snnc::ir::test
