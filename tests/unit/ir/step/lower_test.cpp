#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "ir/autodiff/differentiate.h"
#include "ir/passes/forward_copies.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

/// Compares with tests/unit/ir/step/NAME; SNNC_UPDATE_GOLDEN=1 writes it anew.
void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(SNNC_SOURCE_DIR) + "/tests/unit/ir/step/" + name;
    if (std::getenv("SNNC_UPDATE_GOLDEN")) std::ofstream(path) << text;
    std::stringstream expected;
    expected << std::ifstream(path).rdbuf();
    EXPECT_EQ(text, expected.str());
}

template <class TaskKind>
std::vector<TaskKind> tasks_of(const StepProgram& program) {
    std::vector<TaskKind> found;
    for (const Task& task : program.tasks) {
        if (const auto* kind = std::get_if<TaskKind>(&task)) found.push_back(*kind);
    }
    return found;
}

std::vector<std::string> names(const Network& network, const std::vector<TensorId>& ids) {
    std::vector<std::string> all;
    for (TensorId id : ids) all.push_back(network[id].name);
    return all;
}
using Names = std::vector<std::string>;

Storage storage_of(const StepProgram& program, TensorId id) { return program.storage[id.index]; }

// What needs the label waits for it; the run of the cells is over before.
TEST(Lower, ProgramInTwoParts) {
    Mlp mlp(6, 5, 3);
    Network& network = mlp.build.net;
    std::vector<TensorId> wrt;
    for (const Parameter& parameter : network.parameters) wrt.push_back(parameter.tensor);
    const Gradients gradients = differentiate(network, mlp.loss, wrt);
    forward_copies(network);
    LoweringOptions options;
    options.results = {mlp.counts};
    for (const TensorId id : wrt) options.results.push_back(gradients.of(id));
    options.given_later = {mlp.label};
    const StepProgram program = lower(network, options);
    EXPECT_TRUE(verify(network, program).empty());
    ASSERT_GT(program.first_part, 0u);
    ASSERT_LT(program.first_part, program.tasks.size());
    const auto makes = [&](std::size_t begin, std::size_t end, TensorId id) {
        for (std::size_t i = begin; i < end; ++i) {
            if (const auto* one = std::get_if<OperatorTask>(&program.tasks[i]))
                if (one->target == id) return true;
            if (const auto* scan = std::get_if<ScanTask>(&program.tasks[i])) {
                for (const auto* list : {&scan->body, &scan->sums})
                    if (std::find(list->begin(), list->end(), id) != list->end()) return true;
            }
        }
        return false;
    };
    EXPECT_TRUE(makes(0, program.first_part, mlp.counts));
    for (const TensorId id : wrt)
        EXPECT_TRUE(makes(program.first_part, program.tasks.size(), gradients.of(id)))
            << network[id].name;
}

TEST(Lower, TrainingStepOfTheMlp) {
    Mlp mlp(784, 1000, 10);
    Network& network = mlp.build.net;
    std::vector<TensorId> wrt;
    for (const Parameter& parameter : network.parameters) wrt.push_back(parameter.tensor);
    const Gradients gradients = differentiate(network, mlp.loss, wrt);
    OptimizerConfig adam;
    adam.kind = OptimizerConfig::Kind::Adam;
    add_optimizer(network, gradients, adam);
    forward_copies(network);
    LoweringOptions options;
    options.results = {mlp.loss, mlp.counts};
    options.updates = true;
    const StepProgram program = lower(network, options);
    EXPECT_TRUE(verify(network, program).empty());
    expect_golden("mlp_program.txt", print(network, program));
}

TEST(Lower, MlpComputesWhatItsDefinitionsSay) {
    Mlp mlp(5, 4, 3);
    Network& network = mlp.build.net;
    std::vector<TensorId> wrt{mlp.image};
    for (const Parameter& parameter : network.parameters) wrt.push_back(parameter.tensor);
    const Gradients gradients = differentiate(network, mlp.loss, wrt);
    LoweringOptions options;
    options.results = {mlp.loss, mlp.counts, mlp.hidden.v, mlp.out.s};
    for (TensorId id : wrt) options.results.push_back(gradients.of(id));
    expect_as_defined(network, options, {6, 3}, 1);
}

TEST(Lower, ForwardRunKeepsOnlySpikesBetweenLayers) {
    Mlp mlp(5, 4, 3);
    LoweringOptions options;
    options.results = {mlp.counts};
    const StepProgram program = expect_as_defined(mlp.build.net, options, {4, 2}, 2);
    EXPECT_EQ(storage_of(program, mlp.hidden.s), Storage::Bits);
    EXPECT_EQ(storage_of(program, mlp.hidden.v), Storage::None);
    EXPECT_EQ(storage_of(program, mlp.out.v), Storage::None);
    EXPECT_EQ(program.port(mlp.label), nullptr) << "only what the results need is asked for";
}

TEST(Lower, SpikesThatAreAResultAndReadElsewhereAreBitsAndPort) {
    Mlp mlp(5, 4, 3);
    LoweringOptions options;
    options.results = {mlp.hidden.s, mlp.out.s};
    const StepProgram program = expect_as_defined(mlp.build.net, options, {4, 2}, 3);
    EXPECT_EQ(storage_of(program, mlp.hidden.s), Storage::Bits);
    EXPECT_EQ(storage_of(program, mlp.out.s), Storage::Float);
}

TEST(Lower, PortsComeInOrder) {
    Mlp mlp(5, 4, 3);
    LoweringOptions options;
    options.results = {mlp.out.v, mlp.out.s, mlp.out.v, mlp.image};
    const StepProgram program = lower(mlp.build.net, options);
    std::vector<TensorId> ports;
    for (const Port& port : program.ports) ports.push_back(port.tensor);
    EXPECT_EQ(names(mlp.build.net, ports), (Names{"image", "fc1.weight", "fc1.bias", "fc2.weight",
                                                  "fc2.bias", "out.v", "out.s"}));
    EXPECT_EQ(program.port(mlp.image)->direction, Port::Direction::In);
    EXPECT_EQ(program.port(mlp.out.v)->direction, Port::Direction::Out);
}

TEST(Lower, PopulationsOfOneSizeThatMeetShareAScan) {
    Builder build;
    const TensorId x = build.input("x", {4}, true);
    const auto first = build.leaky("first", {4}, build.read(x), false, 0.9);
    const auto second = build.leaky("second", {4}, build.read(first.s) + build.read(x), false, 0.8);
    LoweringOptions options;
    options.results = {second.v};
    const StepProgram program = expect_as_defined(build.net, options, {7, 2}, 4);
    ASSERT_EQ(program.tasks.size(), 1U);
    EXPECT_EQ(storage_of(program, first.s), Storage::None);
    EXPECT_EQ(storage_of(program, second.v), Storage::Float);
}

TEST(Lower, RecurrenceThroughAProductIsALoop) {
    Builder build;
    const TensorId x = build.input("x", {4}, true);
    const TensorId weight = build.weight("weight", {4, 4});
    const TensorId s = build.tensor("s", {4}, spikes);
    const TensorId before = build.formula("before", {4}, spikes, build.read(s, 1));
    const TensorId back = build.op("back", {4}, stepped, Dense{before, weight});
    const TensorId v = build.tensor("v", {4}, stepped);
    build.formula(v, 0.9 * build.read(v, 1) + build.read(x) + build.read(back));
    build.formula(s, build.spike(build.read(v) - 0.5));
    const TensorId count = build.op("count", {4}, held, SumTo{s});
    const TensorId loss = build.op("loss", {}, held, SumTo{v});
    LoweringOptions options;
    options.results = {count};
    const StepProgram program = expect_as_defined(build.net, options, {6, 2}, 5);
    ASSERT_EQ(tasks_of<LoopTask>(program).size(), 1U);
    EXPECT_EQ(tasks_of<LoopTask>(program)[0].tasks.size(), 3U);
    EXPECT_EQ(storage_of(program, s), Storage::Bits);

    const Gradients gradients = differentiate(build.net, loss, {weight, x});
    options.results = {gradients.of(weight), gradients.of(x)};
    const StepProgram backward = expect_as_defined(build.net, options, {6, 2}, 6);
    ASSERT_EQ(tasks_of<LoopTask>(backward).size(), 2U);
    EXPECT_EQ(tasks_of<LoopTask>(backward)[1].order, Order::Backward);
}

TEST(Lower, LagsReachBehindTheStart) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId start = build.tensor("start", {3}, {false, true, Role::Initial});
    build.formula(start, build.number(0.25));
    const TensorId v = build.tensor("v", {3}, stepped);
    build.net[v].initial = start;
    build.formula(v, 0.5 * build.read(v, 1) + 0.25 * build.read(v, 2) + 0.125 * build.read(v, 3) +
                         build.read(x, 2));
    const TensorId loss = build.op("loss", {}, held, SumTo{v});
    const Gradients gradients = differentiate(build.net, loss, {x, start});
    LoweringOptions options;
    options.results = {v, gradients.of(x), gradients.of(start)};
    for (std::int64_t steps : {1, 2, 3, 4, 9}) {
        expect_as_defined(build.net, options, {steps, 2}, 7);
    }
    options.given_initials = {start};
    const StepProgram given = expect_as_defined(build.net, options, {4, 2}, 8);
    ASSERT_NE(given.port(start), nullptr);
    EXPECT_EQ(given.port(start)->direction, Port::Direction::In);
}

TEST(Lower, BackwardScanComputesForwardValuesAgain) {
    Builder build;
    const TensorId x = build.input("x", {40}, true);
    const auto cell = build.leaky("cell", {40}, build.read(x), false, 0.9);
    const TensorId loss = build.op("loss", {}, held, SumTo{cell.s});
    const Gradients gradients = differentiate(build.net, loss, {x});
    LoweringOptions options;
    options.results = {gradients.of(x)};
    const StepProgram program = expect_as_defined(build.net, options, {5, 2}, 9);
    const std::vector<ScanTask> scans = tasks_of<ScanTask>(program);
    EXPECT_EQ(names(build.net, scans.back().recompute), (Names{"cell.I", "cell.r", "cell.v"}));
    EXPECT_EQ(storage_of(program, cell.v), Storage::None);
    for (const ScanTask& scan : scans) EXPECT_NE(scan.order, Order::Forward);
}

TEST(Lower, AdjointsThatNeedNoLaterValueJoinTheForwardScan) {
    Builder build;
    const TensorId x = build.input("x", {4}, true);
    const TensorId y =
        build.formula("y", {4}, stepped, make(Op::Tanh, build.read(x) * build.read(x)));
    const TensorId loss = build.op("loss", {}, held, SumTo{y});
    const Gradients gradients = differentiate(build.net, loss, {x});
    forward_copies(build.net);
    LoweringOptions options;
    options.results = {gradients.of(x)};
    const StepProgram program = expect_as_defined(build.net, options, {5, 2}, 9);
    ASSERT_EQ(program.tasks.size(), 2U);
    EXPECT_EQ(storage_of(program, y), Storage::None);
}

TEST(Lower, AdjointsWithoutRecurrenceComputeForwardValuesAgainToo) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId label = build.label("label");
    const TensorId u = build.formula("u", {3}, stepped, build.read(x) * build.read(x));
    const TensorId y = build.formula("y", {3}, stepped, make(Op::Tanh, build.read(u)));
    const TensorId entropy = build.op("ce", {}, stepped, CrossEntropy{y, label});
    const TensorId loss = build.op("loss", {}, held, SumTo{entropy});
    const Gradients gradients = differentiate(build.net, loss, {x});
    LoweringOptions options;
    options.results = {gradients.of(x)};
    const StepProgram program = expect_as_defined(build.net, options, {5, 2}, 9);
    const ScanTask last = tasks_of<ScanTask>(program).back();
    EXPECT_EQ(last.order, Order::Backward);
    EXPECT_EQ(names(build.net, last.recompute), (Names{"u"}));
    EXPECT_EQ(storage_of(program, u), Storage::None);
}

TEST(Lower, ValuesThatAreStoredAnywayAreNotComputedAgain) {
    Builder build;
    const TensorId x = build.input("x", {4}, true);
    const auto cell = build.leaky("cell", {4}, build.read(x), false, 0.9);
    const TensorId loss = build.op("loss", {}, held, SumTo{cell.s});
    const Gradients gradients = differentiate(build.net, loss, {x});
    LoweringOptions options;
    options.results = {gradients.of(x), cell.v};
    const StepProgram program = expect_as_defined(build.net, options, {5, 2}, 10);
    for (const ScanTask& scan : tasks_of<ScanTask>(program)) EXPECT_TRUE(scan.recompute.empty());
}

TEST(Lower, WideProductsStayOutOfScans) {
    for (std::int64_t width : {std::int64_t(4), narrow_terms, narrow_terms + 1}) {
        Builder build;
        const TensorId x = build.input("x", {3}, true);
        const auto cell = build.leaky("cell", {3}, build.read(x), false, 0.9);
        const auto layer = build.dense("fc", cell.s, 3, width);
        const TensorId loss = build.op("loss", {}, held, SumTo{layer.sum});
        const Gradients gradients = differentiate(build.net, loss, {x});
        LoweringOptions options;
        options.results = {gradients.of(x)};
        const StepProgram program = expect_as_defined(build.net, options, {3, 2}, 11);
        EXPECT_EQ(tasks_of<OperatorTask>(program).size(), width > narrow_terms ? 1U : 0U);
    }
}

TEST(Lower, UpdatesOfOneParameterShareATaskAndSeeOldValues) {
    Builder build;
    const TensorId a = build.weight("a", {3});
    const TensorId b = build.weight("b", {3});
    const TensorId c = build.weight("c", {});
    build.net.updates.push_back({a, (build.read(b) + build.read(c)).id});
    build.net.updates.push_back({b, (build.read(a) * build.read(c)).id});
    build.net.updates.push_back({c, (build.read(c) + 1).id});
    LoweringOptions options;
    options.updates = true;
    const StepProgram program = expect_as_defined(build.net, options, {1, 1}, 12);
    ASSERT_EQ(program.tasks.size(), 2U);
    EXPECT_EQ(tasks_of<ScanTask>(program)[0].updates.size(), 2U);
    EXPECT_EQ(program.port(a)->direction, Port::Direction::InOut);
}

TEST(Lower, RefusesWhatHasNoOrder) {
    Builder build;
    const TensorId a = build.tensor("a", {2}, stepped);
    const TensorId b = build.formula("b", {2}, stepped, build.read(a) + 1);
    build.formula(a, build.read(b) + 1);
    LoweringOptions options;
    options.results = {a};
    EXPECT_THROW(lower(build.net, options), std::logic_error);

    Builder mixed;
    const TensorId u = mixed.tensor("u", {2}, stepped);
    mixed.formula(u, mixed.read(u, 1) + mixed.read(u, -1));
    options.results = {u};
    EXPECT_THROW(lower(mixed.net, options), std::logic_error);
}

// A thousand layers: nothing in lowering recurses over the network.
TEST(Lower, LongNetworks) {
    Builder build;
    TensorId source = build.input("x", {8}, true);
    for (int i = 0; i < 1000; ++i) {
        const auto layer = build.dense("fc" + std::to_string(i), source, 8, 8);
        source = build.leaky("p" + std::to_string(i), {8}, build.read(layer.sum), false, 0.9).s;
    }
    const TensorId loss = build.op("loss", {}, held, SumTo{source});
    std::vector<TensorId> wrt;
    for (const Parameter& parameter : build.net.parameters) wrt.push_back(parameter.tensor);
    const Gradients gradients = differentiate(build.net, loss, wrt);
    add_optimizer(build.net, gradients, {});
    LoweringOptions options;
    options.results = {loss};
    options.updates = true;
    const StepProgram program = lower(build.net, options);
    EXPECT_TRUE(verify(build.net, program).empty());
}

}  // namespace
}  // namespace snnc::ir::test
