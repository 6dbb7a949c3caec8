// Property: compiled code gives what the interpreter gives in float. Formulas agree bit for bit;
// products may add in another way.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "codegen/backend.h"
#include "ir/autodiff/differentiate.h"
#include "ir/passes/forward_copies.h"
#include "tests/unit/ir/expr/evaluate_expression.h"
#include "tests/unit/ir/step/edges.h"
#include "tests/unit/ir/step/layers.h"
#include "tests/unit/ir/step/random_network.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::codegen {
namespace {

using namespace ir;
using namespace ir::test;

/// Both targets where the processor can run them.
std::vector<Target> targets() {
    std::vector<Target> found = {Target::named("x86-64-v3")};
    if (Target::host().name == "x86-64-v4") found.push_back(Target::host());
    return found;
}

void expect_near(const Network& network, const StepProgram& program, const Run& got,
                 const Run& expected, const std::string& where) {
    for (const Port& port : program.ports) {
        const auto& a = got[port.tensor];
        const auto& b = expected[port.tensor];
        ASSERT_EQ(a.size(), b.size());
        double largest = 1;
        for (const double value : b) largest = std::max(largest, std::abs(value));
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (std::isnan(a[i]) && std::isnan(b[i])) continue;
            ASSERT_NEAR(a[i], b[i], 2e-5 * largest)
                << where << ": " << network[port.tensor].name << " at " << i;
        }
    }
}

void compare(const Network& network, const LoweringOptions& options, const RunSize& size,
             std::uint64_t seed, const std::map<std::uint32_t, std::vector<double>>& given = {}) {
    const StepProgram program = lower(network, options);
    const Run expected = run<float>(network, program, size, seed, given);
    for (const Target& target : targets())
        for (const int threads : {1, 2}) {
            const auto compiled = compile(network, program, {target, "", threads});
            const Run got = run_by(
                network, program, size, seed,
                [&](const auto& ports) { compiled->run(size, ports); }, given);
            expect_near(network, program, got, expected,
                        target.name + ", " + std::to_string(threads) + " threads");
        }
}

class CompiledMlp : public testing::TestWithParam<std::tuple<int, int, int, int>> {};

TEST_P(CompiledMlp, TrainingStepIsTheInterpreters) {
    const auto [width, classes, steps, samples] = GetParam();
    Mlp mlp(20, width, classes);
    Network& network = mlp.build.net;
    std::vector<TensorId> wrt{mlp.image};
    for (const Parameter& item : network.parameters) wrt.push_back(item.tensor);
    const Gradients gradients = differentiate(network, mlp.loss, wrt);
    OptimizerConfig config;
    config.momentum = 0.9;
    add_optimizer(network, gradients, config);
    forward_copies(network);
    LoweringOptions options;
    options.results = {mlp.loss, mlp.counts, mlp.hidden.v, mlp.out.s, gradients.of(mlp.image)};
    compare(network, options, {steps, samples}, 3);
    options.updates = true;
    options.results = {mlp.loss, mlp.counts};
    compare(network, options, {steps, samples}, 3);
}

INSTANTIATE_TEST_SUITE_P(Shapes, CompiledMlp,
                         testing::Values(std::tuple{1, 3, 1, 1}, std::tuple{3, 3, 7, 5},
                                         std::tuple{15, 10, 7, 5}, std::tuple{16, 3, 7, 2},
                                         std::tuple{17, 40, 5, 3}, std::tuple{130, 10, 25, 4}));

class CompiledRandomNetworks : public testing::TestWithParam<int> {};

TEST_P(CompiledRandomNetworks, AgreeWithTheInterpreter) {
    RandomNetwork random = random_network(std::uint64_t(GetParam()), true);
    Network& network = random.build.net;
    const Gradients gradients = differentiate(network, random.loss, random.wrt);
    LoweringOptions options;
    options.results = {random.loss};
    for (const TensorId id : random.wrt)
        if (gradients.of(id).valid()) options.results.push_back(gradients.of(id));
    compare(network, options, {5, 2}, 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompiledRandomNetworks, testing::Range(0, 12));

class CompiledLayers : public testing::TestWithParam<LayerCase> {};

TEST_P(CompiledLayers, AgreeWithTheInterpreter) {
    LayerNetwork made = layer_network(GetParam());
    const Gradients gradients = differentiate(made.build.net, made.loss, made.wrt);
    forward_copies(made.build.net);
    LoweringOptions options;
    options.results = {made.result, made.loss};
    for (const TensorId id : made.wrt) options.results.push_back(gradients.of(id));
    compare(made.build.net, options, {3, 5}, 4);
    compare(made.build.net, options, {1, 1}, 5);
}

INSTANTIATE_TEST_SUITE_P(Cases, CompiledLayers, testing::ValuesIn(layer_cases()),
                         [](const auto& info) { return info.param.name; });

class CompiledEdges : public testing::TestWithParam<EdgeCase> {};

TEST_P(CompiledEdges, AgreeWithTheInterpreter) {
    EdgeNetwork made = edge_network(GetParam());
    const Gradients gradients = differentiate(made.build.net, made.loss, made.wrt);
    forward_copies(made.build.net);
    LoweringOptions options;
    options.results = {made.result, made.loss};
    for (const TensorId id : made.wrt) options.results.push_back(gradients.of(id));
    compare(made.build.net, options, {3, 5}, 4, made.edges);
    compare(made.build.net, options, {1, 1}, 5, made.edges);
}

INSTANTIATE_TEST_SUITE_P(Cases, CompiledEdges, testing::ValuesIn(edge_cases()),
                         [](const auto& info) { return info.param.name; });

/// Those of formulas. Leaves have tests of their own, and quantiles are taken of draws alone.
std::vector<Op> operators() {
    std::vector<Op> ops;
    for (const Op op : all_operators)
        if (info(op).arity > 0 && op != Op::NormalQuantile && op != Op::PoissonQuantile)
            ops.push_back(op);
    return ops;
}

/// y = op(x0, x1, x2), with every combination of the points as operands.
struct Applied {
    Builder build;
    std::map<std::uint32_t, std::vector<double>> given;
    TensorId y;

    Applied(Op op, const std::vector<double>& points) {
        const int arity = info(op).arity;
        std::size_t count = 1, repeat = 1;
        for (int i = 0; i < arity; ++i) count *= points.size();
        const Shape shape{std::int64_t(count)};
        ExprId x[3];
        for (int i = 0; i < arity; ++i, repeat *= points.size()) {
            const TensorId input = build.input("x" + std::to_string(i), shape, false);
            x[i] = build.net.pool.read(input);
            for (std::size_t place = 0; place < count; ++place)
                given[input.index].push_back(points[place / repeat % points.size()]);
        }
        ExprPool& pool = build.net.pool;
        const ExprId value = arity == 1   ? pool.make(op, x[0])
                             : arity == 2 ? pool.make(op, x[0], x[1])
                                          : pool.make(op, x[0], x[1], x[2]);
        y = build.op("y", shape, held, Formula{value});
    }
};

class CompiledOperators : public testing::TestWithParam<Op> {};

TEST_P(CompiledOperators, HaveTheInterpretersBits) {
    const double inf = INFINITY;
    const Applied applied(GetParam(),
                          {-inf, -120, -2.5, -1, -0.3, -0.0, 0, 0.5, 1, 2, 31, 120, inf, NAN});
    const Network& network = applied.build.net;
    LoweringOptions options;
    options.results = {applied.y};
    const StepProgram program = lower(network, options);
    const RunSize size{1, 1};
    const auto expected = run<float>(network, program, size, 1, applied.given)[applied.y];
    for (const Target& target : targets()) {
        const auto compiled = compile(network, program, {target, "", 1});
        const auto got = run_by(
            network, program, size, 1, [&](const auto& ports) { compiled->run(size, ports); },
            applied.given)[applied.y];
        for (std::size_t i = 0; i < expected.size(); ++i) {
            if (std::isnan(got[i]) && std::isnan(expected[i])) continue;
            EXPECT_EQ(std::bit_cast<std::uint64_t>(got[i]),
                      std::bit_cast<std::uint64_t>(expected[i]))
                << target.name << " at " << i << ": " << got[i] << ", " << expected[i];
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Operators, CompiledOperators, testing::ValuesIn(operators()),
                         [](const auto& instance) { return ir::info(instance.param).name; });

// Values that only the recurrence reads are kept for as many steps as its pasts reach back.
TEST(CompiledLoops, KeepAsManyStepsAsTheyRead) {
    for (const int reach : {1, 2, 3, 5}) {
        Builder build;
        const TensorId x = build.input("x", {5}, true);
        const TensorId weight = build.weight("weight", {5, 5});
        const TensorId start = build.formula("start", {5}, held, build.number(0.25));
        const TensorId v = build.tensor("v", {5}, stepped);
        build.net[v].initial = start;
        const TensorId product = build.op("product", {5}, stepped, Dense{v, weight});
        const TensorId s = build.formula("s", {5}, spikes, make(Op::Step, build.read(product)));
        const TensorId back = build.op("back", {5}, stepped, Dense{s, weight});
        build.formula(
            v, make(Op::Tanh, build.read(x) + build.read(back, reach) + 0.5 * build.read(v, 1)));
        const TensorId sum = build.op("sum", {}, stepped, SumTo{v});
        const TensorId other = build.formula("other", {}, stepped, build.read(sum));
        LoweringOptions options;
        options.results = {other};
        compare(build.net, options, {13, 3}, 6);
    }
}

}  // namespace
}  // namespace snnc::codegen
