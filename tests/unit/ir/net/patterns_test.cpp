// Edges of sparse layers: functions of seed, name and pair, with the chance that the pattern says.
#include "ir/net/patterns.h"

#include <gtest/gtest.h>

#include <cmath>

namespace snnc::ir {
namespace {

struct PatternCase {
    ExprPool pool;
    Pattern pattern;

    PatternCase(std::int64_t sources, std::int64_t targets, double chance,
                const std::string& name = "sp") {
        pattern.name = name;
        pattern.source_cells = sources;
        pattern.target_cells = targets;
        pattern.chance = pool.constant(chance);
    }
    EdgeList draw(std::uint64_t seed = 1) { return draw_edges(pool, pattern, seed); }
};

std::vector<std::uint64_t> pairs(PatternCase& that, std::uint64_t seed = 1) {
    return pair_numbers(that.pattern, that.draw(seed));
}

TEST(Patterns, ConnectNothingAndEverything) {
    PatternCase none(3, 4, 0), all(3, 4, 1);
    EXPECT_EQ(none.draw().starts, (std::vector<std::int32_t>{0, 0, 0, 0}));
    EXPECT_TRUE(none.draw().targets.empty());
    EXPECT_EQ(all.draw().starts, (std::vector<std::int32_t>{0, 4, 8, 12}));
    EXPECT_EQ(all.draw().targets, (std::vector<std::int32_t>{0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}));
}

TEST(Patterns, ConnectEachPairWithItsChance) {
    const double chance = 0.02;
    PatternCase that(1000, 1003, chance);
    const double expected = chance * 1000 * 1003;
    const double deviation = std::sqrt(expected * (1 - chance));
    EXPECT_NEAR(double(that.draw().targets.size()), expected, 4 * deviation);
    EXPECT_DOUBLE_EQ(expect_edges(that.pool, that.pattern).edges, expected);
}

TEST(Patterns, DifferBySeedAndName) {
    PatternCase that(40, 50, 0.1), other(40, 50, 0.1, "other");
    EXPECT_EQ(pairs(that), pairs(that));
    EXPECT_NE(pairs(that), pairs(that, 2));
    EXPECT_NE(pairs(that), pairs(other));
}

// A pair is drawn by a word of its own: a larger chance keeps the edges that were there.
TEST(Patterns, GrowWithTheChance) {
    PatternCase few(30, 31, 0.1), many(30, 31, 0.3);
    const auto a = pairs(few), b = pairs(many);
    EXPECT_LT(a.size(), b.size());
    EXPECT_TRUE(std::includes(b.begin(), b.end(), a.begin(), a.end()));
}

TEST(Patterns, AreFormulasOfBothCells) {
    PatternCase that(4, 5, 0);
    ExprPool& pool = that.pool;
    const ExprId i = pool.leaf(Op::SourceCell), j = pool.leaf(Op::TargetCell);
    that.pattern.chance = pool.make(Op::Eq, j, pool.make(Op::Add, i, pool.constant(1)));
    EXPECT_EQ(pairs(that), (std::vector<std::uint64_t>{1, 7, 13, 19}));
    EXPECT_EQ(expect_edges(pool, that.pattern).edges, 4);
    // Chances between 0 and 1 give the same edges as the same chance for all.
    PatternCase same(20, 20, 0.25), varied(20, 20, 0.25);
    const ExprId cell = varied.pool.leaf(Op::SourceCell);
    const ExprId nothing = varied.pool.make(Op::Mul, cell, varied.pool.constant(0));
    varied.pattern.chance = varied.pool.make(Op::Add, nothing, varied.pool.constant(0.25));
    EXPECT_EQ(pairs(same), pairs(varied));
}

TEST(Patterns, KnowWhatIsNoChance) {
    PatternCase that(4, 5, 0);
    const ExprId j = that.pool.leaf(Op::TargetCell);
    that.pattern.chance = that.pool.make(Op::Sub, j, that.pool.constant(1));
    const auto outlier = expect_edges(that.pool, that.pattern).outlier;
    ASSERT_TRUE(outlier);
    EXPECT_EQ(outlier->source, 0);
    EXPECT_EQ(outlier->target, 0);
    EXPECT_EQ(outlier->chance, -1);
    PatternCase sound(4, 5, 1);
    EXPECT_FALSE(expect_edges(sound.pool, sound.pattern).outlier);
}

TEST(Patterns, PutTheirExtentIntoShapes) {
    Network network;
    for (const std::size_t pattern : {0u, 1u, 0u}) {
        Tensor tensor;
        tensor.shape = {unknown_extent(pattern)};
        network.add(tensor);
    }
    EXPECT_EQ(to_string(network.tensors[0].shape), "[edges]");
    EXPECT_NE(network.tensors[0].shape, network.tensors[1].shape);
    set_edge_count(network, 0, 12);
    EXPECT_EQ(network.tensors[0].shape, Shape{12});
    EXPECT_EQ(network.tensors[1].shape, Shape{unknown_extent(1)});
    EXPECT_EQ(network.tensors[2].shape, Shape{12});
}

}  // namespace
}  // namespace snnc::ir
