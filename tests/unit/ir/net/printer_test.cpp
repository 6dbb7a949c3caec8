// `emit --stage=net` of small networks.
#include <gtest/gtest.h>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {
namespace {

TEST(NetworkPrinter, TensorsThenDefinitionsThenUpdates) {
    Builder build;
    build.net.name = "Tiny";
    build.net.steps = 25;
    const TensorId x = build.input("x", {3}, false);
    const auto fc = build.dense("fc", x, 3, 2);
    const TensorId rest = build.tensor("cell.rest", {}, {false, false, Role::Initial});
    build.formula(rest, build.number(-0.5));
    const auto cell = build.leaky("cell", {2}, build.read(fc.sum), true, 0.9);
    build.net[cell.v].initial = rest;
    build.net.updates.push_back({fc.bias, (build.read(fc.bias) + 1.0).id});

    EXPECT_EQ(print(build.net), R"(network Tiny
steps 25

tensors
  x : f32[3] input, per sample
  fc.weight : f32[3, 2] parameter, trained
  fc.bias : f32[2] parameter, trained
  fc.product : f32[2] variable, per sample
  fc : f32[2] variable, per sample
  cell.rest : f32[] initial
  cell.I : f32[2] variable, per sample
  cell.r : spike[2] variable, per step, per sample
  cell.v : f32[2] variable, per step, per sample, before the first step cell.rest
  cell.s : spike[2] variable, per step, per sample

definitions
  fc.product = dense(x, fc.weight)
  fc = fc.product + fc.bias
  cell.rest = -0.5
  cell.I = fc
  cell.r[t] = step(cell.v[t-1] - 1)
  cell.v[t] = 0.9*cell.v[t-1] + cell.I - cell.r[t]
  cell.s[t] = spike(cell.v[t] - 1)

updates
  fc.bias := fc.bias + 1
)");
}

TEST(NetworkPrinter, OperatorsOnWholeTensors) {
    Builder build;
    const TensorId x = build.input("x", {3}, true);
    const TensorId label = build.label("label");
    const TensorId w = build.weight("w", {3, 2});
    const auto line = [&](Kind kind, DefinitionKind definition) {
        const TensorId y = build.op("y", {}, kind, std::move(definition));
        return print(build.net, *build.net.definition(y));
    };
    EXPECT_EQ(line(stepped, Dense{x, w}), "y[t] = dense(x[t], w)");
    EXPECT_EQ(line(stepped, Dense{x, w, true}), "y[t] = dense(x[t], transposed w)");
    EXPECT_EQ(line(shared, DenseWeight{x, x}), "y = outer(x[t], x[t])");
    EXPECT_EQ(line(held, SumTo{x}), "y = sum_to(x[t])");
    EXPECT_EQ(line(held, MaxOverTime{x}), "y = max_t(x[t])");
    EXPECT_EQ(line(held, FirstMaxOverTime{x}), "y = first_max_t(x[t])");
    EXPECT_EQ(line(held, LastStep{x}), "y = last(x[t])");
    EXPECT_EQ(line(held, FirstSpike{x}), "y = first_spike(x[t])");
    EXPECT_EQ(line(stepped, CrossEntropy{x, label}), "y[t] = cross_entropy(x[t], label)");
    EXPECT_EQ(line(stepped, Softmax{x}), "y[t] = softmax(x[t])");
    EXPECT_EQ(line(held, OneHot{label}), "y = one_hot(label)");
    EXPECT_EQ(line(stepped, ArgMax{x}), "y[t] = argmax(x[t])");
    EXPECT_EQ(line(stepped, Winner{x}), "y[t] = winner(x[t])");
}

}  // namespace
}  // namespace snnc::ir::test
