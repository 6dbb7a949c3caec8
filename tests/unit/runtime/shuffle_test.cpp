#include "runtime/shuffle.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace snnc::runtime {
namespace {

TEST(Shuffle, IsAPermutation) {
    for (const std::int64_t count : {0, 1, 2, 1000}) {
        std::vector<std::int64_t> order = permutation(count, 42, 0);
        std::sort(order.begin(), order.end());
        ASSERT_EQ(std::int64_t(order.size()), count);
        for (std::int64_t i = 0; i < count; ++i) EXPECT_EQ(order[std::size_t(i)], i);
    }
}

TEST(Shuffle, DependsOnSeedAndEpochAlone) {
    const std::vector<std::int64_t> order = permutation(100, 42, 3);
    EXPECT_EQ(permutation(100, 42, 3), order);
    EXPECT_NE(permutation(100, 43, 3), order);
    EXPECT_NE(permutation(100, 42, 4), order);
}

TEST(Shuffle, EveryPlaceIsEquallyLikely) {
    constexpr int count = 4, epochs = 8000;
    int visits[count][count] = {};
    for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
        const std::vector<std::int64_t> order = permutation(count, 1, epoch);
        for (std::size_t place = 0; place < count; ++place) ++visits[order[place]][place];
    }
    for (const auto& sample : visits)
        for (const int times : sample) EXPECT_NEAR(double(times) / epochs, 0.25, 0.02);
}

}  // namespace
}  // namespace snnc::runtime
