// Reverse mode inside one formula: from the adjoint of its value to the adjoints of what it reads.
#pragma once

#include <utility>
#include <vector>

#include "ir/expr/expr.h"

namespace snnc::ir {

/// What one read of a formula receives.
struct ReadAdjoint {
    TensorId tensor;
    int lag = 0;
    ExprId value;  // a formula at the step of the formula's own value
};

/// The adjoints of all reads below `root` when `root` receives `seed`; reads that receive nothing
/// are left out. In the order of the reads' ids, which is the same in every run. The branch of an
/// `if` that is not taken passes nothing on, even where its partials are infinite.
std::vector<ReadAdjoint> reverse(ExprPool& pool, ExprId root, ExprId seed);

}  // namespace snnc::ir
