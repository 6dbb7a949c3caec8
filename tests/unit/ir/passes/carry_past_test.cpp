#include "ir/passes/carry_past.h"

#include <gtest/gtest.h>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {
namespace {

std::string line(const Network& network, TensorId target) {
    return print(network, *network.definition(target));
}

TEST(Pasts, AreWhatIsReadOfEarlierSteps) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId y = build.formula("y", {3}, stepped, build.read(x, 4) + build.read(x, 1));
    build.formula("z", {3}, stepped, build.read(y) + build.read(y, 1) + build.read(y, 1));
    const auto found = pasts(build.net);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].tensor, x);
    EXPECT_EQ(found[0].lags, (std::vector<int>{1, 4}));
    EXPECT_EQ(found[1].tensor, y);
    EXPECT_EQ(found[1].depth(), 1);
}

/// Running statistics go on in their parameter.
TEST(Pasts, StartsFromParametersAreNotAmongThem) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId mean = build.formula("mean", {3}, stepped, build.read(x));
    build.net[mean].initial = build.weight("running", {3});
    build.formula("y", {3}, stepped, build.read(mean, 1));
    EXPECT_TRUE(pasts(build.net).empty());
}

TEST(CarryPasts, ReadsWhatIsGiven) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId start = build.formula("start", {3}, held, build.number(2));
    const TensorId v = build.formula("v", {3}, stepped, build.read(x, 3));
    const TensorId y = build.formula("y", {3}, stepped, build.read(v, 1));
    build.net[v].initial = start;
    const auto carried = carry_pasts(build.net, pasts(build.net));
    EXPECT_TRUE(verify(build.net).empty());
    ASSERT_EQ(carried.size(), 2u);
    EXPECT_EQ(carried[0].kept, x);
    EXPECT_TRUE(build.net[carried[0].given[0]].per_step);
    EXPECT_EQ(line(build.net, carried[1].kept), "last(v) = last(v[t])");
    EXPECT_FALSE(build.net[carried[1].given[0]].per_step);
    EXPECT_EQ(line(build.net, build.net[v].initial),
              "start of v = if run.resumed { carried(v) } else { start }");
    EXPECT_EQ(line(build.net, v),
              "v[t] = if run.resumed and t < 3 { carried(x, 3)[t] } else { x[t-3] }");
    EXPECT_EQ(line(build.net, y), "y[t] = v[t-1]");
}

}  // namespace
}  // namespace snnc::ir::test
