// Convolutions, pools and segments: values and adjoints are what their definitions say, and the
// adjoints are the derivatives (finite differences in double).
#include <gtest/gtest.h>

#include <cmath>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/step/layers.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

class Layers : public testing::TestWithParam<LayerCase> {};

TEST_P(Layers, ValuesAndAdjointsAreAsDefined) {
    LayerNetwork made = layer_network(GetParam());
    LoweringOptions options;
    options.results = {made.result, made.loss};
    expect_as_defined(made.build.net, options, {3, 2}, 1);
    const Gradients gradients = differentiate(made.build.net, made.loss, made.wrt);
    for (const TensorId id : made.wrt) options.results.push_back(gradients.of(id));
    expect_as_defined(made.build.net, options, {3, 2}, 2);
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / double(values.size());
}

TEST_P(Layers, AdjointsAreTheDerivatives) {
    LayerNetwork made = layer_network(GetParam());
    Network& network = made.build.net;
    const Gradients gradients = differentiate(network, made.loss, made.wrt);
    LoweringOptions options;
    options.results = {made.loss};
    for (const TensorId id : made.wrt) options.results.push_back(gradients.of(id));
    const StepProgram program = lower(network, options);
    const RunSize size{2, 2};
    const auto base = run<double>(network, program, size, 7);
    const double step = 1e-6;
    for (const TensorId id : made.wrt) {
        const auto& slope = base[gradients.of(id)];
        for (std::size_t i = 0; i < slope.size(); i += 1 + slope.size() / 12) {
            const auto moved = [&](double distance) {
                auto given = base.given;
                given.at(id.index)[i] += distance;
                return mean(run<double>(network, program, size, 7, given)[made.loss]);
            };
            ASSERT_NEAR((moved(step) - moved(-step)) / (2 * step), slope[i], 1e-7)
                << network[id].name << " at " << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, Layers, testing::ValuesIn(layer_cases()),
                         [](const auto& info) { return info.param.name; });

// What does not change over the run is made once, with its weight's gradient.
TEST(Convolution, OfAHeldInputIsMadeOnce) {
    LayerCase held;
    held.kind = LayerCase::Kind::Convolution;
    held.window.size = {3, 3};
    held.held = true;
    LayerNetwork made = layer_network(held);
    const Gradients gradients = differentiate(made.build.net, made.loss, made.wrt);
    for (const Definition& definition : made.build.net.definitions)
        if (const auto* op = std::get_if<ConvolutionWeight>(&definition.kind)) {
            EXPECT_FALSE(made.build.net[op->source].per_step);
            EXPECT_FALSE(made.build.net[op->adjoint].per_step);
        }
    EXPECT_FALSE(made.build.net[made.result].per_step);
    EXPECT_TRUE(gradients.of(made.wrt[0]).valid());
}

TEST(MaxPool, GivesTheGradientToTheFirstOfEqualValues) {
    Builder build;
    const TensorId x = build.input("x", {1, 2, 2}, false);
    Window window;
    window.size = window.stride = {2, 2};
    const TensorId y = build.op("y", {1, 1, 1}, held, MaxPool{x, window});
    const TensorId loss = build.op("loss", {}, held, SumTo{y});
    const Gradients gradients = differentiate(build.net, loss, {x});
    LoweringOptions options;
    options.results = {gradients.of(x)};
    const StepProgram program = lower(build.net, options);
    const auto result = run<double>(build.net, program, {1, 1}, 1, {{x.index, {0, 2, 2, 1}}});
    EXPECT_EQ(result[gradients.of(x)], (std::vector<double>{0, 1, 0, 0}));
}

TEST(Window, CountsOutputsAsPyTorchDoes) {
    Window window;
    window.size = {3, 2};
    window.stride = {2, 1};
    window.padding = {1, 2};
    EXPECT_EQ(window.outputs(0, 7), 4);
    EXPECT_EQ(window.outputs(1, 8), 11);
    window.dilation = {4, 1};
    EXPECT_EQ(window.outputs(0, 6), 0);
}

}  // namespace
}  // namespace snnc::ir::test
