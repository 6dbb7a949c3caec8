// PyTorch's conventions where operators meet ties, infinities and NaN.
#include "ir/expr/evaluate.h"

#include <gtest/gtest.h>

#include <limits>

namespace snnc::ir {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

double value(Op op, double a, double b = 0, double c = 0) { return apply<double>(op, a, b, c); }

TEST(Evaluate, EachOperatorRoundsOnceInItsOwnType) {
    EXPECT_EQ(apply<float>(Op::Add, 0.1F, 0.2F), 0.1F + 0.2F);
    EXPECT_EQ(apply<double>(Op::Add, 0.1, 0.2), 0.1 + 0.2);
    EXPECT_EQ(apply<float>(Op::Exp, 1.0F), std::exp(1.0F));
    EXPECT_EQ(value(Op::Pow, 2, 0.5), std::pow(2, 0.5));
    EXPECT_EQ(value(Op::Div, 1, 0), inf);
}

TEST(Evaluate, ComparisonsAndLogicGiveZeroOrOne) {
    EXPECT_EQ(value(Op::Lt, 1, 2), 1);
    EXPECT_EQ(value(Op::Lt, 2, 2), 0);
    EXPECT_EQ(value(Op::Le, 2, 2), 1);
    EXPECT_EQ(value(Op::Gt, 2, 2), 0);
    EXPECT_EQ(value(Op::Ge, 2, 2), 1);
    EXPECT_EQ(value(Op::Eq, 0.0, -0.0), 1);
    EXPECT_EQ(value(Op::Ne, 1, 2), 1);
    EXPECT_EQ(value(Op::And, -3, 0.5), 1);  // anything but 0 is true
    EXPECT_EQ(value(Op::And, 1, 0), 0);
    EXPECT_EQ(value(Op::Or, 0, -0.0), 0);
    EXPECT_EQ(value(Op::Not, 0.5), 0);
    EXPECT_EQ(value(Op::Not, 0), 1);
}

TEST(Evaluate, NanCompares) {
    for (const Op op : {Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Eq}) {
        EXPECT_EQ(value(op, nan, 1), 0) << info(op).name;
        EXPECT_EQ(value(op, nan, nan), 0) << info(op).name;
    }
    EXPECT_EQ(value(Op::Ne, nan, nan), 1);
}

TEST(Evaluate, StepIsStrict) {
    for (const Op op : {Op::Step, Op::Spike}) {
        EXPECT_EQ(value(op, 1e-300), 1);
        EXPECT_EQ(value(op, 0), 0);  // at the threshold there is no spike
        EXPECT_EQ(value(op, -0.0), 0);
        EXPECT_EQ(value(op, nan), 0);
        EXPECT_EQ(value(op, inf), 1);
    }
}

TEST(Evaluate, TheSurrogateIsNoPartOfASpikesValue) { EXPECT_EQ(value(Op::Spike, 1, nan), 1); }

TEST(Evaluate, RoundGoesToTheEvenNeighbour) {
    EXPECT_EQ(value(Op::Round, 0.5), 0);
    EXPECT_EQ(value(Op::Round, 1.5), 2);
    EXPECT_EQ(value(Op::Round, 2.5), 2);
    EXPECT_EQ(value(Op::Round, -1.5), -2);
    EXPECT_EQ(value(Op::Round, 2.500001), 3);
    EXPECT_EQ(value(Op::Floor, -0.5), -1);
    EXPECT_EQ(value(Op::Ceil, 0.5), 1);
}

TEST(Evaluate, MinimumAndMaximumPassNanOn) {
    EXPECT_EQ(value(Op::Min, 1, 2), 1);
    EXPECT_EQ(value(Op::Max, 1, 2), 2);
    for (const Op op : {Op::Min, Op::Max}) {
        EXPECT_TRUE(std::isnan(value(op, nan, 1))) << info(op).name;
        EXPECT_TRUE(std::isnan(value(op, 1, nan))) << info(op).name;
    }
}

TEST(Evaluate, ClipIsTheMinimumOfTheMaximum) {
    EXPECT_EQ(value(Op::Clip, 0.5, 0, 1), 0.5);
    EXPECT_EQ(value(Op::Clip, -1, 0, 1), 0);
    EXPECT_EQ(value(Op::Clip, 2, 0, 1), 1);
    EXPECT_EQ(value(Op::Clip, inf, 0, 1), 1);
    EXPECT_TRUE(std::isnan(value(Op::Clip, nan, 0, 1)));
    for (const double x : {-1.0, 1.5, 9.0}) EXPECT_EQ(value(Op::Clip, x, 2, 1), 1) << x;
}

TEST(Evaluate, SignOfZeroAndNan) {
    EXPECT_EQ(value(Op::Sign, -3), -1);
    EXPECT_EQ(value(Op::Sign, 0), 0);
    EXPECT_EQ(value(Op::Sign, 3), 1);
    EXPECT_EQ(value(Op::Sign, nan), 0);
    EXPECT_EQ(value(Op::Abs, -0.0), 0);
    EXPECT_FALSE(std::signbit(value(Op::Abs, -0.0)));
}

TEST(Evaluate, SelectTakesOneBranch) {
    EXPECT_EQ(value(Op::Select, 1, 2, nan), 2);
    EXPECT_EQ(value(Op::Select, 0, nan, 3), 3);
    EXPECT_EQ(value(Op::Select, -0.5, 2, 3), 2);
}

TEST(Evaluate, ReluPassesNanOn) {
    EXPECT_EQ(value(Op::Relu, -1), 0);
    EXPECT_EQ(value(Op::Relu, 2), 2);
    EXPECT_TRUE(std::isnan(value(Op::Relu, nan)));
}

TEST(Evaluate, SigmoidAndSoftplusDoNotOverflow) {
    EXPECT_EQ(value(Op::Sigmoid, 0), 0.5);
    EXPECT_EQ(value(Op::Sigmoid, 1000), 1);
    EXPECT_EQ(value(Op::Sigmoid, -1000), 0);
    EXPECT_GT(value(Op::Sigmoid, -700), 0);
    EXPECT_EQ(value(Op::Softplus, 1000), 1000);
    EXPECT_EQ(value(Op::Softplus, -1000), 0);
    EXPECT_GT(value(Op::Softplus, -700), 0);
    EXPECT_DOUBLE_EQ(value(Op::Softplus, 0), std::log(2));
    EXPECT_TRUE(std::isnan(value(Op::Sigmoid, nan)));
    EXPECT_TRUE(std::isnan(value(Op::Softplus, nan)));
}

TEST(Evaluate, DetachIsTheValue) { EXPECT_EQ(value(Op::Detach, 3), 3); }

}  // namespace
}  // namespace snnc::ir
