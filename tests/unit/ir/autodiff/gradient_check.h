// Gradients of whole networks against finite differences of the interpreter in double.
#pragma once

#include <vector>

#include "ir/interpreter/interpreter.h"
#include "ir/net/network.h"

namespace snnc::ir::test {

/// Differentiates the mean of `loss` over the samples and expects for every element of every tensor
/// of `wrt` what central differences give. Values are drawn from `seed`. The network must be smooth
/// where it is evaluated.
void expect_gradients(const Network& network, TensorId loss, const std::vector<TensorId>& wrt,
                      const RunSize& size, std::uint64_t seed = 1);

}  // namespace snnc::ir::test
