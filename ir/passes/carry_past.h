// Runs in pieces (language.md 8.3 and 8.6): what a network reads of earlier steps becomes something
// that the caller can give, so that a run goes on where another ended.
//
// Stands before differentiation. A piece that goes on sees the values that were given; they are
// constants for it, so no gradient reaches into the piece before. A first piece starts as the text
// says, with the gradient that has.
//
//   before                     after
//   v[t] = 0.9*v[t-1] + x      v[t] = 0.9*v[t-1] + x    (starts from v.start)
//   (starts from start(v))     v.start = if run.resumed { carried(v) } else { start(v) }
//   y[t] = x[t-3]              y[t] = if run.resumed and t < 3 { carried(x, 3)[t] } else { x[t-3] }
//   z[t] = t                   z[t] = t + run.first_step
#pragma once

#include <vector>

#include "ir/net/network.h"

namespace snnc::ir {

/// A tensor whose earlier values are read, and how many steps back, ascending.
struct Past {
    TensorId tensor;
    std::vector<int> lags;
    int depth() const { return lags.back(); }
};

/// By tensor. What starts from a parameter (the running statistics of a `batchnorm`) is not among
/// them: the parameter itself takes it from run to run.
std::vector<Past> pasts(const Network& network);

/// The past of one tensor as something given. With a depth of 1 that is one tensor without steps;
/// else there is one with steps for each lag, whose value in step t < lag is the tensor's `lag`
/// steps before, and 0 later.
struct CarriedPast {
    Past past;
    std::vector<TensorId> given;  // by lag
    /// What tells the past of the next piece: for a depth of 1 the value after the last step, else
    /// the tensor itself over all steps.
    TensorId kept;
};

/// Hyperparameters that the caller sets before each piece: `run.resumed` is 1 where it goes on, 0
/// where it is the first; `run.first_step` is the number of its first step.
inline constexpr const char* resumed_name = "run.resumed";
inline constexpr const char* first_step_name = "run.first_step";

/// Makes the network read what is given for these pasts, and `t` count on. Once for a network.
std::vector<CarriedPast> carry_pasts(Network& network, const std::vector<Past>& pasts);

/// The tensor's value after the last step, as a tensor of its own; itself if it has no steps.
TensorId last_value(Network& network, TensorId tensor);

}  // namespace snnc::ir
