#include "ir/interpreter/interpreter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

using Values = std::vector<double>;

/// Runs in Real with given values and returns one result.
template <class Real>
Values result(const Network& network, TensorId wanted, const RunSize& size,
              std::map<std::uint32_t, Values> given) {
    LoweringOptions options;
    options.results = {wanted};
    const StepProgram program = lower(network, options);
    EXPECT_TRUE(verify(network).empty());
    EXPECT_TRUE(verify(network, program).empty());
    return run<Real>(network, program, size, 1, std::move(given))[wanted];
}

const Values golden_input{0.6, 0.9, 0.3, 2.5, 0.1, 0.4, 0.0, 1.1};

// Membranes and spikes of snnTorch's Leaky(beta = 0.5), seven significant digits, float32.
TEST(Interpreter, LeakyWithSubtraction) {
    Builder build;
    const TensorId x = build.input("x", {}, true);
    const auto cell = build.leaky("cell", {}, build.read(x), false, 0.5);
    const Values v = result<float>(build.net, cell.v, {8, 1}, {{x.index, golden_input}});
    const Values expected{0.6, 1.2, -0.09999996, 2.45, 0.325, 0.5625, 0.28125, 1.240625};
    for (std::size_t t = 0; t < 8; ++t) EXPECT_FLOAT_EQ(float(v[t]), float(expected[t])) << t;
    EXPECT_EQ(result<float>(build.net, cell.s, {8, 1}, {{x.index, golden_input}}),
              (Values{0, 1, 0, 1, 0, 0, 0, 1}));
}

TEST(Interpreter, LeakyWithResetToZero) {
    Builder build;
    const TensorId x = build.input("x", {}, true);
    const TensorId v = build.tensor("v", {}, stepped);
    const TensorId r = build.formula("r", {}, spikes, make(Op::Step, build.read(v, 1) - 1));
    const Term kept = 0.5 * (build.number(1) - build.read(r));
    build.formula(v, kept * build.read(v, 1) + build.read(x));
    const Values got = result<float>(build.net, v, {8, 1}, {{x.index, golden_input}});
    const Values expected{0.6, 1.2, 0.3, 2.65, 0.1, 0.45, 0.225, 1.2125};
    for (std::size_t t = 0; t < 8; ++t) EXPECT_FLOAT_EQ(float(got[t]), float(expected[t])) << t;
}

TEST(Interpreter, FloatRoundsOnceInEachOperation) {
    Builder build;
    const TensorId a = build.input("a", {}, false);
    const TensorId b = build.input("b", {}, false);
    const TensorId y = build.formula("y", {}, held, build.read(a) * build.read(a) + build.read(b));
    const float x = 1.0F + 1.0F / 4096;
    volatile float square = x * x;  // rounded; a fused operation would give another difference
    const Values got =
        result<float>(build.net, y, {1, 1}, {{a.index, {double(x)}}, {b.index, {-double(square)}}});
    EXPECT_EQ(got[0], 0.0);
}

TEST(Interpreter, ReductionsOverTime) {
    Builder build;
    const TensorId x = build.input("x", {2}, true);
    const TensorId largest = build.op("largest", {2}, held, MaxOverTime{x});
    const TensorId first = build.op("first", {2}, held, FirstMaxOverTime{x});
    const TensorId last = build.op("last", {2}, held, LastStep{x});
    const TensorId spike = build.op("spike", {2}, held, FirstSpike{x});
    const std::map<std::uint32_t, Values> given{{x.index, {0, 0, 3, 0, 3, 0, 1, 0}}};
    const RunSize size{4, 1};
    EXPECT_EQ(result<double>(build.net, largest, size, given), (Values{3, 0}));
    EXPECT_EQ(result<double>(build.net, first, size, given), (Values{1, 0}));
    EXPECT_EQ(result<double>(build.net, last, size, given), (Values{1, 0}));
    EXPECT_EQ(result<double>(build.net, spike, size, given), (Values{1, 3}));
}

TEST(Interpreter, ClassScores) {
    Builder build;
    const TensorId x = build.input("x", {3}, false);
    const TensorId label = build.label("label");
    const TensorId entropy = build.op("entropy", {}, held, CrossEntropy{x, label});
    const TensorId softmax = build.op("softmax", {3}, held, Softmax{x});
    const TensorId one_hot = build.op("one_hot", {3}, held, OneHot{label});
    const TensorId best = build.op("best", {}, held, ArgMax{x});
    const TensorId winner = build.op("winner", {3}, held, Winner{x});
    const std::map<std::uint32_t, Values> given{{x.index, {1, 1000, 1000}}, {label.index, {2}}};
    EXPECT_DOUBLE_EQ(result<double>(build.net, entropy, {1, 1}, given)[0], std::log(2.0));
    EXPECT_EQ(result<double>(build.net, softmax, {1, 1}, given), (Values{0, 0.5, 0.5}));
    EXPECT_EQ(result<double>(build.net, one_hot, {1, 1}, given), (Values{0, 0, 1}));
    EXPECT_EQ(result<double>(build.net, best, {1, 1}, given), (Values{1}));
    EXPECT_EQ(result<double>(build.net, winner, {1, 1}, given), (Values{0, 1, 0}));
}

TEST(Interpreter, IndexResultsAreIntegers) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    Kind kind = stepped;
    kind.data = DataKind::Index;
    const TensorId best = build.op("best", {}, kind, ArgMax{x});
    EXPECT_EQ(result<float>(build.net, best, {2, 1}, {{x.index, {1, 2, 0, 5, 2, 0}}}),
              (Values{1, 0}));
}

TEST(Interpreter, ValuesPerChannelSpreadOverTheRest) {
    Builder build;
    const TensorId x = build.input("x", {2, 3}, false);
    const TensorId gain = build.weight("gain", {2});
    build.net[gain].per_channel = true;
    const TensorId y = build.formula("y", {2, 3}, held, build.read(x) * build.read(gain));
    const TensorId sum = build.tensor("sum", {2}, shared);
    build.net[sum].per_channel = true;
    build.net.define(sum, SumTo{y});
    const std::map<std::uint32_t, Values> given{{x.index, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1}},
                                                {gain.index, {1, 10}}};
    EXPECT_EQ(result<double>(build.net, y, {1, 2}, given),
              (Values{1, 2, 3, 40, 50, 60, 7, 8, 9, 10, 10, 10}));
    EXPECT_EQ(result<double>(build.net, sum, {1, 2}, given), (Values{30, 180}));
}

TEST(Interpreter, BlocksJoinWithoutSeams) {
    for (std::int64_t elements : {1, 255, 256, 257, 1000}) {
        Builder build;
        const TensorId x = build.input("x", {elements}, true);
        const auto cell = build.leaky("cell", {elements}, build.read(x), false, 0.9);
        LoweringOptions options;
        options.results = {cell.v, cell.s};
        expect_as_defined(build.net, options, {3, 2}, 13);
    }
}

TEST(Interpreter, BranchNotTakenGivesNoValue) {
    Builder build;
    const TensorId x = build.input("x", {2}, false);
    ExprPool& pool = build.net.pool;
    const Term condition = make(Op::Gt, build.read(x), build.number(0));
    const Term logarithm = make(Op::Ln, build.read(x));
    const TensorId y =
        build.formula("y", {2}, held,
                      {&pool, pool.make(Op::Select, condition.id, logarithm.id, pool.constant(7))});
    EXPECT_EQ(result<double>(build.net, y, {1, 1}, {{x.index, {-1, 1}}}), (Values{7, 0}));
}

TEST(Interpreter, StepsAndSizesAreNumbers) {
    Builder build;
    const ExprId t = build.net.pool.leaf(Op::StepIndex);
    const ExprId steps = build.net.pool.leaf(Op::StepCount);
    const ExprId batch = build.net.pool.leaf(Op::BatchSize);
    const TensorId y = build.tensor("y", {}, {true, false});
    build.net.define(
        y, Formula{build.net.pool.make(Op::Add, t, build.net.pool.make(Op::Mul, steps, batch))});
    EXPECT_EQ(result<double>(build.net, y, {3, 5}, {}), (Values{15, 16, 17}));
}

TEST(Interpreter, SpikesThatDidNotHappenAddNothing) {
    Builder build;
    const TensorId x = build.input("x", {2}, false);
    build.net[x].kind = DataKind::Spike;
    const TensorId weight = build.weight("weight", {2, 1});
    const TensorId y = build.op("y", {1}, held, Dense{x, weight});
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_EQ(
        result<double>(build.net, y, {1, 1}, {{x.index, {0, 1}}, {weight.index, {infinite, 3}}}),
        (Values{3}));
}

TEST(Interpreter, DeepFormulas) {
    Builder build;
    const TensorId x = build.input("x", {}, false);
    Term sum = build.read(x);
    for (int i = 1; i <= 20000; ++i) sum = sum + double(i % 3);
    const TensorId y = build.formula("y", {}, held, sum);
    LoweringOptions options;
    options.results = {y};
    const StepProgram program = lower(build.net, options);
    EXPECT_EQ(run<double>(build.net, program, {1, 1}, 1, {{x.index, {0}}})[y], (Values{20001}));
}

}  // namespace
}  // namespace snnc::ir::test
