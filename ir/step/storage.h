// Last stage of lowering: what is kept in memory, and what backward scans compute again.
#pragma once

#include <vector>

#include "ir/step/graph.h"

namespace snnc::ir::step {

/// Fills `recompute` of backward scans and removes from forward scans what nothing needs any more;
/// returns where every tensor lives. Forward values that only backward scans over the same elements
/// read are computed again there; what other tasks read is stored.
std::vector<Storage> decide_storage(const Network& network, const Graph& graph,
                                    std::vector<Task>& tasks);

}  // namespace snnc::ir::step
