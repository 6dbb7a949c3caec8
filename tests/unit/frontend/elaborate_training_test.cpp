// Train blocks: settings, optimizers, freeze, targets (language.md section 5).
#include <gtest/gtest.h>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

std::string block(const std::string& lines) {
    return "network N {\n    input x[t] : f32[3]\n    x -> dense(3) as fc -> Leaky(beta = learn "
           "0.9) as out\n    output out.s\n}\ntrain of N {\n    target label : class[3]\n"
           "    loss = sum_t(ce(out.v, label))\n" +
           lines + "\n}\n";
}

ir::Training trained(const std::string& lines) {
    const Elaborated result = elaborated(block(lines), training());
    EXPECT_TRUE(result.network) << result.problems;
    return result.network ? *result.network->training : ir::Training{};
}

std::string optimizer(const std::string& use) {
    const ir::OptimizerConfig config = trained("optimizer = " + use).optimizer;
    const char* const kinds[] = {"sgd", "adam", "adamw", "adamax", "rmsprop", "adagrad"};
    char text[160];
    std::snprintf(text, sizeof text, "%s lr=%g momentum=%g%s betas=%g,%g eps=%g decay=%g",
                  kinds[int(config.kind)], config.learning_rate, config.momentum,
                  config.nesterov ? " nesterov" : "", config.beta1, config.beta2, config.epsilon,
                  config.weight_decay);
    return text;
}

TEST(ElaborateOptimizers, HavePyTorchsDefaults) {
    EXPECT_EQ(optimizer("sgd"), "sgd lr=0.001 momentum=0 betas=0.9,0.999 eps=0 decay=0");
    EXPECT_EQ(optimizer("adamax"), "adamax lr=0.002 momentum=0 betas=0.9,0.999 eps=1e-08 decay=0");
    EXPECT_EQ(optimizer("rmsprop"), "rmsprop lr=0.01 momentum=0 betas=0.9,0.999 eps=1e-08 decay=0");
    EXPECT_EQ(optimizer("adagrad"), "adagrad lr=0.01 momentum=0 betas=0.9,0.999 eps=1e-10 decay=0");
    EXPECT_EQ(optimizer("adam()"), "adam lr=0.001 momentum=0 betas=0.9,0.999 eps=1e-08 decay=0");
    EXPECT_EQ(optimizer("adamw"), "adamw lr=0.001 momentum=0 betas=0.9,0.999 eps=1e-08 decay=0.01");
}

TEST(ElaborateOptimizers, TakeTheirArguments) {
    EXPECT_EQ(optimizer("sgd(lr = 0.1, momentum = 0.5, nesterov = true, weight_decay = 0.2)"),
              "sgd lr=0.1 momentum=0.5 nesterov betas=0.9,0.999 eps=0 decay=0.2");
    EXPECT_EQ(trained("optimizer = sgd(momentum = 0.5, dampening = 0.1)").optimizer.dampening, 0.1);
    EXPECT_TRUE(trained("optimizer = adamw(amsgrad = true)").optimizer.amsgrad);
    const ir::OptimizerConfig rms =
        trained("optimizer = rmsprop(alpha = 0.9, centered = true, momentum = 0.5)").optimizer;
    EXPECT_EQ(rms.alpha, 0.9);
    EXPECT_TRUE(rms.centered);
    EXPECT_EQ(rms.momentum, 0.5);
    const ir::OptimizerConfig adagrad =
        trained("optimizer = adagrad(lr_decay = 0.1, initial_accumulator_value = 2)").optimizer;
    EXPECT_EQ(adagrad.rate_decay, 0.1);
    EXPECT_EQ(adagrad.first_square, 2);
    EXPECT_EQ(optimizer("adam(lr = 2*0.1, betas = (0.8, 0.9), eps = 1e-6)"),
              "adam lr=0.2 momentum=0 betas=0.8,0.9 eps=1e-06 decay=0");
}

std::string refused(const std::string& lines) { return findings(block(lines)); }

TEST(ElaborateOptimizers, Mistakes) {
    EXPECT_EQ(refused("optimizer = adan"), "E0201 adan\n");
    EXPECT_EQ(refused("optimizer = adam(momentum = 1)"), "E0201 momentum\n");
    EXPECT_EQ(refused("optimizer = sgd(0.1)"), "E0205 0.1\n");
    EXPECT_EQ(refused("optimizer = sgd(lr = -0.1)"), "E0305 -0.1\n");
    EXPECT_EQ(refused("optimizer = sgd(lr = 0.1, lr = 0.2)"), "E0202 lr\n");
    EXPECT_EQ(refused("optimizer = sgd(lr = learn 0.1)"), "E0205 learn 0.1\n");
    EXPECT_EQ(refused("optimizer = sgd(nesterov = true)"), "E0501 sgd(nesterov = true)\n");
    EXPECT_EQ(refused("optimizer = sgd(momentum = 0.9, nesterov = true, dampening = 0.1)"),
              "E0501 sgd(momentum = 0.9, nesterov = true, dampening = 0.1)\n");
    EXPECT_EQ(refused("optimizer = rmsprop(betas = (0.9, 0.9))"), "E0201 betas\n");
    EXPECT_EQ(refused("optimizer = adam(betas = 0.9)"), "E0301 0.9\n");
    EXPECT_EQ(refused("optimizer = adam(betas = (0.9, 1))"), "E0301 (0.9, 1)\n");
    EXPECT_EQ(refused("optimizer = sgd[3]"), "E0201 sgd[3]\n");
    EXPECT_EQ(refused(""), "E0602 N\n");
}

TEST(ElaborateTrainSettings, Values) {
    const ir::Training none = trained("optimizer = sgd");
    EXPECT_EQ(none.batch, 32);
    EXPECT_EQ(none.epochs, 1);
    EXPECT_TRUE(none.shuffle);
    EXPECT_FALSE(none.drop_last);
    EXPECT_FALSE(none.crop);
    const ir::Training all = trained(
        "optimizer = sgd\n    batch = 7\n    epochs = 3\n    seed = 42\n    shuffle = false\n"
        "    drop_last = true\n    crop = true\n    bptt = full\n    precision = f32");
    EXPECT_EQ(all.batch, 7);
    EXPECT_EQ(all.epochs, 3);
    EXPECT_FALSE(all.shuffle);
    EXPECT_TRUE(all.drop_last);
    EXPECT_TRUE(all.crop);
    EXPECT_FALSE(all.window);
    EXPECT_FALSE(all.bf16);
}

/// `run` draws what `train` draws, where it is clear which training is meant.
TEST(ElaborateTrainSettings, TheSeedIsTheNetworks) {
    const auto seed = [](const std::string& text, const Request& request) {
        return elaborated(text, request).network.value().seed;
    };
    const std::string one = block("optimizer = sgd\n    seed = 42");
    const std::string other = "train Other of N {\n    loss = sum_t(sum(out.v))\n    seed = 7\n}\n";
    EXPECT_EQ(seed(block("optimizer = sgd"), training()), 0u);
    EXPECT_EQ(seed(one, training()), 42u);
    EXPECT_EQ(seed(one, {}), 42u);
    EXPECT_EQ(seed(one + other, {}), 0u);
}

TEST(ElaborateTrainSettings, WindowsAndPrecision) {
    const ir::Training cut =
        trained("optimizer = sgd\n    bptt = truncated(2*5)\n    precision = bf16");
    EXPECT_EQ(cut.window, 10);
    EXPECT_TRUE(cut.bf16);
}

TEST(ElaborateTrainSettings, Mistakes) {
    const std::string sgd = "optimizer = sgd\n";
    EXPECT_EQ(refused(sgd + "batch = 0"), "E0304 0\n");
    EXPECT_EQ(refused(sgd + "batch = 1\nbatch = 2"), "E0202 batch\n");
    EXPECT_EQ(refused(sgd + "bach = 1"), "E0201 bach\n");
    EXPECT_EQ(refused(sgd + "shuffle = 2"), "E0301 2\n");
    EXPECT_EQ(refused(sgd + "crop = 2"), "E0301 2\n");
    EXPECT_EQ(refused(sgd + "loss = 1"), "E0202 loss\n");
    EXPECT_EQ(refused(sgd + "precision = f16"), "E0201 f16\n");
    EXPECT_EQ(refused(sgd + "precision = 16"), "E0501 16\n");
    EXPECT_EQ(refused(sgd + "bptt = truncated(0)"), "E0501 truncated(0)\n");
    EXPECT_EQ(refused(sgd + "bptt = truncated(2.5)"), "E0501 truncated(2.5)\n");
    EXPECT_EQ(refused(sgd + "bptt = truncated"), "E0501 truncated\n");
    EXPECT_EQ(refused(sgd + "bptt = full(3)"), "E0501 full(3)\n");
    EXPECT_EQ(refused(sgd + "bptt = trunkated(3)"), "E0201 trunkated\n");
    EXPECT_EQ(refused(sgd + "clip = norm(0)"), "E0501 norm(0)\n");
    EXPECT_EQ(refused(sgd + "clip = nrom(1)"), "E0201 nrom\n");
    EXPECT_EQ(refused(sgd + "schedule = cosin(epochs = 3)"), "E0201 cosin\n");
    EXPECT_EQ(refused(sgd + "schedule = warmup() then cosine()"), "E0501 warmup()\n");
    EXPECT_EQ(refused(sgd + "batch = 3 then 4"), "E0501 4\n");
    EXPECT_EQ(refused(sgd + "metric = accuracy(last(out.v), label)\n"
                            "metric = accuracy(count(out.s), label)"),
              "E0202 accuracy(count(out.s), label)\n");
}

TEST(ElaborateTargets, AreNamedOnceAndApartFromTheNetwork) {
    const std::string sgd = "optimizer = sgd\n";
    EXPECT_EQ(refused(sgd + "target label : class[3]"), "E0202 label\n");
    EXPECT_EQ(refused(sgd + "target fc : f32[3]"), "E0202 fc\n");
    EXPECT_EQ(refused(sgd + "target y : class[2, 3]"), "E0301 class[2, 3]\n");
    EXPECT_EQ(refused(sgd + "target y : f33[2]"), "E0201 f33\n");
    EXPECT_EQ(refused(sgd + "target t : f32[2]"), "E0203 t\n");
}

std::string frozen(const std::string& lines) {
    const Elaborated result = elaborated(block("optimizer = sgd\n" + lines), training());
    if (!result.network) return result.problems;
    std::string names;
    for (const ir::Parameter& parameter : result.network->parameters)
        if (!(*result.network)[parameter.tensor].trainable)
            names += (*result.network)[parameter.tensor].name + " ";
    return names;
}

TEST(ElaborateFreeze, ElementsAndSingleParameters) {
    EXPECT_EQ(frozen(""), "");
    EXPECT_EQ(frozen("freeze fc"), "fc.weight fc.bias ");
    EXPECT_EQ(frozen("freeze fc.bias, out"), "fc.bias out.beta ");
    EXPECT_EQ(frozen("freeze out.beta"), "out.beta ");
    EXPECT_EQ(refused("optimizer = sgd\nfreeze fd"), "E0201 fd\n");
    EXPECT_EQ(refused("optimizer = sgd\nfreeze out.v"), "E0301 out.v\n");
    EXPECT_EQ(refused("optimizer = sgd\nfreeze fc.weight[0]"), "E0401 fc.weight[0]\n");
}

TEST(ElaborateFindings, WarnWhereTheLossTeachesNothing) {
    const std::string head = "network N {\n    input x[t] : f32[3]\n    x -> dense(3) as fc ";
    const std::string tail = "\n}\ntrain of N {\n    target y : f32[3]\n    optimizer = sgd\n";
    EXPECT_EQ(findings(head + "-> Leaky as out" + tail + "    loss = mse(last(out.v), y)\n}"), "");
    EXPECT_EQ(findings(head + "-> Leaky as out" + tail + "    loss = mse(last(x), y)\n}"),
              "W0603 dense\nW0603 dense\n");
    EXPECT_EQ(
        findings(head + "-> Leaky as out" + tail + "    loss = mse(last(detach(out.v)), y)\n}"),
        "W0603 dense\nW0603 dense\n");
    EXPECT_EQ(findings("network N {\n    input x[t] : f32[3]\n    x -> dense(3) -> Leaky as out" +
                       tail + "    loss = mse(last(out.v), y)\n}"),
              "W0504 dense(3)\n");
}

// ---- --loss --------------------------------------------------------------------------------

TEST(ElaborateLossOption, ReadsVariablesAndFurtherArrays) {
    Request request;
    request.loss = "sum_t(sum(w*out.v))";
    request.extra_targets.push_back({"w", {3}, true, false});
    EXPECT_EQ(equations_of("loss", block("optimizer = sgd"), request),
              "loss.x[t] = w[t]*out.v[t]\nloss.sum[t] = sum(loss.x[t])\n"
              "loss.sum_t = sum(loss.sum[t])\nloss = loss.sum_t\n");
    request.loss = "sum(last(out.v))";
    request.extra_targets[0].name = "fc";
    EXPECT_EQ(elaborated(block("optimizer = sgd"), request).problems.substr(0, 5), "E0202");
}

}  // namespace
}  // namespace snnc::frontend::test
