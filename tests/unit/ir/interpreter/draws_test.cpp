// Random numbers in the interpreter: where they lie in Philox's blocks, that sizes of batches do
// not matter, and what the quantiles make of them.
#include <gtest/gtest.h>

#include <cmath>

#include "ir/autodiff/differentiate.h"
#include "ir/expr/quantiles.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

using runtime::Purpose;

Draws draws(std::uint64_t seed, std::uint32_t epoch = 0, std::vector<std::uint32_t> samples = {}) {
    return {seed, epoch, std::move(samples)};
}

/// A population of noise and one of numbers that hold for the run.
struct Noise {
    Builder build;
    TensorId noise, start;

    explicit Noise(std::int64_t elements) {
        const Term each = build.draw({"cells.v", Purpose::Noise, true});
        const Term once = build.draw({"cells.v", Purpose::InitialState, false});
        noise = build.formula("noise", {elements}, stepped, each);
        start = build.formula("start", {elements}, held, once);
    }
    std::vector<double> values(TensorId id, const RunSize& size, const Draws& draws) {
        LoweringOptions options;
        options.results = {id};
        return run<float>(build.net, lower(build.net, options), size, 1, {}, draws)[id];
    }
};

TEST(Draws, AreWhatTheDecisionSays) {
    for (const std::int64_t elements : {1, 31, 32, 33, 100, 257}) {
        Noise network(elements);
        LoweringOptions options;
        options.results = {network.noise, network.start};
        expect_as_defined(network.build.net, options, {3, 2}, 1, draws(9, 2, {70000, 5}));
    }
}

TEST(Draws, KnownNumbers) {
    Noise network(40);
    const auto key = runtime::philox_key(11, Purpose::Noise, "cells.v");
    const auto values = network.values(network.noise, {2, 1}, draws(11, 3, {7}));
    // Element 39 of step 1 is word 0 of block 15; element 13 is word 1 of block 5.
    EXPECT_EQ(values[40 + 39], double(runtime::philox({15, 1, 7, 3}, key)[0] >> 8) / 0x1p24);
    EXPECT_EQ(values[40 + 13], double(runtime::philox({5, 1, 7, 3}, key)[1] >> 8) / 0x1p24);
}

TEST(Draws, DoNotDependOnTheBatch) {
    Noise network(35);
    const auto all = network.values(network.noise, {3, 5}, draws(4));
    for (std::uint32_t sample = 0; sample < 5; ++sample) {
        const auto one = network.values(network.noise, {3, 1}, draws(4, 0, {sample}));
        for (std::size_t t = 0; t < 3; ++t)
            for (std::size_t e = 0; e < 35; ++e)
                EXPECT_EQ(one[t * 35 + e], all[(t * 5 + sample) * 35 + e]);
    }
}

TEST(Draws, DifferWithSeedEpochPurposeAndStep) {
    Noise network(64);
    const auto first = network.values(network.noise, {1, 1}, draws(1));
    EXPECT_NE(first, network.values(network.noise, {1, 1}, draws(2)));
    EXPECT_NE(first, network.values(network.noise, {1, 1}, draws(1, 1)));
    EXPECT_NE(first, network.values(network.noise, {1, 1}, draws(1, 0, {1})));
    EXPECT_NE(first, network.values(network.start, {1, 1}, draws(1)));
    const auto two = network.values(network.noise, {2, 1}, draws(1));
    EXPECT_NE(first, std::vector<double>(two.begin() + 64, two.end()));
    EXPECT_EQ(first, std::vector<double>(two.begin(), two.begin() + 64));
}

TEST(Draws, AreUniform) {
    Noise network(1000);
    const auto values = network.values(network.noise, {50, 4}, draws(3));
    double mean = 0, square = 0, neighbours = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_GE(values[i], 0);
        ASSERT_LT(values[i], 1);
        mean += values[i];
        square += values[i] * values[i];
        if (i) neighbours += (values[i] - 0.5) * (values[i - 1] - 0.5);
    }
    const double count = double(values.size());
    // Five standard errors.
    EXPECT_NEAR(mean / count, 0.5, 5 * std::sqrt(1 / 12.0 / count));
    EXPECT_NEAR(square / count, 1 / 3.0, 5 * std::sqrt(4 / 45.0 / count));
    EXPECT_NEAR(neighbours / count, 0, 5 / 12.0 / std::sqrt(count));
}

TEST(Quantiles, NormalIsTheInverseOfItsDistribution) {
    for (std::uint32_t k = 0; k < 1u << 24; k += 4093) {
        const float u = float(k) * 0x1p-24f;
        const double z = normal_quantile(u);
        const double below = 0.5 * std::erfc(-z / std::sqrt(2.0));
        const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI);
        ASSERT_NEAR((below - (double(u) + 0x1p-25)) / density, 0, 2e-6) << u;
    }
    EXPECT_EQ(normal_quantile(0.0f), -normal_quantile(1 - 0x1p-24f));
    EXPECT_NEAR(normal_quantile(0.975), 1.959964, 1e-5);
}

TEST(Quantiles, PoissonHasItsMoments) {
    for (const double mean : {0.0, 0.05, 1.0, 7.5, 64.0, 65.0, 400.0}) {
        double sum = 0, square = 0, count = 0;
        for (std::uint32_t k = 0; k < 1u << 24; k += 173, ++count) {
            const float u = float(k) * 0x1p-24f, m = float(mean);
            const double drawn = poisson_quantile(u, m, std::exp(-m));
            sum += drawn;
            square += drawn * drawn;
        }
        sum /= count;
        EXPECT_NEAR(sum, mean, 2e-3 * mean) << mean;
        EXPECT_NEAR(square / count - sum * sum, mean, 5e-3 * mean) << mean;
    }
}

TEST(Quantiles, PoissonCountsBySteps) {
    const double none = std::exp(-1.0);
    EXPECT_EQ(poisson_quantile(0.0, 1.0, none), 0);
    EXPECT_EQ(poisson_quantile(none - 1e-9, 1.0, none), 0);
    EXPECT_EQ(poisson_quantile(none + 1e-9, 1.0, none), 1);
    EXPECT_EQ(poisson_quantile(2 * none + 1e-9, 1.0, none), 2);
    EXPECT_EQ(poisson_quantile(0.5, -3.0, std::exp(3.0)), 0);
    EXPECT_TRUE(std::isnan(poisson_quantile<double>(0.5, NAN, NAN)));
}

/// v[t] = tanh(a*v[t-1] + m + sd*z): gradients against finite differences with the same draws.
TEST(Draws, GradientsFlowAroundThem) {
    Builder build;
    const TensorId m = build.weight("m", {}), sd = build.weight("sd", {5});
    const Term z = make(Op::NormalQuantile, build.draw({"cells.v", Purpose::Noise, true}));
    const TensorId v = build.tensor("v", {5}, stepped);
    build.formula(v, make(Op::Tanh, 0.5 * build.read(v, 1) + build.read(m) + build.read(sd) * z));
    const TensorId total = build.op("total", {}, held, SumTo{v});
    const TensorId loss = build.formula("loss", {}, held, build.read(total) * build.read(total));
    const Gradients gradients = differentiate(build.net, loss, {m, sd});
    LoweringOptions options;
    options.results = {loss, gradients.of(m), gradients.of(sd)};
    const StepProgram program = lower(build.net, options);

    const RunSize size{4, 2};
    std::map<std::uint32_t, std::vector<double>> given{{m.index, {0.1}},
                                                       {sd.index, {0.3, 0.1, 0.7, 0.2, 0.5}}};
    const auto mean_loss = [&] {
        const auto result = run<double>(build.net, program, size, 1, given, draws(5));
        return (result[loss][0] + result[loss][1]) / 2;
    };
    const auto result = run<double>(build.net, program, size, 1, given, draws(5));
    const double h = 1e-6;
    for (const TensorId parameter : {m, sd})
        for (std::size_t i = 0; i < given[parameter.index].size(); ++i) {
            double& value = given[parameter.index][i];
            const double start = value;
            value = start + h;
            const double above = mean_loss();
            value = start - h;
            const double below = mean_loss();
            value = start;
            EXPECT_NEAR(result[gradients.of(parameter)][i], (above - below) / (2 * h), 1e-7);
        }
    expect_as_defined(build.net, options, size, 1, draws(5));
}

TEST(Draws, NeedStepsAndSamples) {
    Builder build;
    const Term noise = build.draw({"cells.v", Purpose::Noise, true});
    build.formula("held", {3}, held, noise);
    build.formula("shared", {3}, {true, false}, noise);
    const auto broken = verify(build.net);
    ASSERT_EQ(broken.size(), 2u);
    EXPECT_EQ(broken[0], "held: has no steps but draws in each step");
    EXPECT_EQ(broken[1], "shared: draws, but is the same for all samples");
}

TEST(Draws, ArePrintedByName) {
    Noise network(2);
    const std::string text = print(network.build.net);
    EXPECT_NE(text.find("noise[t] = random(cells.v)[t]"), std::string::npos) << text;
    EXPECT_NE(text.find("start = random(cells.v)\n"), std::string::npos) << text;
    EXPECT_NE(text.find("cells.v : noise, per step\n  cells.v : initial state\n"),
              std::string::npos);
}

}  // namespace
}  // namespace snnc::ir::test
