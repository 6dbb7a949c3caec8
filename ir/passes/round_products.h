// `precision = bf16`: products take their operands rounded to bfloat16 and add up in float, as
// PyTorch's autocast multiplies. Runs after differentiation, so that the products of gradients
// round theirs too and the gradient passes a rounding unchanged.
//     before                              after
//     fc1[t] = dense(x[t], fc1.weight)    rounded(x)[t] = bf16(x[t])
//                                         rounded(fc1.weight) = bf16(fc1.weight)
//                                         fc1[t] = dense(rounded(x)[t], rounded(fc1.weight))
// Weights, states, losses and the optimiser stay as they are. Spikes are exact and not rounded.
#pragma once

#include "ir/net/network.h"

namespace snnc::ir {

/// Rewrites every Dense, DenseWeight and convolution. Products that have it already stay.
void round_products(Network& network);

}  // namespace snnc::ir
