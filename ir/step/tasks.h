// Fourth stage of lowering: groups become tasks.
#pragma once

#include <vector>

#include "ir/step/fusion.h"

namespace snnc::ir::step {

/// Moves transposed products with few terms, whose result one scan alone reads, into that scan.
void join_narrow_products(const Network& network, const Graph& graph,
                          const std::vector<Unit>& units, Groups& groups);

/// The tasks of all groups, then those of the updates. `recompute` is still empty.
std::vector<Task> make_tasks(const Network& network, const Graph& graph,
                             const std::vector<Unit>& units, const Groups& groups,
                             const UpdateGroups& updates);

}  // namespace snnc::ir::step
