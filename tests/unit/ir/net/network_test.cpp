#include "ir/net/network.h"

#include <gtest/gtest.h>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {
namespace {

TEST(Shape, CountsAndPrints) {
    EXPECT_EQ(element_count({}), 1);
    EXPECT_EQ(element_count({3, 4}), 12);
    EXPECT_EQ(element_count({3, 0}), 0);
    EXPECT_EQ(to_string(Shape{}), "[]");
    EXPECT_EQ(to_string(Shape{3, 4}), "[3, 4]");
}

TEST(Network, TensorsAreFoundByTheirQualifiedName) {
    Builder build;
    const TensorId v = build.tensor("hidden.v", {3}, stepped);
    EXPECT_EQ(build.net.find("hidden.v"), v);
    EXPECT_FALSE(build.net.find("v").valid());
}

TEST(Network, TensorsWithoutADefinitionComeFromOutside) {
    Builder build;
    const TensorId x = build.input("x", {}, true);
    const TensorId y = build.formula("y", {}, stepped, build.read(x) + 1.0);
    const TensorId late = build.tensor("late", {}, stepped);  // made after the last definition
    EXPECT_EQ(build.net.definition(x), nullptr);
    EXPECT_EQ(build.net.definition(late), nullptr);
    ASSERT_NE(build.net.definition(y), nullptr);
    EXPECT_EQ(build.net.definition(y)->target, y);
}

class Uses : public testing::Test {
 protected:
    /// Names of what a definition reads, with lags.
    std::string of(TensorId target) const {
        std::string text;
        for (const Use& use : uses(build_.net, *build_.net.definition(target)))
            text += (text.empty() ? "" : " ") + build_.net[use.tensor].name +
                    (use.lag ? "-" + std::to_string(use.lag) : "");
        return text;
    }
    std::string of_operator(DefinitionKind kind) {
        return of(build_.op("target", {}, held, std::move(kind)));
    }

    Builder build_;
    const TensorId x_ = build_.input("x", {3}, true);
    const TensorId w_ = build_.weight("w", {3, 2});
    const TensorId label_ = build_.label("label");
};

TEST_F(Uses, OfAFormulaAreItsReads) {
    const Term x = build_.read(x_), before = build_.read(x_, 1);
    EXPECT_EQ(of(build_.formula("y", {3}, stepped, before * x + x)), "x-1 x");
    EXPECT_EQ(of(build_.formula("z", {3}, stepped, build_.number(1))), "");
}

TEST_F(Uses, OfAFormulaIncludeTheSurrogate) {
    const Term x = build_.read(x_), before = build_.read(x_, 1);
    EXPECT_EQ(of(build_.formula("y", {3}, stepped, make(Op::Spike, x, before))), "x x-1");
}

TEST_F(Uses, OfAnOperatorAreItsOperands) {
    EXPECT_EQ(of_operator(Dense{x_, w_}), "x w");
    EXPECT_EQ(of_operator(DenseWeight{x_, label_}), "x label");
    EXPECT_EQ(of_operator(CrossEntropy{x_, label_}), "x label");
    EXPECT_EQ(of_operator(OneHot{label_}), "label");
    EXPECT_EQ(of_operator(SumTo{x_}), "x");
    EXPECT_EQ(of_operator(MaxOverTime{x_}), "x");
    EXPECT_EQ(of_operator(FirstMaxOverTime{x_}), "x");
    EXPECT_EQ(of_operator(LastStep{x_}), "x");
    EXPECT_EQ(of_operator(FirstSpike{x_}), "x");
    EXPECT_EQ(of_operator(Softmax{x_}), "x");
    EXPECT_EQ(of_operator(ArgMax{x_}), "x");
    EXPECT_EQ(of_operator(Winner{x_}), "x");
}

}  // namespace
}  // namespace snnc::ir::test
