#include "ir/expr/printer.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/ir/expr/evaluate_expression.h"

namespace snnc::ir::test {
namespace {

/// Tensors 0, 1, 2 are a, b, c.
class Printer : public testing::Test {
 protected:
    std::string text(ExprId id, int shift = 0) const {
        return print(
            pool_, id,
            [](const ExprNode& read) { return std::string(1, char('a' + int(read.tensor.index))); },
            shift);
    }
    ExprId number(double value) { return pool_.constant(value); }
    ExprId make(Op op, ExprId x) { return pool_.make(op, x); }
    ExprId make(Op op, ExprId x, ExprId y) { return pool_.make(op, x, y); }

    ExprPool pool_;
    const ExprId a_ = pool_.read({0}), b_ = pool_.read({1}), c_ = pool_.read({2});
};

TEST_F(Printer, ParenthesesOnlyWherePrecedenceNeedsThem) {
    EXPECT_EQ(text(make(Op::Add, make(Op::Mul, a_, b_), c_)), "a*b + c");
    EXPECT_EQ(text(make(Op::Mul, make(Op::Add, a_, b_), c_)), "(a + b)*c");
    EXPECT_EQ(text(make(Op::Or, make(Op::And, a_, b_), c_)), "a and b or c");
    EXPECT_EQ(text(make(Op::And, make(Op::Or, a_, b_), c_)), "(a or b) and c");
    EXPECT_EQ(text(make(Op::Lt, make(Op::Add, a_, b_), c_)), "a + b < c");
    EXPECT_EQ(text(make(Op::Add, make(Op::Lt, a_, b_), c_)), "(a < b) + c");
}

// Operations are meant as written, so the grouping to the right is never dropped.
TEST_F(Printer, OperatorsGroupToTheLeft) {
    EXPECT_EQ(text(make(Op::Sub, make(Op::Sub, a_, b_), c_)), "a - b - c");
    EXPECT_EQ(text(make(Op::Sub, a_, make(Op::Sub, b_, c_))), "a - (b - c)");
    EXPECT_EQ(text(make(Op::Add, a_, make(Op::Add, b_, c_))), "a + (b + c)");
    EXPECT_EQ(text(make(Op::Div, a_, make(Op::Mul, b_, c_))), "a/(b*c)");
    EXPECT_EQ(text(make(Op::Mul, make(Op::Div, a_, b_), c_)), "a/b*c");
}

TEST_F(Printer, PowersGroupToTheRight) {
    EXPECT_EQ(text(make(Op::Pow, a_, make(Op::Pow, b_, c_))), "a^b^c");
    EXPECT_EQ(text(make(Op::Pow, make(Op::Pow, a_, b_), c_)), "(a^b)^c");
}

TEST_F(Printer, TheMinusSignBindsLessThanPowers) {
    EXPECT_EQ(text(make(Op::Neg, make(Op::Pow, a_, b_))), "-a^b");
    EXPECT_EQ(text(make(Op::Pow, make(Op::Neg, a_), b_)), "(-a)^b");
    EXPECT_EQ(text(make(Op::Pow, a_, make(Op::Neg, b_))), "a^(-b)");
    EXPECT_EQ(text(make(Op::Neg, make(Op::Add, a_, b_))), "-(a + b)");
    EXPECT_EQ(text(make(Op::Mul, make(Op::Neg, a_), b_)), "-a*b");
    EXPECT_EQ(text(make(Op::Neg, make(Op::Mul, a_, b_))), "-(a*b)");
}

TEST_F(Printer, NegativeNumbersAreLikeAMinusSign) {
    EXPECT_EQ(text(make(Op::Pow, number(-2), a_)), "(-2)^a");
    EXPECT_EQ(text(make(Op::Mul, number(-2), a_)), "-2*a");
    EXPECT_EQ(text(make(Op::Add, a_, number(-2))), "a + -2");
    EXPECT_EQ(text(make(Op::Pow, number(-0.0), a_)), "(-0)^a");
}

// The language has no chains of comparisons (E0115).
TEST_F(Printer, ComparisonsDoNotChain) {
    EXPECT_EQ(text(make(Op::Lt, make(Op::Lt, a_, b_), c_)), "(a < b) < c");
    EXPECT_EQ(text(make(Op::Eq, a_, make(Op::Ne, b_, c_))), "a == (b != c)");
}

TEST_F(Printer, NotBindsLessThanComparisons) {
    EXPECT_EQ(text(make(Op::Not, make(Op::Lt, a_, b_))), "not a < b");
    EXPECT_EQ(text(make(Op::Lt, make(Op::Not, a_), b_)), "(not a) < b");
    EXPECT_EQ(text(make(Op::And, make(Op::Not, a_), b_)), "not a and b");
    EXPECT_EQ(text(make(Op::Not, make(Op::And, a_, b_))), "not (a and b)");
}

TEST_F(Printer, Calls) {
    EXPECT_EQ(text(make(Op::Exp, make(Op::Neg, a_))), "exp(-a)");
    EXPECT_EQ(text(pool_.make(Op::Clip, a_, number(0), number(1))), "clip(a, 0, 1)");
    EXPECT_EQ(text(pool_.make(Op::Select, a_, b_, make(Op::Add, b_, c_))),
              "if a { b } else { b + c }");
    EXPECT_EQ(text(make(Op::Mul, number(2), pool_.make(Op::Select, a_, b_, c_))),
              "2*if a { b } else { c }");
}

TEST_F(Printer, TheSurrogateOfASpikeIsNotShown) {
    EXPECT_EQ(text(make(Op::Spike, a_, make(Op::Exp, a_))), "spike(a)");
}

TEST_F(Printer, EquationsMayStandAtAnotherStep) {
    const ExprId t = pool_.leaf(Op::StepIndex);
    EXPECT_EQ(text(make(Op::Mul, t, a_)), "t*a");
    EXPECT_EQ(text(make(Op::Mul, t, a_), 1), "(t-1)*a");
    EXPECT_EQ(text(make(Op::Mul, t, a_), -2), "(t+2)*a");
    EXPECT_EQ(text(pool_.leaf(Op::StepCount), 1), "steps");
}

TEST_F(Printer, EveryOperatorHasItsText) {
    for (const Op op : all_operators) {
        if (info(op).kind == OpKind::Leaf || op == Op::Select) continue;
        const int arity = info(op).arity;
        const ExprId id = arity == 1   ? make(op, a_)
                          : arity == 2 ? make(op, a_, b_)
                                       : pool_.make(op, a_, b_, c_);
        EXPECT_NE(text(id).find(info(op).text), std::string::npos) << info(op).name;
    }
}

TEST_F(Printer, LongFormulasNameTheirSharedParts) {
    ExprId squares = a_;
    for (int i = 0; i < 100; ++i) squares = make(Op::Mul, make(Op::Add, squares, b_), squares);
    const std::string whole = text(squares);
    EXPECT_EQ(whole.rfind("(#99 + b)*#99 where #1 = (a + b)*a, #2 = (#1 + b)*#1, #3 = ", 0), 0u);
    EXPECT_TRUE(whole.ends_with(", #99 = (#98 + b)*#98"));
}

TEST_F(Printer, FormulasThatAreNotLongAreWrittenOut) {
    const ExprId sum = make(Op::Add, a_, b_);
    EXPECT_EQ(text(make(Op::Mul, sum, sum)), "(a + b)*(a + b)");
}

TEST_F(Printer, CountsTheNodesOfAFormulaWrittenOut) {
    const ExprId sum = make(Op::Add, a_, b_);
    const auto nodes = [&](ExprId id, double leaf) {
        return written_nodes(pool_, id, [&](const ExprNode&) { return leaf; });
    };
    EXPECT_EQ(nodes(a_, 1), 1);
    EXPECT_EQ(nodes(make(Op::Mul, sum, sum), 1), 7);
    EXPECT_EQ(nodes(make(Op::Mul, sum, sum), 10), 43);
}

TEST(PrintNumber, IsTheShortestTextThatReadsBack) {
    EXPECT_EQ(print_number(0.95), "0.95");
    EXPECT_EQ(print_number(1), "1");
    EXPECT_EQ(print_number(1e-8), "1e-08");
    EXPECT_EQ(print_number(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(print_number(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
    EXPECT_EQ(print_number(-INFINITY), "-inf");
    EXPECT_EQ(print_number(NAN), "nan");
}

TEST(PrintIndex, CountsFromTheStepOfTheEquation) {
    EXPECT_EQ(print_index(0), "[t]");
    EXPECT_EQ(print_index(1), "[t-1]");
    EXPECT_EQ(print_index(-2), "[t+2]");
}

}  // namespace
}  // namespace snnc::ir::test
