#include <cmath>

#include "ir/autodiff/differentiate.h"
#include "ir/expr/value.h"

namespace snnc::ir {
namespace {

using Partials = std::vector<Value>;

/// PyTorch shares the gradient of a tie between both operands.
Value share(const Value& wins, const Value& ties) {
    return select(wins, wins.constant(1), select(ties, wins.constant(0.5), wins.constant(0)));
}

/// d x^y: the exponent's partial exists for positive x only, and constant exponents need none. With
/// the exponent 0 the base's is 0, at x = 0 too.
Partials power(const Value& x, const Value& y, const Value& self) {
    const Value zero = x.constant(0);
    if (y.is(2)) return {2 * x, zero};
    if (y.pool().is_constant(y.id())) {
        const double exponent = y.pool()[y.id()].constant;
        if (exponent == 0) return {zero, zero};
        return {y * x.call(Op::Pow, y.constant(exponent - 1)), zero};
    }
    // x^0 is 1 everywhere, also where x^-1 is infinite.
    return {select(y == zero, zero, y * x.call(Op::Pow, y - 1)),
            select(x > zero, self * x.call(Op::Ln), zero)};
}

/// Where the bounds are reversed the value is the upper one, whatever x is.
Partials clip(const Value& x, const Value& low, const Value& high) {
    const Value one = x.constant(1), zero = x.constant(0);
    return {select((low <= x) && (x <= high), one, zero),
            select((x < low) && (low < high), one, zero),
            select(x > high, one, select(low > high, one, zero))};
}

/// The one table: d self / d operand for each operand of the operator at `self`.
Partials table(const Value& self) {
    const ExprNode node = self.pool()[self.id()];
    const auto operand = [&](int i) { return Value(self.pool(), node.args[i]); };
    const int arity = info(node.op).arity;
    const Value x = arity > 0 ? operand(0) : self;
    const Value y = arity > 1 ? operand(1) : self;
    const Value z = arity > 2 ? operand(2) : self;
    const Value zero = self.constant(0), one = self.constant(1);
    switch (node.op) {
        case Op::Constant:
        case Op::Read:
        case Op::StepIndex:
        case Op::StepCount:
        case Op::BatchSize:
        case Op::Uniform:
        case Op::SourceCell:
        case Op::TargetCell: return {};
        case Op::Neg: return {-one};
        case Op::Add: return {one, one};
        case Op::Sub: return {one, -one};
        case Op::Mul: return {y, x};
        case Op::Div: return {1 / y, -(self / y)};
        case Op::Pow: return power(x, y, self);
        case Op::Not:
        case Op::Sign:
        case Op::Floor:
        case Op::Round:
        case Op::Ceil:
        case Op::Step:
        case Op::Detach:
        case Op::NormalQuantile: return {zero};
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Eq:
        case Op::Ne:
        case Op::And:
        case Op::Or: return {zero, zero};
        case Op::PoissonQuantile: return {zero, zero, zero};
        case Op::Select: return {zero, select(x, one, zero), select(x, zero, one)};
        case Op::Min: return {share(x < y, x == y), share(y < x, x == y)};
        case Op::Max: return {share(x > y, x == y), share(y > x, x == y)};
        case Op::Clip: return clip(x, y, z);
        case Op::Abs: return {x.call(Op::Sign)};
        case Op::Sqrt: return {0.5 / self};
        case Op::Exp: return {self};
        case Op::Ln: return {1 / x};
        case Op::Log10: return {1 / (x * std::log(10.0))};
        case Op::Log1p: return {1 / (1 + x)};
        case Op::Expm1: return {self + 1};
        case Op::Sin: return {x.call(Op::Cos)};
        case Op::Cos: return {-x.call(Op::Sin)};
        case Op::Tan: return {1 + self * self};
        case Op::Tanh: return {1 - self * self};
        case Op::Sigmoid: return {self * (1 - self)};
        case Op::Softplus: return {x.call(Op::Sigmoid)};
        case Op::Relu: return {x.call(Op::Step)};
        case Op::RoundBf16: return {one};
        case Op::Spike: return {y, zero};
    }
    return {};
}

}  // namespace

std::vector<ExprId> partials(ExprPool& pool, ExprId self) {
    std::vector<ExprId> ids;
    for (const Value& partial : table(Value(pool, self)))
        ids.push_back(partial.is(0) ? ExprId{} : partial.id());
    return ids;
}

}  // namespace snnc::ir
