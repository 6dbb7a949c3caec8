// What every operator means, for one element: the single place that says so.
//
// Shared by the interpreter and by constant folding; compiled code must agree with it. Each
// operator rounds once in Real, so translation units that include this are compiled with
// -ffp-contract=off. Conventions are PyTorch's; comparisons and logic give 0 or 1.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "ir/expr/expr.h"
#include "ir/expr/quantiles.h"

namespace snnc::ir {

/// 1 / (1 + exp(-x)) without overflow on either side.
template <class Real>
Real stable_sigmoid(Real x) {
    if (x >= 0) return Real(1) / (Real(1) + std::exp(-x));
    const Real e = std::exp(x);
    return e / (Real(1) + e);
}

/// ln(1 + exp(x)) without overflow.
template <class Real>
Real stable_softplus(Real x) {
    return std::max(x, Real(0)) + std::log1p(std::exp(-std::abs(x)));
}

/// The nearest bfloat16, half to even: the upper half of a float, so the rest is rounded away in
/// its bits. NaN stays NaN, and what is too large becomes infinite.
inline float round_to_bf16(float x) {
    if (std::isnan(x)) return x;
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return std::bit_cast<float>((bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u);
}

/// The value of an operator with operands. Leaves have no meaning here: the caller knows tensors
/// and steps. Select is complete here, but a caller should skip the operand that is not taken.
template <class Real>
Real apply(Op op, Real a, Real b = 0, Real c = 0) {
    const auto truth = [](bool value) { return value ? Real(1) : Real(0); };
    switch (op) {
        case Op::Constant:
        case Op::Read:
        case Op::StepIndex:
        case Op::StepCount:
        case Op::BatchSize:
        case Op::Uniform:
        case Op::SourceCell:
        case Op::TargetCell: return 0;
        case Op::Neg: return -a;
        case Op::Not: return truth(a == 0);
        case Op::Add: return a + b;
        case Op::Sub: return a - b;
        case Op::Mul: return a * b;
        case Op::Div: return a / b;
        case Op::Pow: return std::pow(a, b);
        case Op::Lt: return truth(a < b);
        case Op::Le: return truth(a <= b);
        case Op::Gt: return truth(a > b);
        case Op::Ge: return truth(a >= b);
        case Op::Eq: return truth(a == b);
        case Op::Ne: return truth(a != b);
        case Op::And: return truth(a != 0 && b != 0);
        case Op::Or: return truth(a != 0 || b != 0);
        case Op::Select: return a != 0 ? b : c;
        case Op::Min: return std::isnan(a) || a < b ? a : b;
        case Op::Max: return std::isnan(a) || a > b ? a : b;
        case Op::Clip: {
            const Real raised = a < b ? b : a;
            return raised > c ? c : raised;  // the upper bound has the last word
        }
        case Op::Abs: return std::abs(a);
        case Op::Sign: return truth(a > 0) - truth(a < 0);
        case Op::Floor: return std::floor(a);
        case Op::Round: return std::nearbyint(a);  // half to even in the default rounding mode
        case Op::Ceil: return std::ceil(a);
        case Op::Sqrt: return std::sqrt(a);
        case Op::Exp: return std::exp(a);
        case Op::Ln: return std::log(a);
        case Op::Log10: return std::log10(a);
        case Op::Log1p: return std::log1p(a);
        case Op::Expm1: return std::expm1(a);
        case Op::Sin: return std::sin(a);
        case Op::Cos: return std::cos(a);
        case Op::Tan: return std::tan(a);
        case Op::Tanh: return std::tanh(a);
        case Op::Sigmoid: return stable_sigmoid(a);
        case Op::Softplus: return stable_softplus(a);
        case Op::Relu: return a > 0 ? a : (std::isnan(a) ? a : Real(0));
        case Op::Step:
        case Op::Spike: return truth(a > 0);
        case Op::Detach: return a;
        case Op::RoundBf16: return Real(round_to_bf16(float(a)));
        case Op::NormalQuantile: return normal_quantile(a);
        case Op::PoissonQuantile: return poisson_quantile(a, b, c);
    }
    return 0;
}

}  // namespace snnc::ir
