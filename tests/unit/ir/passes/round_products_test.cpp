#include "ir/passes/round_products.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ir/expr/evaluate.h"
#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {
namespace {

std::string line(const Network& network, TensorId target) {
    return print(network, *network.definition(target));
}

TEST(RoundProducts, RoundsOperandsOnce) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId w = build.weight("w", {3, 2});
    const TensorId y = build.op("y", {2}, stepped, Dense{x, w});
    const TensorId back = build.op("back", {3}, stepped, Dense{y, w, true});
    const std::size_t before = build.net.definitions.size();
    round_products(build.net);
    EXPECT_TRUE(verify(build.net).empty());
    EXPECT_EQ(line(build.net, y), "y[t] = dense(rounded(x)[t], rounded(w))");
    EXPECT_EQ(line(build.net, back), "back[t] = dense(rounded(y)[t], transposed rounded(w))");
    EXPECT_EQ(build.net.definitions.size(), before + 3);  // x, w, y
    round_products(build.net);
    EXPECT_EQ(build.net.definitions.size(), before + 3);
}

TEST(RoundProducts, LeavesSpikesAlone) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    build.net[x].kind = DataKind::Spike;
    const TensorId y = build.op("y", {2}, stepped, Dense{x, build.weight("w", {3, 2})});
    round_products(build.net);
    EXPECT_EQ(line(build.net, y), "y[t] = dense(x[t], rounded(w))");
}

TEST(RoundToBf16, IsNearestWithTiesToEven) {
    const float unit = 1.0f / 128;  // of the last place of numbers from 1 to 2
    EXPECT_EQ(round_to_bf16(1 + unit), 1 + unit);
    EXPECT_EQ(round_to_bf16(1 + 0.25f * unit), 1.0f);
    EXPECT_EQ(round_to_bf16(1 + 0.5f * unit), 1.0f);
    EXPECT_EQ(round_to_bf16(1 + 1.5f * unit), 1 + 2 * unit);
    EXPECT_EQ(round_to_bf16(-(1 + 0.75f * unit)), -(1 + unit));
    EXPECT_EQ(round_to_bf16(INFINITY), INFINITY);
    EXPECT_EQ(round_to_bf16(3.4e38f), INFINITY);
    EXPECT_TRUE(std::isnan(round_to_bf16(std::nanf("0xffff"))));
    EXPECT_EQ(round_to_bf16(1e-45f), 0.0f);
}

}  // namespace
}  // namespace snnc::ir::test
