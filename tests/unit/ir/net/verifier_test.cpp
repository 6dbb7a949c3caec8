// The rules for definitions, the past, formulas and updates.
#include "tests/unit/ir/net/broken_network.h"

namespace snnc::ir::test {
namespace {

TEST_F(NetworkVerifier, ATrainedNetworkIsSound) {
    const Mlp mlp(4, 3, 2);
    EXPECT_TRUE(verify(mlp.build.net).empty());
}

TEST_F(NetworkVerifier, ATensorHasOneDefinition) {
    const TensorId y = define({}, held, build_.number(1));
    build_.formula(y, build_.number(2));
    expect_broken("y: is defined twice");
}

TEST_F(NetworkVerifier, TargetsExist) {
    net_.definitions.push_back({missing_, Formula{net_.pool.constant(1)}});
    expect_broken("definition: target does not exist");
}

TEST_F(NetworkVerifier, OperandsExist) {
    define({}, held, SumTo{missing_});
    expect_broken("y: reads a tensor that does not exist");
}

TEST_F(NetworkVerifier, FormulasExist) {
    define({}, held, Formula{});
    expect_broken("y: formula does not exist");
}

// ---- the past ------------------------------------------------------------------------------

TEST_F(NetworkVerifier, OnlyTensorsWithStepsHaveAPast) {
    define({3}, stepped, read(fixed_, 1));
    expect_broken("y: reads the past of fixed, which has no steps");
}

TEST_F(NetworkVerifier, ACycleMustPassThroughALag) {
    const TensorId a = build_.tensor("a", {}, stepped), b = build_.tensor("b", {}, stepped);
    const TensorId behind = build_.tensor("behind", {}, stepped);
    build_.formula(a, read(b) + read(a, 1));
    build_.formula(b, read(a) + 1.0);
    build_.formula(behind, read(b));
    expect_broken("a cycle within one step: a, b");
}

TEST_F(NetworkVerifier, ACycleThroughALagIsARecurrence) {
    const TensorId a = build_.tensor("a", {}, stepped), b = build_.tensor("b", {}, stepped);
    build_.formula(a, read(b, 1));
    build_.formula(b, read(a) + 1.0);
    expect_sound();
}

TEST_F(NetworkVerifier, AnInitialValueIsNeededInTheFirstStep) {
    const TensorId start = build_.tensor("start", {}, held), v = build_.tensor("v", {}, stepped);
    net_[v].initial = start;
    build_.formula(v, read(v, 1));
    build_.op("end", {}, held, LastStep{v});
    build_.formula(start, read(net_.find("end")));
    expect_broken("a cycle within one step: start, v, end");
}

TEST_F(NetworkVerifier, InitialValuesExist) {
    net_[x_].initial = missing_;
    expect_broken("x: initial value is missing");
}

TEST_F(NetworkVerifier, InitialValuesHaveNoSteps) {
    net_[x_].initial = build_.input("start", {3}, true);
    expect_broken("x: initial value is per step");
}

TEST_F(NetworkVerifier, InitialValuesAreNoFinerThanTheirTensor) {
    net_[x_].initial = build_.input("start", {2}, false);
    expect_broken("x: shape [3] has an initial value of shape [2]");
    net_[x_].initial = build_.input("start", {}, false);
    expect_sound();
    net_[x_].per_sample = false;
    expect_broken("x: has no samples but its initial value has");
}

// ---- formulas ------------------------------------------------------------------------------

TEST_F(NetworkVerifier, AFormulaWithoutStepsReadsNone) {
    define({3}, held, read(x_));
    expect_broken("y: has no steps but reads x, which has");
}

TEST_F(NetworkVerifier, AFormulaWithoutSamplesReadsNone) {
    define({3}, shared, read(fixed_));
    expect_broken("y: has no samples but reads fixed, which has");
}

TEST_F(NetworkVerifier, AFormulaReadsItsOwnShapeOrAScalar) {
    define({2}, held, read(fixed_));
    expect_broken("y: shape [2] reads fixed of shape [3]");
}

TEST_F(NetworkVerifier, AFormulaReadsValuesPerChannel) {
    const TensorId gain = build_.weight("gain", {3});
    define({3, 4}, held, read(gain));
    expect_broken("y: shape [3, 4] reads gain of shape [3]");
    net_[gain].per_channel = true;
    expect_sound();
}

// ---- updates -------------------------------------------------------------------------------

TEST_F(NetworkVerifier, UpdatesHaveATarget) {
    net_.updates.push_back({missing_, net_.pool.constant(0)});
    expect_broken("update: target does not exist");
}

TEST_F(NetworkVerifier, UpdatesReadWhatExists) {
    net_.updates.push_back({w_, net_.pool.read(missing_)});
    expect_broken("update of w: reads a tensor that does not exist");
}

TEST_F(NetworkVerifier, UpdatesChangeWhatComesFromOutside) {
    const TensorId y = define({}, shared, build_.number(1));
    net_.updates.push_back({y, net_.pool.constant(0)});
    expect_broken("update of y: target has a definition");
}

TEST_F(NetworkVerifier, UpdatesChangeWhatLastsFromRunToRun) {
    net_.updates.push_back({fixed_, net_.pool.constant(0)});
    expect_broken("update of fixed: target has steps or samples");
}

TEST_F(NetworkVerifier, UpdatesFollowTheRulesOfFormulas) {
    net_.updates.push_back({w_, net_.pool.read(build_.weight("b", {3}))});
    expect_broken("update of w: shape [3, 2] reads b of shape [3]");
}

}  // namespace
}  // namespace snnc::ir::test
