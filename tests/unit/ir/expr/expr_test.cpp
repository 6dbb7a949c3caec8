#include "ir/expr/expr.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/ir/expr/evaluate_expression.h"

namespace snnc::ir::test {
namespace {

TEST(ExprPool, EqualExpressionsHaveEqualIds) {
    ExprPool pool;
    const ExprId x = pool.read({0}), two = pool.constant(2);
    const ExprId sum = pool.make(Op::Add, x, two);
    const std::size_t size = pool.size();
    EXPECT_EQ(pool.make(Op::Add, pool.read({0}), pool.constant(2)), sum);
    EXPECT_EQ(pool.size(), size);
}

TEST(ExprPool, EveryPartMakesADifference) {
    ExprPool pool;
    const ExprId x = pool.read({0}), y = pool.read({1});
    EXPECT_NE(pool.make(Op::Add, x, y), pool.make(Op::Add, y, x));  // nothing is reordered
    EXPECT_NE(pool.make(Op::Add, x, y), pool.make(Op::Sub, x, y));
    EXPECT_NE(pool.make(Op::Select, x, x, y), pool.make(Op::Select, x, y, x));
    EXPECT_NE(pool.read({0}, 1), x);
    EXPECT_NE(pool.read({0}, 1), pool.read({0}, -1));
    EXPECT_NE(pool.leaf(Op::StepIndex), pool.leaf(Op::StepCount));
}

TEST(ExprPool, ConstantsAreToldApartByTheirBits) {
    ExprPool pool;
    EXPECT_NE(pool.constant(0.0), pool.constant(-0.0));
    EXPECT_EQ(pool.constant(NAN), pool.constant(NAN));
    EXPECT_EQ(pool.constant(0.1 + 0.2), pool.constant(0.1 + 0.2));
    EXPECT_NE(pool.constant(0.1 + 0.2), pool.constant(0.3));
}

TEST(ExprPool, AskingForAConstantComparesValues) {
    ExprPool pool;
    EXPECT_TRUE(pool.is_constant(pool.constant(-0.0), 0));
    EXPECT_FALSE(pool.is_constant(pool.constant(NAN), NAN));
    EXPECT_FALSE(pool.is_constant(pool.read({0}), 0));
    EXPECT_TRUE(pool.is_constant(pool.constant(3)));
}

TEST(ExprPool, NothingIsSimplified) {
    ExprPool pool;
    const ExprId x = pool.read({0});
    EXPECT_EQ(pool[pool.make(Op::Mul, x, pool.constant(1))].op, Op::Mul);
    EXPECT_EQ(pool[pool.make(Op::Add, pool.constant(1), pool.constant(1))].op, Op::Add);
}

TEST(Expressions, HaveAsManyArgumentsAsTheirOperator) {
    for (const Op op : all_operators) {
        ExprPool pool;
        const ExprId x = pool.read({0});
        const ExprId made = info(op).arity == 3   ? pool.make(op, x, x, x)
                            : info(op).arity == 2 ? pool.make(op, x, x)
                            : info(op).arity == 1 ? pool.make(op, x)
                                                  : pool.leaf(op);
        EXPECT_EQ(int(pool[made].arguments().size()), info(op).arity) << info(op).name;
        EXPECT_EQ(info(op).kind == OpKind::Leaf, info(op).arity == 0) << info(op).name;
    }
}

TEST(ForEachRead, VisitsEveryReadOnceInTheOrderOfTheFormula) {
    ExprPool pool;
    const ExprId late = pool.read({7}), early = pool.read({3}, 1);
    const ExprId product = pool.make(Op::Mul, early, late);
    const ExprId root = pool.make(Op::Add, product, pool.make(Op::Sub, product, pool.read({3})));
    std::vector<std::pair<std::uint32_t, int>> seen;
    for_each_read(pool, root,
                  [&](const ExprNode& read) { seen.emplace_back(read.tensor.index, read.lag); });
    EXPECT_EQ(seen, (std::vector<std::pair<std::uint32_t, int>>{{3, 1}, {7, 0}, {3, 0}}));
}

TEST(RewriteLeaves, ReplacesLeavesAndKeepsTheRest) {
    ExprPool pool;
    const ExprId x = pool.read({0}), y = pool.read({1});
    const ExprId root = pool.make(Op::Mul, pool.make(Op::Add, x, y), pool.make(Op::Neg, x));
    const auto unchanged = [](ExprId id, const ExprNode&) { return id; };
    EXPECT_EQ(rewrite_leaves(pool, root, unchanged), root);

    const ExprId three = pool.constant(3);
    const ExprId replaced = rewrite_leaves(pool, root, [&](ExprId id, const ExprNode& leaf) {
        return leaf.tensor.index == 0 ? three : id;
    });
    EXPECT_EQ(replaced,
              pool.make(Op::Mul, pool.make(Op::Add, three, y), pool.make(Op::Neg, three)));
}

TEST(RewriteLeaves, DeepFormulasNeedNoDeepStack) {
    ExprPool pool;
    const ExprId x = pool.read({0});
    ExprId sum = x;
    for (int i = 0; i < 200000; ++i) sum = pool.make(Op::Add, sum, x);
    int reads = 0;
    for_each_read(pool, sum, [&](const ExprNode&) { ++reads; });
    EXPECT_EQ(reads, 1);
    EXPECT_NE(rewrite_leaves(pool, sum, [&](ExprId, const ExprNode&) { return pool.read({1}); }),
              sum);
}

}  // namespace
}  // namespace snnc::ir::test
