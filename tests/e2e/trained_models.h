// Small networks with train blocks, and what a library of each is called with: for tests of
// `compile --grad`.
#pragma once

#include "tests/e2e/compiled_library.h"
#include "tests/e2e/small_network.h"

namespace snnc::test {

struct TrainedModel {
    std::string name, text;
    std::map<std::string, std::vector<std::int64_t>> inputs;  // of all samples
    std::int64_t steps = 6;
    double scale = 1;  // of the inputs
};

inline void PrintTo(const TrainedModel& model, std::ostream* out) { *out << model.name; }

inline constexpr std::int64_t model_samples = 10, model_batch = 4;

inline std::string train_block(const std::string& loss, const std::string& optimizer,
                               const std::string& more = "") {
    return "train of Net {\n    target    label : class[3]\n    loss      = " + loss +
           "\n    optimizer = " + optimizer + "\n" + more +
           "    batch     = 4\n    epochs    = 3\n    seed      = 9\n}\n";
}

inline std::vector<TrainedModel> trained_models() {
    const std::string ce = "sum_t(ce(out.v, label))";
    const std::string read_out =
        "-> dense(3) as fc2 -> LI(beta = 0.8) as out\n    output out.v\n}\n\n";
    const std::string driven = "network Net {\n    input x[t] : f32[4]\n\n";
    return {
        {"held",
         "network Net {\n    steps = 6\n    input image : f32[4] in [0, 1]\n\n"
         "    image -> dense(6) as fc1 -> Leaky(beta = learn 0.9 per neuron) as hidden\n      " +
             read_out +
             train_block(ce, "adam(lr = 1e-2)",
                         "    schedule  = warmup(2) then cosine(to = 0.1)\n"),
         {{"image", {model_samples, 4}}}},
        {"recurrent",
         driven + "    x -> dense(12) as fc -> Leaky(beta = 0.9) recurrent dense() as a\n      " +
             read_out +
             train_block(ce, "sgd(lr = 0.1, momentum = 0.9)",
                         "    schedule  = step(epochs = 1, factor = 0.5)\n"),
         {{"x", {6, model_samples, 4}}}},
        {"windows",
         "network Net {\n    input x[t] : f32[2, 8, 8]\n\n"
         "    x -> conv(3, 3, padding = 1) as c -> maxpool(2) -> Leaky(beta = 0.9, theta = 0.1) as "
         "a\n"
         "      -> conv(4, 2) as c2 -> Leaky(beta = 0.5, theta = 0.1) as b -> flatten\n      " +
             read_out + train_block(ce, "adamw(lr = 1e-2)"),
         {{"x", {6, model_samples, 2, 8, 8}}}},
        {"normalised",
         "network Net {\n    input x[t] : f32[2, 6, 6]\n\n"
         "    x -> conv(3, 3) as c -> batchnorm as bn -> Leaky(beta = 0.9, theta = 0.1) as a\n"
         "      -> flatten -> dropout(p = 0.3)\n      " +
             read_out +
             train_block(ce, "rmsprop(lr = 1e-2)",
                         "    schedule  = linear(steps = 5, from = 1, to = 0.2)\n"),
         {{"x", {6, model_samples, 2, 6, 6}}}},
        {"sparse",
         "network Net {\n    input x[t] : f32[6]\n    b : Leaky[9](beta = 0.8)\n\n"
         "    x -> dense(20) as fc -> Leaky(beta = 0.9) as a -> sparse(p = 0.4) as s -> b\n"
         "    b " +
             read_out + train_block(ce, "adagrad(lr = 1e-1)"),
         {{"x", {6, model_samples, 6}}},
         6,
         2},
        {"in_units",
         "neuron Cell {\n    input  I\n    output s\n    learn  tau = 20ms in [1ms, 1s] by "
         "sigmoid\n"
         "    state  v = -60mV\n    dv/dt = (-60mV - v + I)/tau solve euler\n"
         "    s[t]  = spike(v + 50mV)\n}\n\n"
         "network Net {\n    dt = 1ms\n    input x[t] : f32[2]\n\n"
         "    x -> scale(learn 5mV) as w -> Cell as c\n    output c.v, c.s\n}\n\n"
         "train of Net {\n    loss      = mean_t(mean(c.v))\n    optimizer = adamax(lr = 1e-3)\n"
         "    batch     = 4\n    epochs    = 3\n    seed      = 9\n}\n",
         {{"x", {6, model_samples, 2}}}},
        {"noisy",
         driven + "    x -> dense(37) as fc -> NoisyLeaky(sigma = 0.5) as a\n      " + read_out +
             train_block(ce, "adam(lr = 1e-2)", "    clip      = norm(0.1)\n"),
         {{"x", {6, model_samples, 4}}}},
    };
}

}  // namespace snnc::test
