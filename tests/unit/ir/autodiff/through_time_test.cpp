// Gradients of small recurrent networks, built by hand, against finite differences.
#include <gtest/gtest.h>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/autodiff/gradient_check.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

constexpr Kind given_initial{false, true, Role::Initial};

class ThroughTime : public testing::Test {
 protected:
    Term read(TensorId id, int lag = 0) { return build_.read(id, lag); }
    Term tanh(Term x) { return make(Op::Tanh, x); }
    Term square(Term x) { return x * x; }
    /// Sum of squares over steps and elements, for each sample.
    TensorId energy(TensorId of) {
        const Shape shape = build_.net[of].shape;
        const Kind kind{build_.net[of].per_step, build_.net[of].per_sample};
        const TensorId squares = build_.formula("squares", shape, kind, square(read(of)));
        return build_.op("loss", {}, held, SumTo{squares});
    }
    TensorId initial(const std::string& name, Shape shape, Kind kind = given_initial) {
        return build_.tensor(name, std::move(shape), kind);
    }
    TensorId state(const std::string& name, Shape shape, TensorId before = {}) {
        const TensorId id = build_.tensor(name, std::move(shape), stepped);
        build_.net[id].initial = before;
        return id;
    }

    Builder build_;
    Network& net_ = build_.net;
};

TEST_F(ThroughTime, AnIntegratorWithItsDecayWeightAndInitialValue) {
    const TensorId x = build_.input("x", {3}, true);
    const TensorId decay = build_.weight("decay", {}), w = build_.weight("w", {3});
    const TensorId start = initial("start", {3});
    const TensorId v = state("v", {3}, start);
    build_.formula(v, read(decay) * read(v, 1) + read(w) * read(x));
    expect_gradients(net_, energy(v), {x, decay, w, start}, {5, 2});
}

TEST_F(ThroughTime, WithoutAnInitialValueThePastIsZero) {
    const TensorId x = build_.input("x", {2}, true), decay = build_.weight("decay", {2});
    const TensorId v = state("v", {2});
    build_.formula(v, tanh(read(decay) * read(v, 1)) + read(x));
    expect_gradients(net_, energy(v), {x, decay}, {4, 3});
}

TEST_F(ThroughTime, OneStepHasNoPast) {
    const TensorId x = build_.input("x", {2}, true), start = initial("start", {2});
    const TensorId v = state("v", {2}, start);
    build_.formula(v, tanh(read(v, 1) * read(x)));
    expect_gradients(net_, energy(v), {x, start}, {1, 2});
}

TEST_F(ThroughTime, SeveralLagsOfOneState) {
    const TensorId x = build_.input("x", {2}, true);
    const TensorId a = build_.weight("a", {}), b = build_.weight("b", {});
    const TensorId start = initial("start", {2});
    const TensorId v = state("v", {2}, start);
    build_.formula(v, read(a) * read(v, 1) + tanh(read(b) * read(v, 3)) * read(v, 2) + read(x));
    const TensorId loss = energy(v);
    // Also where the run is shorter than the longest lag.
    for (const std::int64_t steps : {2, 3, 6})
        expect_gradients(net_, loss, {x, a, b, start}, {steps, 2});
}

TEST_F(ThroughTime, TwoStatesThatDriveEachOther) {
    const TensorId x = build_.input("x", {2}, true), gain = build_.weight("gain", {});
    const TensorId start_v = initial("start_v", {2}), start_u = initial("start_u", {2});
    const TensorId v = state("v", {2}, start_v), u = state("u", {2}, start_u);
    build_.formula(v, tanh(read(gain) * read(v, 1) - read(u, 1) + read(x)));
    build_.formula(u, 0.5 * read(u, 1) + read(v) * read(gain));
    expect_gradients(net_, energy(v), {x, gain, start_v, start_u}, {5, 2});
}

TEST_F(ThroughTime, OneInitialValueForAllSamplesAndElements) {
    const TensorId x = build_.input("x", {3}, true);
    const TensorId start = initial("start", {}, {false, false, Role::Initial});
    const TensorId v = state("v", {3}, start);
    build_.formula(v, tanh(read(v, 1) + read(v, 2)) + read(x));
    expect_gradients(net_, energy(v), {x, start}, {4, 3});
}

TEST_F(ThroughTime, InitialValuesPerChannel) {
    const TensorId x = build_.input("x", {2, 3}, true);
    const TensorId start = initial("start", {2}, {false, false, Role::Initial});
    net_[start].per_channel = true;
    const TensorId v = state("v", {2, 3}, start);
    build_.formula(v, tanh(read(v, 1)) * read(x) + read(x));
    expect_gradients(net_, energy(v), {x, start}, {3, 2});
}

TEST_F(ThroughTime, AnInitialValueThatIsAFormula) {
    const TensorId x = build_.input("x", {2}, true), rest = build_.weight("rest", {2});
    const TensorId start = build_.tensor("start", {2}, {false, false});
    build_.formula(start, square(read(rest)));
    const TensorId v = state("v", {2}, start);
    build_.formula(v, tanh(read(v, 1) + read(x)));
    expect_gradients(net_, energy(v), {x, rest}, {3, 2});
}

TEST_F(ThroughTime, DelayedInputs) {
    const TensorId x = build_.input("x", {2}, true);
    const TensorId y = build_.formula("y", {2}, stepped, read(x, 2) * read(x) + read(x, 1));
    expect_gradients(net_, energy(y), {x}, {5, 2});
}

TEST_F(ThroughTime, FactorsThatDependOnTheStep) {
    const TensorId x = build_.input("x", {2}, true), start = initial("start", {2});
    const TensorId v = state("v", {2}, start);
    const Term t{&net_.pool, net_.pool.leaf(Op::StepIndex)};
    const Term share = make(Op::Div, t + 1.0, Term{&net_.pool, net_.pool.leaf(Op::StepCount)});
    build_.formula(v, share * read(v, 1) + read(x));
    expect_gradients(net_, energy(v), {x, start}, {4, 2});
}

TEST_F(ThroughTime, AHeldInputReceivesTheSumOverTheSteps) {
    const TensorId x = build_.input("x", {3}, false);
    const auto fc = build_.dense("fc", x, 3, 2);
    const TensorId v = state("v", {2});
    build_.formula(v, tanh(read(v, 1) + read(fc.sum)));
    expect_gradients(net_, energy(v), {x, fc.weight, fc.bias}, {4, 3});
}

TEST_F(ThroughTime, ARecurrentLayer) {
    const TensorId x = build_.input("x", {3}, true);
    const auto in = build_.dense("in", x, 3, 2);
    const TensorId h = state("h", {2}, initial("start", {2}));
    const TensorId before = build_.formula("before", {2}, stepped, read(h, 1));
    const auto back = build_.dense("back", before, 2, 2);
    build_.formula(h, tanh(read(in.sum) + read(back.sum)));
    expect_gradients(net_, energy(h),
                     {x, in.weight, in.bias, back.weight, back.bias, net_.find("start")}, {4, 3});
}

TEST_F(ThroughTime, AWeightThatTwoLayersShare) {
    const TensorId x = build_.input("x", {3}, true), w = build_.weight("w", {3, 3});
    const TensorId a = build_.op("a", {3}, stepped, Dense{x, w});
    const TensorId b = build_.formula("b", {3}, stepped, tanh(read(a)));
    const TensorId c = build_.op("c", {3}, stepped, Dense{b, w, true});
    expect_gradients(net_, energy(c), {x, w}, {3, 2});
}

TEST_F(ThroughTime, AParameterThatIsComputedFromAnother) {
    const TensorId x = build_.input("x", {3}, true);
    const TensorId raw = build_.weight("raw", {3}), mixing = build_.weight("mixing", {3, 2});
    const TensorId positive =
        build_.formula("positive", {3}, shared, make(Op::Softplus, read(raw)));
    const TensorId mixed = build_.op("mixed", {2}, shared, Dense{positive, mixing});
    const TensorId total = build_.op("total", {}, shared, SumTo{mixed});
    const TensorId y = build_.formula("y", {3}, stepped, read(x) * read(positive) * read(total));
    expect_gradients(net_, energy(y), {x, raw, mixing}, {2, 3});
}

TEST_F(ThroughTime, ParametersPerChannel) {
    const TensorId x = build_.input("x", {2, 3}, true), gain = build_.weight("gain", {2});
    net_[gain].per_channel = true;
    const TensorId v = state("v", {2, 3});
    build_.formula(v, tanh(read(v, 1) + read(gain) * read(x)));
    expect_gradients(net_, energy(v), {x, gain}, {3, 2});
}

TEST_F(ThroughTime, AnInputThatIsConstantOverTheBatchCountsOnce) {
    const TensorId x = build_.tensor("x", {2}, {true, false, Role::Input});
    const TensorId scale = build_.input("scale", {}, false);
    const TensorId y = build_.formula("y", {2}, stepped, tanh(read(x) * read(scale)));
    expect_gradients(net_, energy(y), {x, scale}, {3, 4});
}

TEST_F(ThroughTime, DetachCutsTheRecurrence) {
    const TensorId x = build_.input("x", {}, true), start = initial("start", {});
    const TensorId v = state("v", {}, start);
    build_.formula(v, make(Op::Detach, read(v, 1)) + read(x));
    const Gradients gradients = differentiate(net_, energy(v), {x, start});
    EXPECT_TRUE(gradients.of(x).valid());
    EXPECT_FALSE(gradients.of(start).valid());
}

/// Two steps by hand: v[0] = x[0], s[0] = spike(v[0]-1), v[1] = v[0] - s[0] + x[1].
TEST_F(ThroughTime, ASpikePassesItsSurrogateBackInTime) {
    const TensorId x = build_.input("x", {}, true);
    const TensorId v = state("v", {}), s = build_.tensor("s", {}, spikes);
    build_.formula(v, read(v, 1) - read(s, 1) + read(x));
    build_.formula(s, make(Op::Spike, read(v) - 1, build_.number(0.25)));
    const TensorId loss = build_.op("loss", {}, held, LastStep{v});
    const Gradients gradients = differentiate(net_, loss, {x});
    LoweringOptions options;
    options.results = {gradients.of(x)};
    const test::Run result =
        run<double>(net_, lower(net_, options), {2, 1}, 1, {{x.index, {0.7, 0.2}}});
    EXPECT_EQ(result[gradients.of(x)], (std::vector<double>{1 - 0.25, 1}));
}

}  // namespace
}  // namespace snnc::ir::test
