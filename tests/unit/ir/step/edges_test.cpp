// Sparse layers: values and adjoints are what their definitions say, and the adjoints are the
// derivatives (finite differences in double).
#include "tests/unit/ir/step/edges.h"

#include <gtest/gtest.h>

#include <numeric>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/step/naive.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

class EdgeLayers : public testing::TestWithParam<EdgeCase> {};

TEST_P(EdgeLayers, ValuesAndAdjointsAreAsDefined) {
    EdgeNetwork made = edge_network(GetParam());
    const Gradients gradients = differentiate(made.build.net, made.loss, made.wrt);
    LoweringOptions options;
    options.results = {made.result, made.loss};
    for (const TensorId id : made.wrt) options.results.push_back(gradients.of(id));
    expect_as_defined(made.build.net, options, {3, 2}, 2, {}, made.edges);
}

TEST_P(EdgeLayers, AdjointsAreTheDerivatives) {
    EdgeNetwork made = edge_network(GetParam());
    Network& network = made.build.net;
    const Gradients gradients = differentiate(network, made.loss, made.wrt);
    LoweringOptions options;
    options.results = {made.loss};
    for (const TensorId id : made.wrt) options.results.push_back(gradients.of(id));
    const StepProgram program = lower(network, options);
    const RunSize size{2, 2};
    const auto base = run<double>(network, program, size, 7, made.edges);
    const double step = 1e-6;
    for (const TensorId id : made.wrt) {
        const auto& slope = base[gradients.of(id)];
        if (network[id].kind == DataKind::Spike) continue;  // moved spikes are no spikes
        for (std::size_t i = 0; i < slope.size(); i += 1 + slope.size() / 12) {
            const auto moved = [&](double distance) {
                auto given = base.given;
                given.at(id.index)[i] += distance;
                const auto result = run<double>(network, program, size, 7, given);
                const auto& losses = result[made.loss];
                return std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size());
            };
            ASSERT_NEAR((moved(step) - moved(-step)) / (2 * step), slope[i], 1e-7)
                << network[id].name << " at " << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, EdgeLayers, testing::ValuesIn(edge_cases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace snnc::ir::test
