#include "ir/net/equations.h"

#include <gtest/gtest.h>

#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {
namespace {

/// An integrator of a weighted input: v[t] = 0.9*v[t-1] + w*x[t], loss = v at the last step.
struct Integrator {
    Builder build;
    TensorId x, w, rest, v, loss;

    Integrator() {
        build.net.name = "Integrator";
        x = build.input("x", {}, true);
        w = build.weight("cell.w", {});
        rest = build.tensor("cell.rest", {}, {false, false, Role::Initial});
        build.formula(rest, build.number(0.25));
        v = build.tensor("cell.v", {}, stepped);
        build.net[v].initial = rest;
        build.formula(v, 0.9 * build.read(v, 1) + build.read(w) * build.read(x));
        loss = build.op("loss", {}, held, LastStep{v});
    }
};

TEST(Equations, StandPopulationByPopulation) {
    EXPECT_EQ(print_equations(Integrator().build.net), R"(network Integrator

  cell.v = 0.25 before the first step
  cell.v[t] = 0.9*cell.v[t-1] + cell.w*x[t]

  loss = last(cell.v)
)");
}

TEST(Equations, OfTheGradientReadAsInATextbook) {
    Integrator net;
    const Gradients gradients = differentiate(net.build.net, net.loss, {net.w, net.rest});
    EXPECT_EQ(print_gradient(net.build.net, gradients), R"(gradient of Integrator

  adj(loss) = 1/batch
  adj(cell.v)[t] = if t == steps - 1 { adj(loss) } else { 0 } + adj(cell.v)[t+1]*0.9
  adj(cell.rest) = sum(sum(if t < 1 { adj(cell.v)[t]*0.9 } else { 0 }))
  adj(cell.w) = sum(sum(adj(cell.v)[t]*x[t]))
)");
}

/// A factor that changes from step to step stands at the reader's step, like everything else.
TEST(Equations, OfTheGradientCountStepsFromTheirReader) {
    Builder build;
    build.net.name = "Growing";
    const TensorId x = build.input("x", {}, true);
    const TensorId v = build.tensor("v", {}, stepped);
    const Term t{&build.net.pool, build.net.pool.leaf(Op::StepIndex)};
    build.formula(v, t * build.read(v, 1) + build.read(x));
    const TensorId loss = build.op("loss", {}, held, SumTo{v});
    const Gradients gradients = differentiate(build.net, loss, {x});
    EXPECT_EQ(print_gradient(build.net, gradients), R"(gradient of Growing

  adj(loss) = 1/batch
  adj(v)[t] = adj(loss) + adj(v)[t+1]*(t+1)
  adj(x)[t] = adj(v)[t]
)");
}

TEST(Equations, OfTheGradientNameProducts) {
    Builder build;
    build.net.name = "Layer";
    const TensorId x = build.input("x", {3}, true);
    const auto fc = build.dense("fc", x, 3, 2);
    const TensorId loss = build.op("loss", {}, held, SumTo{fc.sum});
    const Gradients gradients = differentiate(build.net, loss, {x, fc.weight, fc.bias});
    EXPECT_EQ(print_gradient(build.net, gradients), R"(gradient of Layer

  adj(loss) = 1/batch
  adj(fc)[t] = adj(loss)
  adj(fc.product)[t] = adj(fc)[t]
  adj(fc.bias) = sum(sum(adj(fc)[t]))
  adj(fc.weight) = sum over samples and steps of x[t] ⊗ adj(fc.product)[t]
  adj(x)[t] = adj(fc.product)[t] · transpose(fc.weight)
)");
}

/// In the place of its reader it would be there twice, and in that one's reader four times.
TEST(Equations, OfTheGradientKeepLongHelpersOnTheirOwnLine) {
    Builder build;
    build.net.name = "Deep";
    const TensorId x = build.input("x", {}, true);
    const TensorId v = build.tensor("v", {}, stepped);
    Term power = build.read(v, 1) + build.read(x);
    for (int i = 0; i < 60; ++i) power = power * power;
    build.formula(v, power);
    const TensorId loss = build.op("loss", {}, held, SumTo{v});
    const Gradients gradients = differentiate(build.net, loss, {x});
    const std::string text = print_gradient(build.net, gradients);
    EXPECT_NE(text.find("\n  adj(v)[t] = adj(loss) + carry(v)[t+1]\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n  carry(v)[t] = "), std::string::npos) << text;
}

}  // namespace
}  // namespace snnc::ir::test
