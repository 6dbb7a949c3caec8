// Sparse layers: their chances, weights and parameters before the edges are drawn.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

std::string sparse(const std::string& arguments, const std::string& more = "") {
    return "network N(near = 2) {\n    steps = 4\n    input x[t] : f32[10]\n    pop : LI[2, 4]\n"
           "    x -> sparse(" +
           arguments + ") as sp -> pop\n" + more + "    output pop.v\n}\n";
}

const ir::Parameter* parameter(const ir::Network& network, const std::string& name) {
    for (const ir::Parameter& one : network.parameters)
        if (network[one.tensor].name == name) return &one;
    return nullptr;
}

TEST(ElaborateSparse, KnowsTheChanceAndNotTheNumberOfEdges) {
    const Elaborated result = elaborated(sparse("p = 0.5"));
    ASSERT_TRUE(result.network) << result.problems;
    const ir::Network& network = *result.network;
    ASSERT_EQ(network.patterns.size(), 1u);
    const ir::Pattern& pattern = network.patterns[0];
    EXPECT_EQ(pattern.source_cells, 10);
    EXPECT_EQ(pattern.target_cells, 8);
    EXPECT_EQ(network.pool[pattern.chance].constant, 0.5);
    EXPECT_EQ(network[pattern.starts].shape, ir::Shape{11});
    EXPECT_EQ(network[pattern.weight].shape, ir::Shape{ir::unknown_extent(0)});
    EXPECT_TRUE(network[pattern.weight].trainable);
    EXPECT_FALSE(network[pattern.targets].trainable);
    // Uniform within 1/sqrt of the expected number of edges into a cell.
    EXPECT_DOUBLE_EQ(parameter(network, "sp.weight")->initialiser.b, 1 / std::sqrt(5.0));
}

TEST(ElaborateSparse, ExpectsWhatThePatternSays) {
    const Elaborated result = elaborated(sparse("pattern = i < near in i, j"));
    ASSERT_TRUE(result.network) << result.problems;
    EXPECT_DOUBLE_EQ(parameter(*result.network, "sp.weight")->initialiser.b, 1 / std::sqrt(2.0));
}

TEST(ElaborateSparse, WeightsAreConstantDrawnOrLearned) {
    const auto weight = [](const std::string& w) {
        const Elaborated result = elaborated(sparse("p = 0.5, w = " + w));
        EXPECT_TRUE(result.network) << result.problems;
        const ir::Parameter* stored = parameter(*result.network, "sp.weight");
        if (!stored) return std::string("constant");
        return std::string((*result.network)[stored->tensor].trainable ? "learned" : "drawn");
    };
    EXPECT_EQ(weight("2"), "constant");
    EXPECT_EQ(weight("1.5mV"), "constant");
    EXPECT_EQ(weight("normal(0, 1)"), "drawn");
    EXPECT_EQ(weight("learn 0.5"), "learned");
    EXPECT_EQ(weight("learn uniform(0, 1)"), "learned");
    EXPECT_EQ(equations_of("sp", sparse("0.5, w = 3")),
              "sp.sum[t] = sum over arriving edges of x[t]\nsp[t] = 3*sp.sum[t]\n");
    EXPECT_EQ(equations_of("sp", sparse("0.5, w = 1")),
              "sp[t] = sum over arriving edges of x[t]\n");
}

TEST(ElaborateSparse, PartsOfSourcesAreReadWhereTheyAre) {
    const std::string behind =
        "network N {\n    steps = 4\n    input x[t] : f32[10]\n    pop : LI[3]\n"
        "    x -> LI as a\n    a[4:9] -> sparse(0.5) as sp -> pop\n    output pop.v\n}\n";
    EXPECT_EQ(equations_of("sp", behind),
              "sp[t] = sum over arriving edges of (elements [4:9] of a.v[t])*sp.weight\n");
}

TEST(ElaborateSparse, DelayedSpikesAreSpikes) {
    const Elaborated result = elaborated(
        "network N {\n    steps = 4\n    pop : Leaky[3]\n"
        "    pop -> delay(2) as late -> sparse(0.5, w = 1) -> pop\n    output pop.v\n}\n");
    ASSERT_TRUE(result.network) << result.problems;
    EXPECT_EQ((*result.network)[result.network->find("late")].kind, ir::DataKind::Spike);
}

}  // namespace
}  // namespace snnc::frontend::test
