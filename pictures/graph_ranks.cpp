#include "pictures/graph_ranks.h"

#include <algorithm>

namespace snnc::pictures {
namespace {

/// Longest path from a node without sources, by depth first search; an edge to a node that is
/// being looked at closes a loop.
class Ranks {
 public:
    explicit Ranks(const Graph& graph) : graph_(graph), rank_(graph.nodes.size(), unknown) {}

    std::size_t of(std::size_t node) {
        if (rank_[node] == open) return 0;
        if (rank_[node] != unknown) return std::size_t(rank_[node]);
        rank_[node] = open;
        std::size_t rank = 0;
        for (const Graph::Edge& edge : graph_.edges) {
            if (edge.to != node || edge.lagged || rank_[edge.from] == open) continue;
            rank = std::max(rank, of(edge.from) + 1);
        }
        rank_[node] = std::ptrdiff_t(rank);
        return rank;
    }

 private:
    static constexpr std::ptrdiff_t unknown = -1, open = -2;
    const Graph& graph_;
    std::vector<std::ptrdiff_t> rank_;
};

}  // namespace

std::vector<std::vector<std::size_t>> graph_rows(const Graph& graph) {
    std::vector<std::vector<std::size_t>> rows;
    Ranks ranks(graph);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
        const std::size_t rank = ranks.of(node);
        if (rows.size() <= rank) rows.resize(rank + 1);
        rows[rank].push_back(node);
    }
    return rows;
}

}  // namespace snnc::pictures
