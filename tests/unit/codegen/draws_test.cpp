// Random numbers of compiled code are those of the interpreter, bit for bit, whatever the vectors,
// the threads and the remainders of strips.
#include <gtest/gtest.h>

#include <bit>

#include "codegen/backend.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::codegen {
namespace {

using namespace ir;
using namespace ir::test;
using runtime::Purpose;

std::vector<Target> targets() {
    std::vector<Target> found = {Target::named("x86-64-v3")};
    if (Target::host().name == "x86-64-v4") found.push_back(Target::host());
    return found;
}

void expect_equal_bits(const Network& network, TensorId id, const Run& got, const Run& expected,
                       const std::string& where) {
    const auto &a = got[id], &b = expected[id];
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        ASSERT_EQ(std::bit_cast<std::uint64_t>(a[i]), std::bit_cast<std::uint64_t>(b[i]))
            << where << ": " << network[id].name << " at " << i << ": " << a[i] << ", " << b[i];
}

void expect_interpreters_bits(const Network& network, const std::vector<TensorId>& results,
                              const RunSize& size, const Draws& draws) {
    LoweringOptions options;
    options.results = results;
    const StepProgram program = lower(network, options);
    const Run expected = run<float>(network, program, size, 1, {}, draws);
    for (const Target& target : targets())
        for (const int threads : {1, 3}) {
            const auto compiled = compile(network, program, {target, "", threads});
            const Run got = run_by(network, program, size, 1,
                                   [&](const auto& ports) { compiled->run(size, ports, draws); });
            for (const TensorId id : results)
                expect_equal_bits(network, id, got, expected,
                                  target.name + ", " + std::to_string(threads) + " threads");
        }
}

class CompiledDraws : public testing::TestWithParam<int> {};

TEST_P(CompiledDraws, HaveTheInterpretersBits) {
    const Shape shape{GetParam()};
    Builder build;
    const Term noise = build.draw({"cells.v", Purpose::Noise, true});
    const Term start = build.draw({"cells.v", Purpose::InitialState, false});
    const TensorId mean = build.input("mean", shape, true);
    const Term poisson_mean = 40.0 * (build.read(mean) + 1.0);  // from 0 to 80: both methods
    const Term none = make(Op::Exp, make(Op::Neg, poisson_mean));
    const ExprId counts =
        build.net.pool.make(Op::PoissonQuantile, noise.id, poisson_mean.id, none.id);
    const std::vector<TensorId> results{
        build.formula("uniform", shape, stepped, noise),
        build.formula("start", shape, held, start),
        build.formula("mixed", shape, stepped, noise - start),
        build.formula("spikes", shape, spikes, make(Op::Lt, noise, start)),
        build.formula("normal", shape, stepped, make(Op::NormalQuantile, noise)),
        build.formula("held_normal", shape, held, make(Op::NormalQuantile, start)),
        build.formula("counts", shape, stepped, {&build.net.pool, counts})};
    expect_interpreters_bits(build.net, results, {5, 3}, {7, 0, {}});
    expect_interpreters_bits(build.net, results, {3, 2}, {1234567890123, 4, {4000000000u, 17}});
}

// Below, at and beyond vectors, half strips and strips of eight and sixteen lanes.
INSTANTIATE_TEST_SUITE_P(Sizes, CompiledDraws,
                         testing::Values(1, 7, 8, 9, 16, 17, 24, 31, 32, 33, 40, 63, 64, 65, 100,
                                         130, 257));

/// A recurrence through a product: its scans run for one step at a time.
TEST(CompiledDraws, InALoopOverTheSteps) {
    Builder build;
    const TensorId weight = build.weight("weight", {35, 35});
    const TensorId v = build.tensor("v", {35}, stepped);
    const TensorId past =
        build.formula("past", {35}, spikes, make(Op::Step, build.read(v, 1) - 0.6));
    const TensorId back = build.op("back", {35}, stepped, Dense{past, weight});
    const Term noise = build.draw({"cells.v", Purpose::Noise, true});
    build.formula(v, 0.5 * build.read(v, 1) + noise + 0.0 * build.read(back));
    expect_interpreters_bits(build.net, {v}, {6, 2}, {3, 1, {9, 8}});
}

}  // namespace
}  // namespace snnc::codegen
