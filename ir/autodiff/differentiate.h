// Symbolic differentiation of a network: adds the adjoint of every tensor that the loss depends on.
//
// Reverse mode over definitions. For u[t] = f(…, v[t-k], …) the adjoint of v collects
// adj(u)[t+k] * df/dv[t-k] at t+k. The part with k > 0 is first named at its own step,
//     carry(v, k)[t] = sum over uses of adj(u)[t] * df/dv[t-k],
// and then read one or more steps ahead, adj(v)[t] = direct[t] + carry(v, k)[t+k], so that every
// value that an adjoint equation reads exists; beyond the last step it is 0. The initial value of a
// state receives the carries that fall before the first step.
// A tensor that is the same for all steps (samples, elements) receives the sum over them (SumTo).
#pragma once

#include <vector>

#include "ir/net/network.h"

namespace snnc::ir {

/// d value / d operand i for every operand of the operator at `node`: the one table of partials.
/// An invalid id stands for 0. `self` is the expression itself (exp' = exp).
std::vector<ExprId> partials(ExprPool& pool, ExprId self);

struct Gradients {
    /// By index of the tensor: its adjoint, or invalid where the loss does not depend on it.
    std::vector<TensorId> adjoint;
    TensorId of(TensorId tensor) const {
        return tensor.index < adjoint.size() ? adjoint[tensor.index] : TensorId{};
    }
};

/// Differentiates mean over samples of `loss` (scalar, per sample, no steps). `wrt` names the
/// tensors whose adjoints are wanted (parameters, inputs, initial values); adjoints that nobody
/// needs are not made. The adjoint of a per-sample tensor includes the 1/batch of the mean.
Gradients differentiate(Network& network, TensorId loss, const std::vector<TensorId>& wrt);

/// Appends the optimiser's update equations for every trainable parameter that has a gradient, as
/// PyTorch defines them. What differs between updates is a HyperParameter tensor.
void add_optimizer(Network& network, const Gradients& gradients, const OptimizerConfig& config);

/// The value of such a tensor, by its name, for update 1, 2, …; `learning_rate` is the one that the
/// schedule gives. Nothing for a name that is none of an optimiser's.
std::optional<double> optimizer_number(const std::string& name, const OptimizerConfig& config,
                                       double learning_rate, std::int64_t update);

}  // namespace snnc::ir
