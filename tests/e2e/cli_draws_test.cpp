// Random numbers through the tool: they depend on seed, names, samples and steps, and on nothing
// else (language.md 8.4).
#include <gtest/gtest.h>

#include <cmath>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const std::vector<std::string> backends{
#ifdef SNNC_HAS_CODEGEN
    "cpu",
#endif
    "interpret"};

/// Every kind of draw in one cell.
const char* const noisy_cell =
    "neuron Noisy {\n"
    "    input  I\n"
    "    output s\n"
    "    param  sd = 0.2\n"
    "    state  v = uniform(-1, 1)\n"
    "    let noise ~ normal(0, 1)\n"
    "    let drift ~ uniform(-0.1, I)\n"
    "    let count ~ poisson(I)\n"
    "    v[t] = 0.9*v[t-1] + drift + sd*noise + 0.1*count\n"
    "    s[t] ~ bernoulli(sigmoid(v))\n"
    "}\n";

std::string noisy_network(const std::string& before = "") {
    return std::string(noisy_cell) + "network N {\n    input x : f32[37] in [0, 1]\n    x -> " +
           before + "Noisy as cells\n    output cells.s, cells.v\n}\n";
}

class Draws : public testing::TestWithParam<std::string> {
 protected:
    /// The traces [steps, samples, elements] of v and s, one after the other.
    std::vector<float> run(const std::string& text, const Tensor& x,
                           std::vector<std::string> more = {}, const char* backend = nullptr) {
        const TemporaryFolder folder;
        write_text(folder.file("n.snn"), text);
        write_npy(folder.file("x.npy"), x);
        std::vector<std::string> command{"run",       folder.file("n.snn"),
                                         "--input",   "x=" + folder.file("x.npy"),
                                         "--steps",   "6",
                                         "--out",     folder.file("out"),
                                         "--backend", backend ? backend : GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = run_snnc(command);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        if (result.exit_code != 0) return {};
        std::vector<float> all = read_npy(folder.file("out/cells.v.npy")).data;
        const std::vector<float> spikes = read_npy(folder.file("out/cells.s.npy")).data;
        all.insert(all.end(), spikes.begin(), spikes.end());
        return all;
    }
};

TEST_P(Draws, are_those_of_the_training_s_seed_unless_another_is_given) {
    const Tensor x = some_values({5, 37});
    const std::string training = "train of N {\n    loss = sum_t(sum(cells.v))\n    seed = 4\n}\n";
    EXPECT_EQ(run(noisy_network() + training, x), run(noisy_network(), x, {"--seed", "4"}));
    EXPECT_EQ(run(noisy_network() + training, x, {"--seed", "0"}), run(noisy_network(), x));
}

TEST_P(Draws, do_not_depend_on_backend_threads_and_other_layers) {
    const Tensor x = some_values({5, 37});
    const auto numbers = run(noisy_network(), x);
    EXPECT_EQ(numbers, run(noisy_network(), x, {}, "interpret"));
    EXPECT_EQ(numbers, run(noisy_network(), x, {"--threads", "3"}));
    EXPECT_EQ(numbers, run(noisy_network(), x, {"--seed", "0"}));
    EXPECT_EQ(numbers, run(noisy_network("scale(1) as one -> "), x));
    EXPECT_NE(numbers, run(noisy_network(), x, {"--seed", "1"}));
}

TEST_P(Draws, do_not_depend_on_the_batch) {
    const Tensor x = some_values({5, 37});
    const auto all = run(noisy_network(), x);
    const auto first = run(noisy_network(), {{1, 37}, {x.data.begin(), x.data.begin() + 37}});
    for (std::size_t part = 0; part < 2; ++part)  // v, then s
        for (std::size_t t = 0; t < 6; ++t)
            for (std::size_t e = 0; e < 37; ++e)
                ASSERT_EQ(all[((part * 6 + t) * 5) * 37 + e], first[(part * 6 + t) * 37 + e]);
}

TEST_P(Draws, initial_values_hold_for_a_sample_and_can_be_given) {
    const std::string text =
        "neuron Keep {\n    input I\n    output v\n    state v = uniform(2, 3)\n"
        "    v[t] = v[t-1] + 0*I\n}\nnetwork N {\n    input x : f32[37]\n"
        "    x -> Keep as cells\n    output cells.v\n}\n";
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"), text);
    write_npy(folder.file("x.npy"), some_values({200, 37}));
    std::vector<std::string> command{"run",       folder.file("n.snn"),
                                     "--input",   "x=" + folder.file("x.npy"),
                                     "--steps",   "2",
                                     "--out",     folder.file("out"),
                                     "--backend", GetParam()};
    ProcessResult result = run_snnc(command);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Tensor v = read_npy(folder.file("out/cells.v.npy"));
    double sum = 0, square = 0;
    const std::size_t count = v.data.size() / 2;
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_EQ(v.data[i], v.data[count + i]);
        ASSERT_GE(v.data[i], 2);
        ASSERT_LT(v.data[i], 3);
        sum += v.data[i];
        square += (v.data[i] - 2.5) * (v.data[i] - 2.5);
    }
    EXPECT_NEAR(sum / double(count), 2.5, 5 * std::sqrt(1 / 12.0 / double(count)));
    EXPECT_NEAR(square / double(count), 1 / 12.0, 0.005);

    write_npy(folder.file("v.npy"), some_values({200, 37}));
    command.insert(command.end(), {"--state", "cells.v=" + folder.file("v.npy")});
    result = run_snnc(command);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(read_npy(folder.file("out/cells.v.npy")).data[5], some_values({200, 37}).data[5]);
}

// ---- white noise ------------------------------------------------------------------------------

/// The values after the last step, from zero: [samples][elements].
Tensor after(const std::string& equations, const std::string& dt, const std::string& duration,
             const std::string& backend) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "neuron Walk {\n    output v\n    state v = 0, w = 0\n" + equations +
                   "}\nnetwork N {\n    dt = " + dt + "\n    duration = " + duration +
                   "\n    cells : Walk[4000]\n    output cells.v, cells.w\n}\n");
    const ProcessResult result = run_snnc(
        {"run", folder.file("n.snn"), "--save-state", folder.file("end"), "--backend", backend});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    if (result.exit_code != 0) return {};
    Tensor all = read_npy(folder.file("end/cells.v.npy"));
    const Tensor w = read_npy(folder.file("end/cells.w.npy"));
    all.data.insert(all.data.end(), w.data.begin(), w.data.end());
    return all;
}

struct Moments {
    double variance_v = 0, variance_w = 0, covariance = 0;
    explicit Moments(const Tensor& ends) {
        const std::size_t count = ends.data.size() / 2;
        for (std::size_t i = 0; i < count; ++i) {
            const double v = ends.data[i], w = ends.data[count + i];
            variance_v += v * v / double(count);
            variance_w += w * w / double(count);
            covariance += v * w / double(count);
        }
    }
};

/// A Wiener process has variance T after the time T, whatever the step; the noise of each equation
/// is its own, and the same wherever an equation reads it.
TEST_P(Draws, white_noise_has_the_variance_of_its_time) {
    for (const char* dt : {"1ms", "0.25ms"}) {
        const Moments found(after("    dv/dt = xi solve euler\n    dw/dt = 2*xi - xi solve euler\n",
                                  dt, "10ms", GetParam()));
        EXPECT_NEAR(found.variance_v, 10, 1.2) << dt;
        EXPECT_NEAR(found.variance_w, 10, 1.2) << dt;
        EXPECT_NEAR(found.covariance, 0, 0.9) << dt;
    }
}

/// An Ornstein-Uhlenbeck process with a time constant of 4 steps settles at sigma^2*tau/2.
TEST_P(Draws, white_noise_around_a_leak) {
    const Moments found(
        after("    dv/dt = 0.5*xi/1ms^0.5 - v/4ms solve euler\n"
              "    dw/dt = 0.5*xi/1ms^0.5 - w/4ms solve exp_euler\n",
              "1ms", "60ms", GetParam()));
    // Euler's recurrence x := 3/4*x + 0.5*z, and the exponential one x := q*x + 0.5*4*(1 - q)*z.
    const double q = std::exp(-0.25), gain = 2 * (1 - q);
    EXPECT_NEAR(found.variance_v, 0.25 / (1 - 0.5625), 0.06);
    EXPECT_NEAR(found.variance_w, gain * gain / (1 - q * q), 0.06);
    EXPECT_NEAR(found.covariance, 0, 0.05);
}

// ---- gradients -------------------------------------------------------------------------------

double loss(const ProcessResult& result) {
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? std::stod(result.out.substr(5)) : 0;
}

TEST_P(Draws, gradients_flow_through_mean_and_spread) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "neuron Drawn {\n    input I\n    output v\n    learn m = 0.3\n    learn sd = 0.5\n"
               "    learn low = -1\n    state v = 0\n    let u ~ uniform(low, I)\n"
               "    let n ~ normal(m, sd)\n    v[t] = tanh(0.5*v[t-1] + n + u)\n}\n"
               "network N {\n    steps = 4\n    input x : f32[5]\n    x -> Drawn as cells\n"
               "    output cells.v\n}\n");
    write_npy(folder.file("x.npy"), some_values({3, 5}));
    std::vector<std::string> command{"grad",      folder.file("n.snn"),
                                     "--loss",    "sum(last(cells.v)*last(cells.v))",
                                     "--input",   "x=" + folder.file("x.npy"),
                                     "--backend", GetParam(),
                                     "--seed",    "4"};
    std::vector<std::string> with_output = command;
    with_output.insert(with_output.end(), {"--out", folder.file("g.safetensors")});
    loss(run_snnc(with_output));
    const Tensors gradients = read_safetensors(folder.file("g.safetensors"));
    const std::pair<const char*, double> parameters[] = {{"m", 0.3}, {"sd", 0.5}, {"low", -1.0}};
    for (const auto& [name, value] : parameters) {
        const auto at = [&](double changed) {
            auto set = command;
            set.insert(set.end(),
                       {"--set", std::string("cells.") + name + "=" + number_text(changed)});
            return loss(run_snnc(set));
        };
        const double h = 1e-2, slope = (at(value + h) - at(value - h)) / (2 * h);
        const float gradient = gradients.at(std::string("cells.") + name).data[0];
        EXPECT_NEAR(gradient, slope, 1e-2 * std::max(1.0, std::abs(slope))) << name;
        EXPECT_GT(std::abs(gradient), 1e-3) << name;
    }
}

TEST_P(Draws, encoders_pass_no_gradient_to_their_input) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "encoder Plain {\n    input x\n    output s\n    s[t] = 2*x\n}\n"
               "network N {\n    steps = 4\n    input x : f32[5]\n"
               "    x -> Plain as code -> LI() as out\n    output out.v\n}\n");
    write_npy(folder.file("x.npy"), some_values({3, 5}));
    loss(run_snnc({"grad", folder.file("n.snn"), "--loss", "sum_t(sum(out.v))", "--input",
                   "x=" + folder.file("x.npy"), "--backend", GetParam(), "--out",
                   folder.file("g.safetensors")}));
    const Tensors gradients = read_safetensors(folder.file("g.safetensors"));
    EXPECT_EQ(gradients.at("input.x").data, std::vector<float>(15, 0.0f));
}

// ---- training --------------------------------------------------------------------------------

const char* const noisy_training =
    "network Small {\n"
    "    steps = 5\n"
    "    input image : f32[4] in [0, 1]\n"
    "    image -> Rate as code -> dense(6) as fc1 -> NoisyLeaky(beta = 0.9) as hidden\n"
    "          -> dense(3) as fc2 -> Leaky(beta = 0.8) as out\n"
    "    output out.s\n"
    "}\n"
    "train of Small {\n"
    "    target    label : class[3]\n"
    "    loss      = sum_t(ce(out.v, label))\n"
    "    optimizer = adam(lr = 1e-2)\n"
    "    batch     = 8\n"
    "    epochs    = 2\n"
    "    seed      = 3\n"
    "}\n";

class NoisyTraining : public Draws {
 protected:
    NoisyTraining() { write_text(small_.file("net.snn"), noisy_training); }

    ProcessResult train(std::vector<std::string> more) {
        more.insert(more.end(), {"--backend", GetParam(), "--out", small_.file("w.safetensors")});
        return small_.run("train", more);
    }
    /// The losses of all steps.
    std::vector<double> losses(const std::string& log) const {
        std::vector<double> found;
        const std::string text = read_text(small_.file(log));
        for (std::size_t at = 0; (at = text.find("\"loss\":", at)) != std::string::npos; ++at)
            found.push_back(std::stod(text.substr(at + 7)));
        return found;
    }

    const SmallCase small_{20};
};

TEST_P(NoisyTraining, repeats_itself_whatever_the_threads) {
    ASSERT_EQ(train({"--log", small_.file("a.jsonl")}).exit_code, 0);
    ASSERT_EQ(train({"--log", small_.file("b.jsonl"), "--threads", "3"}).exit_code, 0);
    ASSERT_EQ(train({"--log", small_.file("c.jsonl"), "--seed", "8"}).exit_code, 0);
    EXPECT_EQ(losses("a.jsonl").size(), 6u);
    EXPECT_EQ(losses("a.jsonl"), losses("b.jsonl"));
    EXPECT_NE(losses("a.jsonl"), losses("c.jsonl"));
}

TEST_P(NoisyTraining, resumes_with_the_same_noise) {
    ASSERT_EQ(train({"--log", small_.file("a.jsonl")}).exit_code, 0);
    ASSERT_EQ(train({"--log", small_.file("b.jsonl"), "--max-steps", "4", "--checkpoint",
                     small_.file("saved"), "--every", "1"})
                  .exit_code,
              0);
    ASSERT_EQ(train({"--log", small_.file("b.jsonl"), "--resume", small_.file("saved")}).exit_code,
              0);
    EXPECT_EQ(losses("a.jsonl"), losses("b.jsonl"));
}

/// A sample's noise belongs to its position, so the mean loss does not depend on the batches.
TEST_P(NoisyTraining, evaluates_alike_in_batches_of_any_size) {
    ASSERT_EQ(train({}).exit_code, 0);
    std::vector<double> found;
    for (const char* batch : {"1", "3", "20"}) {
        const ProcessResult result = small_.run(
            "eval",
            {"--weights", small_.file("w.safetensors"), "--batch", batch, "--backend", GetParam()});
        found.push_back(loss(result));
    }
    EXPECT_NEAR(found[0], found[2], 1e-5 * found[0]);
    EXPECT_NEAR(found[1], found[2], 1e-5 * found[0]);
}

// ---- the library and the example -------------------------------------------------------------

TEST_P(Draws, a_noisy_cell_is_reset_after_its_spikes_and_only_then) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "network N {\n    input x : f32[9]\n"
               "    x -> NoisyLeaky(beta = 0.5, sigma = 0.6, reset = zero) as n\n    output n.s, "
               "n.v\n}\n");
    write_npy(folder.file("x.npy"), some_values({2, 9}));
    const ProcessResult result =
        run_snnc({"run", folder.file("n.snn"), "--input", "x=" + folder.file("x.npy"), "--steps",
                  "40", "--out", folder.file("out"), "--backend", GetParam()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Tensor s = read_npy(folder.file("out/n.s.npy")), v = read_npy(folder.file("out/n.v.npy"));
    const Tensor x = some_values({2, 9});
    int spikes = 0;
    for (std::size_t i = 18; i < v.data.size(); ++i) {
        const float before = v.data[i - 18], reset = s.data[i - 18];
        spikes += int(reset);
        EXPECT_EQ(v.data[i], (1 - reset) * (0.5f * before + x.data[i % 18]));
    }
    EXPECT_GT(spikes, 50);
}

TEST_P(Draws, sources_need_no_input) {
    const TemporaryFolder folder;
    write_text(
        folder.file("n.snn"),
        "network N {\n    dt = 0.5\n    steps = 4000\n    source : PoissonSource[3](rate = 0.4)\n"
        "    source -> LI() as out\n    output source.s\n}\n");
    const ProcessResult result = run_snnc(
        {"run", folder.file("n.snn"), "--out", folder.file("out"), "--backend", GetParam()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Tensor counts = read_npy(folder.file("out/source.s.npy"));
    double sum = 0;
    for (const float count : counts.data) sum += count;
    EXPECT_NEAR(sum / double(counts.data.size()), 0.2, 5 * std::sqrt(0.2 / 12000));
}

TEST_P(Draws, the_example_of_the_encoders_runs) {
    const std::string example = std::string(SNNC_SOURCE_DIR) + "/examples/04_encoders.snn";
    EXPECT_EQ(run_snnc({"check", example}).exit_code, 0);
    const TemporaryFolder folder;
    write_npy(folder.file("image.npy"), some_values({2, 784}));
    write_npy(folder.file("trace.npy"), some_values({100, 2, 4}, 10));
    const ProcessResult result =
        run_snnc({"run", example, "--input", "image=" + folder.file("image.npy"), "--input",
                  "trace=" + folder.file("trace.npy"), "--out", folder.file("out"), "--backend",
                  GetParam()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    for (const char* name : {"rate", "latency", "levels"}) {
        const Tensor code = read_npy(folder.file(std::string("out/") + name + ".s.npy"));
        EXPECT_EQ(code.shape, (std::vector<std::int64_t>{100, 2, 784}));
    }
    EXPECT_EQ(read_npy(folder.file("out/delta.s.npy")).shape,
              (std::vector<std::int64_t>{100, 2, 4}));
}

INSTANTIATE_TEST_SUITE_P(backends, Draws, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(backends, NoisyTraining, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
