// Update statements grouped into tasks, with the formulas that only they need.
#pragma once

#include <vector>

#include "ir/step/graph.h"

namespace snnc::ir::step {

struct UpdateGroup {
    Space space;
    std::vector<std::uint32_t> updates;
    std::vector<Node> formulas;  // computed in the group's task, element by element
};

struct UpdateGroups {
    std::vector<UpdateGroup> groups;    // in an order in which no group reads an updated tensor
    std::vector<std::int32_t> of_node;  // the group that took the node, -1: none
};

/// Updates that read each other's targets over one space form a group (Adam: both moments and the
/// parameter). Throws std::logic_error if groups would need each other's old values in a circle.
UpdateGroups group_updates(const Network& network, const Graph& graph,
                           const LoweringOptions& options);

}  // namespace snnc::ir::step
