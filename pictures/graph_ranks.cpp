#include "pictures/graph_ranks.h"

#include <algorithm>

namespace snnc::pictures {
namespace {

/// Longest paths from the nodes without sources, by depth first search; an edge from a node that is
/// being looked at closes a loop.
class Ranks {
 public:
    explicit Ranks(const Graph& graph) : graph_(graph), rank_(graph.nodes.size(), unknown) {
        for (const Graph::Edge& edge : graph.edges) counts_.push_back(counts(edge));
        for (std::size_t node = 0; node < rank_.size(); ++node) find(node);
        lower_sources();
    }

    std::size_t of(std::size_t node) const { return std::size_t(rank_[node]); }

 private:
    static constexpr std::ptrdiff_t unknown = -1, open = -2;

    /// A value of an earlier step that comes back (feedback) says nothing of what lies below what;
    /// a delay on the way down does.
    bool counts(const Graph::Edge& edge) const {
        return !edge.lagged || !reaches(edge.to, edge.from);
    }

    bool reaches(std::size_t from, std::size_t to) const {
        std::vector<std::size_t> ahead{from};
        std::vector<bool> seen(graph_.nodes.size(), false);
        while (!ahead.empty()) {
            const std::size_t node = ahead.back();
            ahead.pop_back();
            if (node == to) return true;
            if (seen[node]) continue;
            seen[node] = true;
            for (const Graph::Edge& edge : graph_.edges)
                if (edge.from == node) ahead.push_back(edge.to);
        }
        return false;
    }

    std::ptrdiff_t find(std::size_t node) {
        if (rank_[node] != unknown) return rank_[node];
        rank_[node] = open;
        std::ptrdiff_t rank = 0;
        for (std::size_t i = 0; i < graph_.edges.size(); ++i) {
            const Graph::Edge& edge = graph_.edges[i];
            if (edge.to != node || !counts_[i] || rank_[edge.from] == open) continue;
            rank = std::max(rank, find(edge.from) + 1);
        }
        return rank_[node] = rank;
    }

    /// What takes only values of earlier steps stands right above what reads it.
    void lower_sources() {
        for (std::size_t node = 0; node < rank_.size(); ++node) {
            if (rank_[node] != 0 || graph_.nodes[node].kind == Graph::Kind::Input) continue;
            std::ptrdiff_t nearest = 0;
            for (const Graph::Edge& edge : graph_.edges) {
                if (edge.from != node || edge.lagged) continue;
                const std::ptrdiff_t above = rank_[edge.to] - 1;
                nearest = nearest == 0 ? above : std::min(nearest, above);
            }
            rank_[node] = std::max<std::ptrdiff_t>(nearest, 0);
        }
    }

    const Graph& graph_;
    std::vector<bool> counts_;
    std::vector<std::ptrdiff_t> rank_;
};

}  // namespace

std::vector<std::vector<std::size_t>> graph_rows(const Graph& graph) {
    std::vector<std::vector<std::size_t>> rows;
    const Ranks ranks(graph);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
        if (rows.size() <= ranks.of(node)) rows.resize(ranks.of(node) + 1);
        rows[ranks.of(node)].push_back(node);
    }
    return rows;
}

}  // namespace snnc::pictures
