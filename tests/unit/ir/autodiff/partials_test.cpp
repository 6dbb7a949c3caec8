// The table of partial derivatives against central differences, for every row of ops.def.
#include <gtest/gtest.h>

#include <cmath>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/expr/evaluate_expression.h"

namespace snnc::ir::test {
namespace {

/// One operator applied to reads of the tensors 0, 1, 2.
class Partials : public testing::TestWithParam<Op> {
 protected:
    void apply_to_reads(Op op) {
        const int arity = info(op).arity;
        const ExprId a = pool_.read({0}), b = pool_.read({1}), c = pool_.read({2});
        self_ = arity == 1   ? pool_.make(op, a)
                : arity == 2 ? pool_.make(op, a, b)
                             : pool_.make(op, a, b, c);
        partials_ = partials(pool_, self_);
        ASSERT_EQ(int(partials_.size()), arity);
    }
    double value(const Values& at) const { return evaluate(pool_, self_, at); }
    double partial(int operand, const Values& at) const {
        const ExprId id = partials_[std::size_t(operand)];
        return id.valid() ? evaluate(pool_, id, at) : 0;
    }
    void expect_as_differences(int operand, const Values& at) {
        const double h = 1e-5;
        Values below = at, above = at;
        below[std::uint32_t(operand)] -= h;
        above[std::uint32_t(operand)] += h;
        const double difference = (value(above) - value(below)) / (2 * h);
        EXPECT_NEAR(partial(operand, at), difference, 1e-7 * (1 + std::abs(difference)))
            << "operand " << operand << " at " << at.at(0) << ", " << at.at(1) << ", " << at.at(2);
    }

    ExprPool pool_;
    ExprId self_;
    std::vector<ExprId> partials_;
};

/// No two of them are equal and none is an integer or a half: no ties, no jumps nearby.
const double points[] = {-2.3, -0.7, -0.2, 0.4, 0.9, 1.8, 3.1};

std::vector<Op> true_derivatives() {
    std::vector<Op> ops;
    for (const Op op : all_operators) {
        // A spike's partial is its surrogate; detach and what makes draws have none on purpose; a
        // rounding passes on the gradient of what it rounds.
        if (info(op).arity > 0 && op != Op::Spike && op != Op::RoundBf16 && op != Op::Detach &&
            op != Op::NormalQuantile && op != Op::PoissonQuantile)
            ops.push_back(op);
    }
    return ops;
}

TEST_P(Partials, AreCentralDifferences) {
    apply_to_reads(GetParam());
    int checked = 0;
    for (const double a : points)
        for (const double b : points)
            for (const double c : points) {
                const Values at{{0, a}, {1, b}, {2, c}};
                if (a == b || b == c || a == c || !std::isfinite(value(at))) continue;
                ++checked;
                for (int operand = 0; operand < info(GetParam()).arity; ++operand)
                    expect_as_differences(operand, at);
            }
    EXPECT_GE(checked, 60);  // outside its domain an operator gives no number
}

INSTANTIATE_TEST_SUITE_P(Operators, Partials, testing::ValuesIn(true_derivatives()),
                         [](const testing::TestParamInfo<Op>& instance) {
                             return ir::info(instance.param).name;
                         });

// ---- where there is no derivative, PyTorch's choice ------------------------------------------

class Kinks : public Partials {
 protected:
    double at(int operand, double a, double b = 0, double c = 0) {
        return partial(operand, {{0, a}, {1, b}, {2, c}});
    }
};

TEST_F(Kinks, TiesShareTheGradient) {
    for (const Op op : {Op::Min, Op::Max}) {
        apply_to_reads(op);
        EXPECT_EQ(at(0, 2, 2), 0.5) << info(op).name;
        EXPECT_EQ(at(1, 2, 2), 0.5) << info(op).name;
    }
}

TEST_F(Kinks, ClipPassesOnItsBounds) {
    apply_to_reads(Op::Clip);
    EXPECT_EQ(at(0, 0, 0, 1), 1);
    EXPECT_EQ(at(0, 1, 0, 1), 1);
    EXPECT_EQ(at(1, 0, 0, 1), 0);
    EXPECT_EQ(at(2, 1, 0, 1), 0);
}

TEST_F(Kinks, ReversedBoundsGiveTheUpperOne) {
    apply_to_reads(Op::Clip);
    for (const double x : {-1.0, 1.5, 9.0}) {
        EXPECT_EQ(at(0, x, 2, 1), 0) << x;
        EXPECT_EQ(at(1, x, 2, 1), 0) << x;
        EXPECT_EQ(at(2, x, 2, 1), 1) << x;
    }
}

TEST_F(Kinks, AtZero) {
    apply_to_reads(Op::Abs);
    EXPECT_EQ(at(0, 0), 0);
    apply_to_reads(Op::Relu);
    EXPECT_EQ(at(0, 0), 0);
    apply_to_reads(Op::Sqrt);
    EXPECT_EQ(at(0, 0), INFINITY);
}

TEST_F(Kinks, StepsAndComparisonsPassNothing) {
    for (const Op op : {Op::Step, Op::Sign, Op::Floor, Op::Round, Op::Ceil, Op::Not, Op::Detach}) {
        apply_to_reads(op);
        EXPECT_FALSE(partials_[0].valid()) << info(op).name;
    }
    for (const Op op : {Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Eq, Op::Ne, Op::And, Op::Or}) {
        apply_to_reads(op);
        EXPECT_FALSE(partials_[0].valid() || partials_[1].valid()) << info(op).name;
    }
}

TEST_F(Kinks, ASpikesPartialIsItsSurrogate) {
    apply_to_reads(Op::Spike);
    EXPECT_EQ(partials_[0], pool_.read({1}));
    EXPECT_FALSE(partials_[1].valid());
}

// ---- powers --------------------------------------------------------------------------------

TEST_F(Kinks, ConstantExponentsHoldForNegativeBasesToo) {
    for (const double exponent : {-2.0, -1.0, 0.0, 1.0, 2.0, 3.0}) {
        self_ = pool_.make(Op::Pow, pool_.read({0}), pool_.constant(exponent));
        partials_ = partials(pool_, self_);
        for (const double a : points) expect_as_differences(0, {{0, a}, {1, 0}, {2, 0}});
        EXPECT_FALSE(partials_[1].valid());
    }
}

TEST_F(Kinks, PowersAtZero) {
    apply_to_reads(Op::Pow);
    EXPECT_EQ(at(0, 0, 2), 0);
    EXPECT_EQ(at(1, 0, 2), 0);
    EXPECT_EQ(at(0, 0, 0), 0);  // x^0 does not depend on x, not even where x^-1 is infinite
    EXPECT_EQ(at(1, 0, 0), 0);
}

TEST(PartialsOfLeaves, DoNotExist) {
    ExprPool pool;
    EXPECT_TRUE(partials(pool, pool.read({0})).empty());
    EXPECT_TRUE(partials(pool, pool.constant(1)).empty());
    EXPECT_TRUE(partials(pool, pool.leaf(Op::StepCount)).empty());
}

}  // namespace
}  // namespace snnc::ir::test
