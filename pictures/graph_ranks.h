// The rows of a graph: each box below all whose values it takes in the same step.
#pragma once

#include "pictures/figure.h"

namespace snnc::pictures {

/// Node numbers by row, from top to bottom. Edges that close a loop do not count, lagged or not.
std::vector<std::vector<std::size_t>> graph_rows(const Graph& graph);

}  // namespace snnc::pictures
