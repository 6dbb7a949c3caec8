// The update equations against twelve steps of PyTorch's optimisers.
#include <gtest/gtest.h>

#include <cmath>

#include "ir/autodiff/differentiate.h"
#include "tests/support/reference.h"
#include "tests/unit/ir/step/build.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

using snnc::test::Json;

/// A parameter whose gradient comes from outside.
struct OneParameter {
    Builder build;
    TensorId parameter, gradient;

    OneParameter(const std::string& name, const Shape& shape, const OptimizerConfig& config) {
        parameter = build.weight(name, shape);
        Gradients gradients;
        gradient = build.tensor("adj(" + name + ")", shape, {false, false, Role::Adjoint});
        gradients.adjoint = {gradient};
        gradients.adjoint.resize(1);
        // By tensor index; the parameter is the first tensor.
        EXPECT_EQ(parameter.index, 0u);
        add_optimizer(build.net, gradients, config);
    }
};

OptimizerConfig config_of(const Json& options) {
    using Kind = OptimizerConfig::Kind;
    const std::map<std::string, Kind> kinds{{"SGD", Kind::Sgd},         {"Adam", Kind::Adam},
                                            {"AdamW", Kind::AdamW},     {"Adamax", Kind::Adamax},
                                            {"RMSprop", Kind::RmsProp}, {"Adagrad", Kind::Adagrad}};
    OptimizerConfig config;
    config.kind = kinds.at(options.at("name"));
    config.learning_rate = options.at("lr");
    config.weight_decay = options.at("weight_decay");
    config.momentum = options.value("momentum", 0.0);
    config.dampening = options.value("dampening", 0.0);
    config.nesterov = options.value("nesterov", false);
    config.amsgrad = options.value("amsgrad", false);
    config.alpha = options.value("alpha", config.alpha);
    config.centered = options.value("centered", false);
    config.rate_decay = options.value("lr_decay", 0.0);
    config.first_square = options.value("initial_accumulator_value", 0.0);
    config.epsilon = options.value("eps", config.epsilon);
    if (options.contains("betas")) {
        config.beta1 = options["betas"][0];
        config.beta2 = options["betas"][1];
    }
    return config;
}

void expect_as_recorded(const Json& item) {
    SCOPED_TRACE(item.at("id").get<std::string>());
    const OptimizerConfig config = config_of(item.at("optimizer"));
    const snnc::test::Tensor start = snnc::test::tensor(item.at("params"));
    const snnc::test::Tensor gradients = snnc::test::tensor(item.at("grads"));
    const snnc::test::Tensor expected = snnc::test::tensor(item.at("expect"));
    OneParameter setting("w", start.shape, config);
    const Network& net = setting.build.net;
    ASSERT_TRUE(verify(net).empty());
    LoweringOptions options;
    options.updates = true;
    const StepProgram program = lower(net, options);

    std::map<std::uint32_t, std::vector<double>> values;
    for (std::uint32_t i = 0; i < net.tensors.size(); ++i)
        if (net.tensors[i].role == Role::OptimizerState) values[i].assign(start.data.size(), 0.0);
    values[setting.parameter.index].assign(start.data.begin(), start.data.end());
    const std::size_t count = start.data.size();
    for (int k = 1; k <= 12; ++k) {
        for (std::uint32_t i = 0; i < net.tensors.size(); ++i)
            if (net.tensors[i].role == Role::HyperParameter)
                values[i] = {
                    optimizer_number(net.tensors[i].name, config, config.learning_rate, k).value()};
        const auto row = gradients.data.begin() + std::ptrdiff_t(count) * (k - 1);
        values[setting.gradient.index].assign(row, row + std::ptrdiff_t(count));
        values = run<float>(net, program, {1, 1}, 1, values).results;
        for (std::size_t i = 0; i < count; ++i) {
            const float wanted = expected.data[std::size_t(k - 1) * count + i];
            EXPECT_NEAR(values[setting.parameter.index][i], wanted, 2e-6 * std::abs(wanted) + 2e-8)
                << "element " << i << " after step " << k;
        }
    }
}

TEST(Optimizers, DoWhatPyTorchDoes) {
    int compared = 0;
    std::vector<Json> items = snnc::test::reference_cases("optimizers");
    for (const Json& item : snnc::test::reference_cases("optimizers_more")) items.push_back(item);
    for (const Json& item : items) {
        expect_as_recorded(item);
        ++compared;
    }
    EXPECT_GE(compared, 17);
}

std::string updates_of(const OptimizerConfig& config) {
    const OneParameter setting("w", {}, config);
    std::string text;
    for (const Update& update : setting.build.net.updates)
        text += print(setting.build.net, update) + "\n";
    return text;
}

TEST(Optimizers, EquationsOfSgd) {
    OptimizerConfig config;
    EXPECT_EQ(updates_of(config), "w := w - lr*adj(w)\n");
    config.weight_decay = 0.1;
    EXPECT_EQ(updates_of(config), "w := w - lr*(adj(w) + 0.1*w)\n");
    config.weight_decay = 0;
    config.momentum = 0.9;
    EXPECT_EQ(updates_of(config),
              "w.momentum := 0.9*w.momentum + adj(w)\n"
              "w := w - lr*(0.9*w.momentum + adj(w))\n");
    config.nesterov = true;
    EXPECT_EQ(updates_of(config),
              "w.momentum := 0.9*w.momentum + adj(w)\n"
              "w := w - lr*(adj(w) + 0.9*(0.9*w.momentum + adj(w)))\n");
}

TEST(Optimizers, EquationsOfClipping) {
    OptimizerConfig config;
    config.clip_value = 0.5;
    EXPECT_EQ(updates_of(config), "w := w - lr*max(min(adj(w), 0.5), -0.5)\n");
    config.clip_value.reset();
    config.clip_norm = 2;
    EXPECT_EQ(updates_of(config), "w := w - lr*(clip.factor*adj(w))\n");
    const OneParameter setting("w", {3}, config);
    const Network& net = setting.build.net;
    EXPECT_TRUE(verify(net).empty());
    const TensorId factor = net.find("clip.factor");
    ASSERT_TRUE(factor.valid());
    EXPECT_EQ(print(net, *net.definition(factor)),
              "clip.factor = min(2/(sqrt(sum(square(adj(w)))) + 1e-06), 1)");
}

TEST(Optimizers, OnlyTrainedParametersWithAGradientAreUpdated) {
    Builder build;
    const TensorId trained = build.weight("trained", {}), frozen = build.weight("frozen", {}),
                   unused = build.weight("unused", {});
    build.net[frozen].trainable = false;
    Gradients gradients;
    gradients.adjoint.resize(3);
    gradients.adjoint[trained.index] = build.tensor("a", {}, {false, false, Role::Adjoint});
    gradients.adjoint[frozen.index] = build.tensor("b", {}, {false, false, Role::Adjoint});
    ASSERT_FALSE(gradients.of(unused).valid());
    add_optimizer(build.net, gradients, {});
    ASSERT_EQ(build.net.updates.size(), 1u);
    EXPECT_EQ(build.net.updates[0].target, trained);
}

/// Three steps on u, where the value is 1 + 4*sigmoid(u), with the slope by u; the last value lies
/// at the bound, where the file may have put it.
TEST(Optimizers, AValueBoundedByASigmoidMovesInsideOfItsBounds) {
    Builder build;
    const TensorId w = build.weight("w", {3});
    build.net.parameters[0].sigmoid_bounds = {1, 5};
    const TensorId slope = build.tensor("adj(w)", {3}, {false, false, Role::Adjoint});
    Gradients gradients;
    gradients.adjoint.resize(1);
    gradients.adjoint[w.index] = slope;
    OptimizerConfig config;
    config.weight_decay = 0.1;
    add_optimizer(build.net, gradients, config);
    ASSERT_TRUE(verify(build.net).empty());
    LoweringOptions options;
    options.updates = true;
    const StepProgram program = lower(build.net, options);

    std::map<std::uint32_t, std::vector<double>> values;
    values[w.index] = {1.5, 4, 5};
    values[build.net.find("lr").index] = {0.3};
    double u[2] = {std::log(0.5 / 3.5), std::log(3.0)};
    for (int step = 0; step < 3; ++step) {
        const double g[2] = {0.7 - step, -1};
        values[slope.index] = {g[0], g[1], 1000};
        values = run<double>(build.net, program, {1, 1}, 1, values).results;
        for (int i = 0; i < 2; ++i) {
            const double s = 1 / (1 + std::exp(-u[i]));
            u[i] -= 0.3 * (g[i] * 4 * s * (1 - s) + 0.1 * u[i]);
            EXPECT_NEAR(values[w.index][std::size_t(i)], 1 + 4 / (1 + std::exp(-u[i])), 1e-9);
        }
        EXPECT_GT(values[w.index][2], 1);
        EXPECT_LT(values[w.index][2], 5);
        values[build.net.find("lr").index] = {0.3};
    }
}

/// A network may have an input called `lr`; the learning rate is another tensor.
TEST(Optimizers, HyperparametersAreNotMistakenForTensorsOfTheSameName) {
    const OneParameter setting("lr", {}, {});
    const Network& net = setting.build.net;
    bool reads_hyperparameter = false;
    for_each_read(net.pool, net.updates.at(0).value, [&](const ExprNode& read) {
        reads_hyperparameter |= net[read.tensor].role == Role::HyperParameter;
    });
    EXPECT_TRUE(reads_hyperparameter);
}

}  // namespace
}  // namespace snnc::ir::test
