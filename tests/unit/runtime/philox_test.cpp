#include "runtime/philox.h"

#include <gtest/gtest.h>

namespace snnc::runtime {
namespace {

// The vectors of Random123's kat_vectors for philox4x32 with ten rounds.
TEST(Philox, KnownAnswers) {
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, EverythingThatNamesAStreamChangesIt) {
    const PhiloxKey key = philox_key(1, Purpose::Weights, "fc1.weight");
    EXPECT_EQ(philox_key(1, Purpose::Weights, "fc1.weight"), key);
    EXPECT_NE(philox_key(2, Purpose::Weights, "fc1.weight"), key);
    EXPECT_NE(philox_key(std::uint64_t(1) << 63 | 1, Purpose::Weights, "fc1.weight"), key);
    EXPECT_NE(philox_key(1, Purpose::Noise, "fc1.weight"), key);
    EXPECT_NE(philox_key(1, Purpose::Weights, "fc1.bias"), key);
}

/// A draw has the coordinates of its place only: no other sample, no batch, no order of drawing.
TEST(Philox, ADrawDependsOnItsOwnPlaceAlone) {
    const Stream stream(7, Purpose::Noise, "hidden.v");
    const float alone = stream.uniform(5, 3, 11);
    std::vector<float> batch;
    for (std::uint32_t sample = 20; sample-- > 0;) batch.push_back(stream.uniform(5, 3, sample));
    EXPECT_EQ(batch[20 - 1 - 11], alone);
}

TEST(Philox, EveryCoordinateMatters) {
    const Stream stream(7, Purpose::Noise, "hidden.v");
    const PhiloxBlock block = stream.block(5, 3, 11);
    EXPECT_NE(stream.block(6, 3, 11), block);
    EXPECT_NE(stream.block(5, 4, 11), block);
    EXPECT_NE(stream.block(5, 3, 12), block);
    EXPECT_NE(stream.block((std::uint64_t(1) << 32) + 5, 3, 11), block);
}

TEST(Philox, UniformFillsTheUnitInterval) {
    const Stream stream(1, Purpose::Weights, "w");
    constexpr int count = 100000;
    double sum = 0;
    std::vector<int> tenths(10);
    for (int i = 0; i < count; ++i) {
        const float u = stream.uniform(std::uint64_t(i));
        ASSERT_GE(u, 0.0F);
        ASSERT_LT(u, 1.0F);
        sum += double(u);
        ++tenths[std::size_t(u * 10)];
    }
    EXPECT_NEAR(sum / count, 0.5, 0.005);
    for (const int share : tenths) EXPECT_NEAR(double(share) / count, 0.1, 0.005);
}

TEST(Philox, NormalHasTheMomentsOfAStandardNormal) {
    const Stream stream(1, Purpose::Weights, "w");
    constexpr int count = 100000;
    double moments[5] = {};
    for (int i = 0; i < count; ++i) {
        const double x = stream.normal(std::uint64_t(i));
        ASSERT_TRUE(std::isfinite(x));
        for (int k = 1; k <= 4; ++k) moments[k] += std::pow(x, k) / count;
    }
    // Four standard errors of each moment: sqrt(var(x^k) / count), var = 1, 2, 15, 96.
    EXPECT_NEAR(moments[1], 0, 0.013);
    EXPECT_NEAR(moments[2], 1, 0.018);
    EXPECT_NEAR(moments[3], 0, 0.049);
    EXPECT_NEAR(moments[4], 3, 0.124);
}

}  // namespace
}  // namespace snnc::runtime
