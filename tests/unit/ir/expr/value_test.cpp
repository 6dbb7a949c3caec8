#include "ir/expr/value.h"

#include <gtest/gtest.h>

namespace snnc::ir {
namespace {

class ValueTest : public testing::Test {
 protected:
    ExprPool pool_;
    const Value x_{pool_, pool_.read({0})}, y_{pool_, pool_.read({1})};
    const Value zero_ = x_.constant(0), one_ = x_.constant(1);

    static void expect_same(const Value& a, const Value& b) { EXPECT_EQ(a.id(), b.id()); }
};

TEST_F(ValueTest, SumsDropZeros) {
    expect_same(x_ + 0.0, x_);
    expect_same(0.0 + x_, x_);
    expect_same(x_ - 0.0, x_);
    expect_same(0.0 - x_, -x_);
    expect_same(zero_ + zero_, zero_);
}

TEST_F(ValueTest, ProductsDropOnesAndVanishWithZeros) {
    expect_same(x_ * 1, x_);
    expect_same(1 * x_, x_);
    expect_same(x_ * 0, zero_);
    expect_same(0 * x_, zero_);
    expect_same(-1 * x_, -x_);
    expect_same(x_ * -1, -x_);
    expect_same(x_ / one_, x_);
    expect_same(zero_ / x_, zero_);
}

TEST_F(ValueTest, TwoMinusSignsCancel) {
    expect_same(-(-x_), x_);
    expect_same(-one_, x_.constant(-1));
    expect_same(x_ + -y_, x_ - y_);
}

TEST_F(ValueTest, OtherOperationsStayAsWritten) {
    EXPECT_EQ(pool_[(x_ + y_).id()].op, Op::Add);
    EXPECT_EQ(pool_[(x_ * y_).id()].op, Op::Mul);
    EXPECT_EQ(pool_[(2 / x_).id()].op, Op::Div);
    EXPECT_EQ(pool_[(x_ < y_).id()].op, Op::Lt);
    EXPECT_EQ(pool_[(x_ <= y_).id()].op, Op::Le);
    EXPECT_EQ(pool_[(x_ > y_).id()].op, Op::Gt);
    EXPECT_EQ(pool_[(x_ == y_).id()].op, Op::Eq);
    EXPECT_EQ(pool_[(x_ && y_).id()].op, Op::And);
    EXPECT_EQ(pool_[(x_.constant(2) + 3).id()].op, Op::Add);  // no folding
}

TEST_F(ValueTest, EqualBranchesNeedNoCondition) {
    expect_same(select(x_ > 0.0 * y_, y_, y_), y_);
    EXPECT_EQ(pool_[select(x_, y_, zero_).id()].op, Op::Select);
}

}  // namespace
}  // namespace snnc::ir
