// The derivative of x^0 is 0 everywhere, as PyTorch has it: 0*x^-1 would be NaN at x = 0.
#include <gtest/gtest.h>

#include "ir/autodiff/differentiate.h"
#include "ir/expr/printer.h"

namespace snnc::ir {
namespace {

std::string partial_of_base(ExprPool& pool, ExprId exponent) {
    const ExprId power = pool.make(Op::Pow, pool.read({0}), exponent);
    const ExprId partial = partials(pool, power)[0];
    if (!partial.valid()) return "0";
    return print(pool, partial,
                 [](const ExprNode& read) { return read.tensor.index == 0 ? "x" : "y"; });
}

TEST(PartialsOfPower, OfTheBase) {
    ExprPool pool;
    EXPECT_EQ(partial_of_base(pool, pool.constant(0)), "0");
    EXPECT_EQ(partial_of_base(pool, pool.constant(1.5)), "1.5*x^0.5");
    EXPECT_EQ(partial_of_base(pool, pool.read({1})), "if y == 0 { 0 } else { y*x^(y - 1) }");
}

}  // namespace
}  // namespace snnc::ir
