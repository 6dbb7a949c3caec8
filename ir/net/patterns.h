// The edges of sparse layers: drawn once for a model, or given by a weights file.
//
// A pair (i, j) of cells has an edge with the pattern's chance. Whether it has one is a function of
// the seed, the layer's name and the pair alone: word q%4 of the Philox block q/4, where q is the
// pair's number i*target_cells + j. Elaboration knows the chances but not the seed, so in the
// network that comes out of it the number of edges is unknown; set_edge_count() puts it in, before
// anything is made of the network that depends on shapes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ir/net/network.h"

namespace snnc::ir {

/// The values of ir::Edges: compressed sparse rows.
struct EdgeList {
    std::vector<std::int32_t> starts;   // one more than there are source cells
    std::vector<std::int32_t> targets;  // ascending for each source cell
};

/// Draws the edges. std::length_error if they are more than a 32-bit integer counts.
EdgeList draw_edges(const ExprPool& pool, const Pattern& pattern, std::uint64_t seed);

/// The number of the pair of each edge: what a weight's draw is counted by, so that the weight of a
/// pair does not depend on which others have edges.
std::vector<std::uint64_t> pair_numbers(const Pattern& pattern, const EdgeList& edges);

/// Puts the number of edges of a pattern into the shapes of all tensors over them.
void set_edge_count(Network& network, std::size_t pattern, std::int64_t count);

/// How many edges there are on average, and the first pair whose chance is no probability.
struct Expectation {
    double edges = 0;
    struct Outlier {
        std::int64_t source = 0, target = 0;
        double chance = 0;
    };
    std::optional<Outlier> outlier;
};
Expectation expect_edges(const ExprPool& pool, const Pattern& pattern);

}  // namespace snnc::ir
