// The rules for operators on whole tensors.
#include "tests/unit/ir/net/broken_network.h"

namespace snnc::ir::test {
namespace {

using OperatorVerifier = NetworkVerifier;

TEST_F(OperatorVerifier, AProductNeedsAMatrix) {
    define({2}, stepped, Dense{x_, build_.weight("b", {3})});
    expect_broken("y: weight is no matrix");
}

TEST_F(OperatorVerifier, AProductsShapesFit) {
    define({2}, stepped, Dense{x_, build_.weight("b", {4, 2})});
    expect_broken("y: source shape [3] does not fit weight [4, 2]");
}

TEST_F(OperatorVerifier, AProductsTargetFits) {
    define({3}, stepped, Dense{x_, w_});
    expect_broken("y: target shape does not fit the weight");
}

TEST_F(OperatorVerifier, AProductsWeightIsTheSameForAll) {
    net_[w_].per_sample = true;
    define({2}, stepped, Dense{x_, w_});
    expect_broken("y: weight varies");
}

TEST_F(OperatorVerifier, AProductHasTheStepsOfItsSource) {
    define({2}, stepped, Dense{fixed_, w_});
    expect_broken("y: steps or samples differ from those of fixed");
}

TEST_F(OperatorVerifier, AWeightsGradientIsTheSameForAll) {
    define({3, 3}, held, DenseWeight{x_, x_});
    expect_broken("y: a weight's gradient varies");
}

TEST_F(OperatorVerifier, AWeightsGradientHasBothShapes) {
    define({3, 2}, shared, DenseWeight{x_, x_});
    expect_broken("y: shapes of source, adjoint and gradient do not fit");
}

TEST_F(OperatorVerifier, AWeightsGradientAddsOverWhatBothHave) {
    define({3, 3}, shared, DenseWeight{x_, fixed_});
    expect_broken("y: only one operand is per step: sum it first");
}

TEST_F(OperatorVerifier, AWeightsGradientAddsOverSamplesOfBoth) {
    const TensorId same = build_.weight("same", {3});
    define({3, 3}, shared, DenseWeight{fixed_, same});
    expect_broken("y: only one operand is per sample: sum it first");
}

TEST_F(OperatorVerifier, ASumTakesAwayOnly) {
    define({3}, stepped, SumTo{fixed_});
    expect_broken("y: a sum cannot add steps");
}

TEST_F(OperatorVerifier, ASumAddsNoSamples) {
    define({}, held, SumTo{build_.weight("b", {3})});
    expect_broken("y: a sum cannot add samples");
}

TEST_F(OperatorVerifier, ASumGoesToAScalarOrToChannels) {
    const TensorId y = define({2}, held, SumTo{fixed_});
    expect_broken("y: sums [3] to [2]");
    net_[y].shape = {3};
    expect_sound();
}

TEST_F(OperatorVerifier, AReductionOverTimeNeedsSteps) {
    define({3}, held, LastStep{fixed_});
    expect_broken("y: reduces steps of a tensor without steps");
}

TEST_F(OperatorVerifier, AReductionOverTimeKeepsTheShape) {
    define({}, held, MaxOverTime{x_});
    expect_broken("y: a reduction over steps changes the shape");
}

TEST_F(OperatorVerifier, CrossEntropyGivesOneNumber) {
    define({3}, stepped, CrossEntropy{x_, label_});
    expect_broken("y: cross entropy needs scores [c] and gives []");
}

TEST_F(OperatorVerifier, ALabelIsAnIndex) {
    define({}, stepped, CrossEntropy{x_, build_.input("number", {}, false)});
    expect_broken("y: label is no index");
}

TEST_F(OperatorVerifier, CrossEntropyHasTheStepsOfItsOperands) {
    define({}, held, CrossEntropy{x_, label_});
    expect_broken("y: has no steps but reads x, which has");
}

TEST_F(OperatorVerifier, AOneHotCodeHasTheSamplesOfItsLabel) {
    define({3}, shared, OneHot{label_});
    expect_broken("y: has no samples but reads label, which has");
}

TEST_F(OperatorVerifier, AOneHotCodeHasOneAxis) {
    define({3, 2}, held, OneHot{label_});
    expect_broken("y: one-hot code needs [c]");
}

TEST_F(OperatorVerifier, SoftmaxHasOneAxis) {
    define({}, stepped, Softmax{x_});
    expect_broken("y: softmax needs [c]");
}

TEST_F(OperatorVerifier, ArgMaxGivesOneNumber) {
    define({3}, stepped, ArgMax{x_});
    expect_broken("y: argmax needs [c] and gives []");
}

TEST_F(OperatorVerifier, AWinnerKeepsTheShape) {
    define({}, stepped, Winner{x_});
    expect_broken("y: winner changes the shape");
}

}  // namespace
}  // namespace snnc::ir::test
