// Which row each box of a graph stands in.
#include "pictures/graph_ranks.h"

#include <gtest/gtest.h>

namespace snnc::pictures {
namespace {

using Rows = std::vector<std::vector<std::size_t>>;

Graph graph(std::size_t nodes, std::vector<Graph::Edge> edges) {
    Graph graph;
    graph.nodes.resize(nodes);
    graph.nodes[0].kind = Graph::Kind::Input;
    graph.edges = std::move(edges);
    return graph;
}

TEST(GraphRows, a_box_stands_below_all_that_it_takes) {
    EXPECT_EQ(graph_rows(graph(3, {{0, 1, "", false}, {1, 2, "", false}, {0, 2, "", false}})),
              (Rows{{0}, {1}, {2}}));
}

TEST(GraphRows, feedback_stands_beside_what_it_feeds_with) {
    // 0 -> 1 -> 2, and 2 -> 3 -> 2 one step later.
    EXPECT_EQ(graph_rows(graph(4, {{0, 1, "", false},
                                   {1, 2, "", false},
                                   {2, 3, "1 step later", true},
                                   {3, 2, "", false}})),
              (Rows{{0}, {1, 3}, {2}}));
}

TEST(GraphRows, a_delay_on_the_way_down_counts) {
    EXPECT_EQ(graph_rows(graph(3, {{0, 1, "3 steps later", true}, {1, 2, "", false}})),
              (Rows{{0}, {1}, {2}}));
}

TEST(GraphRows, loops_end) {
    EXPECT_EQ(
        graph_rows(graph(2, {{0, 1, "", false}, {1, 0, "", false}, {1, 1, "", false}})).size(), 2u);
}

}  // namespace
}  // namespace snnc::pictures
