// Gradients of the operators on whole tensors, and what differentiate() promises of its result.
#include <gtest/gtest.h>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/autodiff/gradient_check.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

class ThroughOperators : public testing::Test {
 protected:
    Term read(TensorId id, int lag = 0) { return build_.read(id, lag); }
    /// A weighted sum of all elements: tells them apart, as a plain sum would not.
    TensorId weighted(TensorId of) {
        const Kind kind{net_[of].per_step, net_[of].per_sample};
        const TensorId w = build_.input("pattern", net_[of].shape, false);
        const TensorId y =
            build_.formula("product", net_[of].shape, kind, make(Op::Sin, read(of)) * read(w));
        return build_.op("loss", {}, held, SumTo{y});
    }
    std::vector<double> gradient(TensorId loss, TensorId of, const RunSize& size,
                                 const std::map<std::uint32_t, std::vector<double>>& given) {
        const Gradients gradients = differentiate(net_, loss, {of});
        LoweringOptions options;
        options.results = {gradients.of(of)};
        return run<double>(net_, lower(net_, options), size, 1, given)[gradients.of(of)];
    }

    Builder build_;
    Network& net_ = build_.net;
};

TEST_F(ThroughOperators, LastStep) {
    const TensorId x = build_.input("x", {3}, true);
    expect_gradients(net_, weighted(build_.op("y", {3}, held, LastStep{x})), {x}, {4, 2});
}

TEST_F(ThroughOperators, MaxOverTime) {
    const TensorId x = build_.input("x", {3}, true);
    expect_gradients(net_, weighted(build_.op("y", {3}, held, MaxOverTime{x})), {x}, {4, 2});
}

TEST_F(ThroughOperators, MaxOverTimePassesToTheFirstOfEqualSteps) {
    const TensorId x = build_.input("x", {}, true);
    const TensorId loss = build_.op("loss", {}, held, MaxOverTime{x});
    EXPECT_EQ(gradient(loss, x, {4, 1}, {{x.index, {0, 5, 5, 1}}}),
              (std::vector<double>{0, 1, 0, 0}));
}

/// A spike one step later raises the time by one (snnTorch's temporal losses).
TEST_F(ThroughOperators, FirstSpikePassesItsNegativeToTheStepOfTheSpike) {
    const TensorId s = build_.input("s", {}, true);
    const TensorId loss = build_.op("loss", {}, held, FirstSpike{s});
    EXPECT_EQ(gradient(loss, s, {4, 2}, {{s.index, {0, 0, 1, 0, 1, 0, 0, 0}}}),
              (std::vector<double>{0, 0, -0.5, 0, 0, 0, 0, -0.5}));
}

TEST_F(ThroughOperators, SoftmaxInEveryStep) {
    const TensorId x = build_.input("x", {3}, true);
    expect_gradients(net_, weighted(build_.op("y", {3}, stepped, Softmax{x})), {x}, {2, 2});
}

TEST_F(ThroughOperators, SumsOverEveryAxis) {
    const TensorId x = build_.input("x", {2, 3}, true);
    const TensorId steps = build_.op("steps", {2, 3}, held, SumTo{x});
    expect_gradients(net_, weighted(steps), {x}, {3, 2});
    const TensorId channels = build_.tensor("channels", {2}, held);
    net_[channels].per_channel = true;
    net_.define(channels, SumTo{x});
    expect_gradients(net_, weighted(channels), {x}, {3, 2});
    const TensorId everything = build_.op("everything", {}, shared, SumTo{x});
    const TensorId own = build_.input("own", {}, false);
    const TensorId loss = build_.formula("loss", {}, held, read(everything) * read(own));
    expect_gradients(net_, loss, {x, own}, {3, 2});
}

TEST_F(ThroughOperators, ProductsBothWays) {
    const TensorId x = build_.input("x", {3}, true), w = build_.weight("w", {3, 2});
    const TensorId y = build_.op("y", {2}, stepped, Dense{x, w});
    const TensorId z = build_.op("z", {3}, stepped, Dense{y, w, true});
    expect_gradients(net_, weighted(z), {x, w}, {3, 2});
}

TEST_F(ThroughOperators, AProductThatIsTheSameForAllSamples) {
    const TensorId x = build_.weight("x", {3}), w = build_.weight("w", {3, 2});
    const TensorId y = build_.op("y", {2}, shared, Dense{x, w});
    const TensorId own = build_.input("own", {2}, false);
    const TensorId product = build_.formula("product", {2}, held, read(y) * read(own));
    expect_gradients(net_, build_.op("loss", {}, held, SumTo{product}), {x, w, own}, {1, 3});
}

TEST_F(ThroughOperators, CrossEntropyInEveryStep) {
    const TensorId x = build_.input("x", {3}, true), label = build_.label("label");
    const TensorId entropy = build_.op("entropy", {}, stepped, CrossEntropy{x, label});
    expect_gradients(net_, build_.op("loss", {}, held, SumTo{entropy}), {x}, {3, 4});
}

TEST_F(ThroughOperators, CrossEntropyOfScoresThatAreTheSameForAllSamples) {
    const TensorId scores = build_.weight("scores", {3}), label = build_.label("label");
    const TensorId loss = build_.op("loss", {}, held, CrossEntropy{scores, label});
    expect_gradients(net_, loss, {scores}, {1, 4});
}

TEST_F(ThroughOperators, CrossEntropyOfHeldScoresWithALabelForEveryStep) {
    const TensorId x = build_.input("x", {3}, false);
    const TensorId label = build_.tensor("label", {}, {true, true, Role::Target, DataKind::Index});
    const TensorId entropy = build_.op("entropy", {}, stepped, CrossEntropy{x, label});
    expect_gradients(net_, build_.op("loss", {}, held, SumTo{entropy}), {x}, {3, 4});
}

TEST_F(ThroughOperators, LabelsPassNothing) {
    const TensorId x = build_.input("x", {3}, false), label = build_.label("label");
    const TensorId code = build_.op("code", {3}, held, OneHot{label});
    const TensorId best = build_.op("best", {}, held, ArgMax{x});
    const TensorId winner = build_.op("winner", {3}, held, Winner{x});
    const TensorId y = build_.formula("y", {3}, held, read(code) + read(best) + read(winner));
    const Gradients gradients =
        differentiate(net_, build_.op("loss", {}, held, SumTo{y}), {x, label});
    EXPECT_FALSE(gradients.of(x).valid());
    EXPECT_FALSE(gradients.of(label).valid());
}

// ---- the whole ------------------------------------------------------------------------------

TEST_F(ThroughOperators, TheGradientIsThatOfTheMeanOverTheSamples) {
    const TensorId x = build_.input("x", {}, false);
    const TensorId loss = build_.formula("loss", {}, held, 3 * read(x));
    EXPECT_EQ(gradient(loss, x, {1, 4}, {}), std::vector<double>(4, 0.75));
}

TEST_F(ThroughOperators, TheLossItselfMayBeAsked) {
    const TensorId loss = build_.input("x", {}, false);
    EXPECT_EQ(gradient(loss, loss, {1, 4}, {}), std::vector<double>{0.25});
}

TEST_F(ThroughOperators, AdjointsThatNobodyNeedsAreNotMade) {
    const TensorId x = build_.input("x", {3}, true);
    const auto fc = build_.dense("fc", x, 3, 2);
    const auto unused = build_.dense("unused", x, 3, 2);
    const TensorId loss = build_.op("loss", {}, held, SumTo{fc.sum});
    const Gradients gradients = differentiate(net_, loss, {fc.weight, unused.weight});
    EXPECT_TRUE(gradients.of(fc.weight).valid());
    EXPECT_TRUE(gradients.of(fc.sum).valid());
    EXPECT_FALSE(gradients.of(x).valid());
    EXPECT_FALSE(gradients.of(fc.bias).valid());
    EXPECT_FALSE(gradients.of(unused.weight).valid());
    EXPECT_FALSE(gradients.of({1000}).valid());
}

TEST_F(ThroughOperators, ALossThatDependsOnNothingHasNoGradient) {
    const TensorId w = build_.weight("w", {});
    const TensorId loss = build_.formula("loss", {}, held, build_.number(1));
    const std::size_t definitions = net_.definitions.size();
    EXPECT_FALSE(differentiate(net_, loss, {w}).of(w).valid());
    EXPECT_EQ(net_.definitions.size(), definitions);
}

}  // namespace
}  // namespace snnc::ir::test
