#include "ir/autodiff/reverse.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/ir/expr/evaluate_expression.h"

namespace snnc::ir::test {
namespace {

/// Formulas of x (tensor 0) and y (tensor 1).
class Reverse : public testing::Test {
 protected:
    ExprId make(Op op, ExprId a) { return pool_.make(op, a); }
    ExprId make(Op op, ExprId a, ExprId b) { return pool_.make(op, a, b); }
    ExprId number(double value) { return pool_.constant(value); }
    ExprId when(ExprId condition, ExprId then, ExprId otherwise) {
        return pool_.make(Op::Select, condition, then, otherwise);
    }

    std::vector<ReadAdjoint> adjoints(ExprId root, double seed = 1) {
        return reverse(pool_, root, number(seed));
    }
    /// d root / d tensor at [t - lag]; NaN if the read receives nothing.
    double derivative(ExprId root, std::uint32_t tensor, const Values& at, int lag = 0) {
        for (const ReadAdjoint& item : adjoints(root))
            if (item.tensor.index == tensor && item.lag == lag)
                return evaluate(pool_, item.value, at);
        return NAN;
    }
    void expect_differences(ExprId root, const Values& at) {
        for (std::uint32_t tensor = 0; tensor < 2; ++tensor) {
            const double h = 1e-6;
            Values below = at, above = at;
            below[tensor] -= h;
            above[tensor] += h;
            EXPECT_NEAR(derivative(root, tensor, at),
                        (evaluate(pool_, root, above) - evaluate(pool_, root, below)) / (2 * h),
                        1e-8);
        }
    }

    ExprPool pool_;
    const ExprId x_ = pool_.read({0}), y_ = pool_.read({1});
    const ExprId positive_ = pool_.make(Op::Gt, x_, pool_.constant(0));
};

TEST_F(Reverse, TheSeedScalesEverything) {
    const std::vector<ReadAdjoint> items = adjoints(make(Op::Mul, x_, y_), 3);
    ASSERT_EQ(items.size(), 2u);
    EXPECT_EQ(evaluate(pool_, items[0].value, {{0, 2}, {1, 5}}), 15);
    EXPECT_EQ(evaluate(pool_, items[1].value, {{0, 2}, {1, 5}}), 6);
}

TEST_F(Reverse, AReadReceivesItsSeed) {
    const std::vector<ReadAdjoint> items = adjoints(x_, 3);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].value, number(3));
}

TEST_F(Reverse, TheChainRule) {
    const ExprId root = make(Op::Tanh, make(Op::Add, make(Op::Mul, x_, y_), make(Op::Exp, x_)));
    expect_differences(root, {{0, 0.3}, {1, -0.8}});
}

TEST_F(Reverse, SharedSubexpressionsCollectFromAllTheirUses) {
    const ExprId shared = make(Op::Sin, make(Op::Mul, x_, y_));
    const ExprId root = make(Op::Add, make(Op::Mul, shared, shared), make(Op::Exp, shared));
    expect_differences(root, {{0, 0.7}, {1, 1.3}});
}

TEST_F(Reverse, DoublingManyTimesStaysSmall) {
    ExprId root = x_;
    for (int i = 0; i < 60; ++i) root = make(Op::Add, root, root);  // 2^60 paths to x
    EXPECT_EQ(derivative(root, 0, {{0, 1}}), std::ldexp(1.0, 60));
    EXPECT_LT(pool_.size(), 1000u);
}

TEST_F(Reverse, ReadsOfOneTensorAtSeveralStepsAreKeptApart) {
    const ExprId root =
        make(Op::Sub, make(Op::Mul, number(3), pool_.read({0}, 1)), make(Op::Mul, number(2), x_));
    EXPECT_EQ(derivative(root, 0, {}, 1), 3);
    EXPECT_EQ(derivative(root, 0, {}, 0), -2);
}

TEST_F(Reverse, ReadsThatReceiveNothingAreLeftOut) {
    EXPECT_TRUE(adjoints(number(2)).empty());
    EXPECT_TRUE(adjoints(make(Op::Step, x_)).empty());
    EXPECT_TRUE(adjoints(make(Op::Mul, x_, number(0))).empty());
    const std::vector<ReadAdjoint> items = adjoints(make(Op::Add, make(Op::Detach, x_), y_));
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].tensor, TensorId{1});
}

TEST_F(Reverse, DetachHoldsBackOnlyWhatPassesThroughIt) {
    const ExprId root = make(Op::Mul, x_, make(Op::Detach, x_));
    EXPECT_EQ(derivative(root, 0, {{0, 5}}), 5);
}

TEST_F(Reverse, ASpikePassesItsSurrogate) {
    const ExprId slope = make(Op::Exp, make(Op::Neg, make(Op::Abs, x_)));
    const ExprId root = make(Op::Mul, y_, make(Op::Spike, x_, slope));
    EXPECT_DOUBLE_EQ(derivative(root, 0, {{0, -0.5}, {1, 3}}), 3 * std::exp(-0.5));
    EXPECT_EQ(derivative(root, 1, {{0, -0.5}, {1, 3}}), 0);
    EXPECT_EQ(derivative(root, 1, {{0, 0.5}, {1, 3}}), 1);
}

TEST_F(Reverse, ASelectPassesToTheBranchThatIsTaken) {
    const ExprId root = when(positive_, make(Op::Mul, x_, y_), make(Op::Mul, number(7), y_));
    expect_differences(root, {{0, 2}, {1, 3}});
    expect_differences(root, {{0, -2}, {1, 3}});
}

TEST_F(Reverse, TheBranchThatIsNotTakenPassesNothingEvenWhereItIsInfinite) {
    const ExprId root = when(positive_, make(Op::Ln, x_), make(Op::Mul, number(2), x_));
    EXPECT_EQ(derivative(root, 0, {{0, 0}}), 2);  // 1/x is infinite there
    EXPECT_EQ(derivative(root, 0, {{0, 4}}), 0.25);
    const ExprId square_root = when(positive_, make(Op::Sqrt, x_), number(0));
    EXPECT_EQ(derivative(square_root, 0, {{0, 0}}), 0);
    // Also where what follows is not finite.
    EXPECT_EQ(derivative(make(Op::Exp, square_root), 0, {{0, -1}}), 0);
}

TEST_F(Reverse, NestedSelects) {
    const ExprId large = make(Op::Gt, x_, number(1));
    const ExprId inner =
        when(large, make(Op::Ln, make(Op::Sub, x_, number(1))), make(Op::Mul, x_, x_));
    const ExprId root = when(positive_, make(Op::Mul, inner, y_), make(Op::Sub, y_, x_));
    for (const double x : {-2.0, 0.5, 3.0}) expect_differences(root, {{0, x}, {1, 1.5}});
    EXPECT_EQ(derivative(root, 0, {{0, 1}, {1, 1.5}}), 3);  // ln(x - 1) has no derivative at 1
}

TEST_F(Reverse, SelectsThatShareTheirBranchesAreWorkedOutOnce) {
    // 2^40 paths to x, of which y chooses one, with as many factors on them.
    const ExprId two = pool_.read({2}), three = pool_.read({3});
    ExprId sums = x_, products = x_;
    for (int i = 0; i < 40; ++i) {
        const ExprId lower = make(Op::Gt, y_, number(i));
        sums = when(lower, make(Op::Add, sums, number(i)), make(Op::Neg, sums));
        products = when(lower, make(Op::Mul, two, products), make(Op::Mul, three, products));
    }
    const Values at = {{0, 1}, {1, 30.5}, {2, 2}, {3, 3}};
    EXPECT_EQ(derivative(sums, 0, at), -1);
    EXPECT_EQ(derivative(products, 0, at), std::ldexp(19683.0, 31));  // 3^9
}

TEST_F(Reverse, TheConditionReceivesNothing) {
    const ExprId root = when(make(Op::Sub, x_, number(1)), y_, number(0));
    const std::vector<ReadAdjoint> items = adjoints(root);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].tensor, TensorId{1});
}

TEST_F(Reverse, ExpressionsInsideAndOutsideASelectAddUp) {
    const ExprId square = make(Op::Mul, x_, x_);
    const ExprId root = make(Op::Add, square, when(positive_, make(Op::Mul, square, y_), y_));
    for (const double x : {-2.0, 3.0}) expect_differences(root, {{0, x}, {1, 1.5}});
}

}  // namespace
}  // namespace snnc::ir::test
