#include "ir/passes/forward_copies.h"

#include <gtest/gtest.h>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/random_network.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

std::string line(const Network& network, TensorId target) {
    return print(network, *network.definition(target));
}

TEST(ForwardCopies, ReadersReadTheOriginal) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId a = build.formula("a", {3}, stepped, build.read(x));
    const TensorId b = build.formula("b", {3}, stepped, build.read(a));
    const TensorId y = build.formula("y", {3}, stepped, build.read(b) + build.read(a, -1));
    const TensorId sum = build.op("sum", {3}, held, SumTo{b});
    forward_copies(build.net);
    EXPECT_EQ(line(build.net, y), "y[t] = x[t] + x[t+1]");
    EXPECT_EQ(line(build.net, sum), "sum = sum_to(x[t])");
    EXPECT_EQ(line(build.net, b), "b[t] = x[t]");
}

TEST(ForwardCopies, PastBeforeTheStartStays) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId start = build.formula("start", {}, held, build.number(2));
    const TensorId copy = build.formula("copy", {3}, stepped, build.read(x));
    build.net[copy].initial = start;
    const TensorId y = build.formula("y", {3}, stepped, build.read(copy, 1) + build.read(copy));
    forward_copies(build.net);
    EXPECT_EQ(line(build.net, y), "y[t] = copy[t-1] + x[t]");
}

TEST(ForwardCopies, FormulasSpreadCoarserTensorsThemselves) {
    Builder build;
    const TensorId x = build.input("x", {3}, false);
    const TensorId wide = build.formula("wide", {3}, stepped, build.read(x));
    const TensorId late = build.formula("late", {3}, stepped, build.read(wide, 1));
    const TensorId y = build.formula("y", {3}, stepped, build.read(wide) + build.read(late));
    const TensorId last = build.op("last", {3}, held, LastStep{wide});
    forward_copies(build.net);
    EXPECT_EQ(line(build.net, y), "y[t] = x + late[t]");
    EXPECT_EQ(line(build.net, late), "late[t] = wide[t-1]");
    EXPECT_EQ(line(build.net, last), "last = last(wide[t])");
}

TEST(ForwardCopies, ValuesStay) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        RandomNetwork random = random_network(seed, seed % 2 == 0);
        Network& network = random.build.net;
        const Gradients gradients = differentiate(network, random.loss, random.wrt);
        LoweringOptions options;
        for (TensorId id : random.wrt) {
            if (gradients.of(id).valid()) options.results.push_back(gradients.of(id));
        }
        const auto before = run<double>(network, lower(network, options), {4, 2}, seed);
        forward_copies(network);
        const StepProgram program = expect_as_defined(network, options, {4, 2}, seed);
        const auto after = run<double>(network, program, {4, 2}, seed, before.given);
        for (TensorId id : options.results) {
            for (std::size_t i = 0; i < before[id].size(); ++i) {
                EXPECT_NEAR(before[id][i], after[id][i], 1e-12) << network[id].name;
            }
        }
    }
}

}  // namespace
}  // namespace snnc::ir::test
