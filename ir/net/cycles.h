// Definitions that need their own value at the same step: no order of computing them exists.
#pragma once

#include <string>

#include "ir/net/network.h"

namespace snnc::ir {

/// The names of the tensors on cycles that pass through no lag, separated by commas; empty if there
/// are none. Reading the past of a tensor needs its initial value in the first step. All tensors
/// that the definitions name must exist.
std::string cycle_within_step(const Network& network);

}  // namespace snnc::ir
