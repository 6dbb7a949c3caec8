// Random networks: populations with pasts, products, reductions, and recurrences through products.
#pragma once

#include <random>
#include <vector>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {

struct RandomNetwork {
    Builder build;
    std::vector<TensorId> all;  // every defined tensor
    TensorId loss;
    std::vector<TensorId> wrt;  // weights, inputs and initial values
};

/// `smooth`: no steps, winners or minima, so that adjoints are not trivially zero.
RandomNetwork random_network(std::uint64_t seed, bool smooth);

}  // namespace snnc::ir::test
