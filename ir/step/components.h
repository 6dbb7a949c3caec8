// Strongly connected components of the dependency graph.
#pragma once

#include <vector>

#include "ir/step/graph.h"

namespace snnc::ir::step {

/// Tarjan, "Depth-first search and linear graph algorithms", 1972, with an explicit stack (networks
/// may be thousands of layers deep). What a component reads comes before it; nodes ascend inside.
std::vector<std::vector<Node>> strong_components(const Graph& graph);

}  // namespace snnc::ir::step
