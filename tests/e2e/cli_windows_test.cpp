// `bptt = truncated(K)`: what windows carry, count, log and keep (language.md 8.6).
#include <gtest/gtest.h>

#include <sstream>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

constexpr std::int64_t steps = 12, samples = 6;

/// Delays, long pasts, refractory times, feedback, encoders, draws and `t`.
const char* const network = R"(
neuron Long {
    input  I
    output s, u
    state  v = uniform(0, 0.5), w = 0.25
    v[t] = 0.8*v[t-1] + I - s[t-1]
    w[t] = 0.5*w[t-3] + 0.1*v[t-2] + 0.01*t
    s[t] = spike(v + 0.2*w[t-1] - 1)
    u[t] = w - v[t-4] + t/steps
}

neuron Held {
    input  I
    output s
    state  v = 0
    v[t] = 0.9*v[t-1] + I
    s[t] = spike(v - 0.5)
    on detach(s): v = 0
    refractory 3: v
}

network Pieces {
    dt = 1ms
    input x[t] : f32[4]
    input image : f32[4] in [0, 1]

    x -> Delta(theta = 0.05) as delta -> dense(2) as fc0 -> LI as changes
    x -> delay(3) as late -> dense(5) as fc1 -> Long as long
    x -> dense(5) as fc2 -> Held as held -> dense(2) as fc3 -> LI as out
    image -> Rate(gain = 0.7) as rate -> dense(4) as fc4 -> Leaky(beta = 0.9) recurrent dense() as loop
    loop -> delay(1) as next -> NoisyLeaky(beta = 0.7) as noisy
}
)";

std::string training(const std::string& bptt, const std::string& more = {}) {
    return std::string(network) +
           "\ntrain of Pieces {\n    target y[t] : f32[2]\n"
           "    loss = mean_t(mse(out.v, y)) + mean_t(mean(long.u)) + mean_t(mean(long.s))\n"
           "         + mean_t(mean(loop.v)) + mean_t(mean(noisy.v)) + mean_t(mean(changes.v))\n"
           "         + mean_t(if t >= 7 { mean(held.s) } else { 0 })\n" +
           "    batch = 4\n    seed = 3\n    bptt = " + bptt + "\n" + more + "}\n";
}

class WindowsOfTraining : public testing::TestWithParam<std::string> {
 protected:
    WindowsOfTraining() {
        write_npy(file("x.npy"), some_values({steps, samples, 4}));
        write_npy(file("image.npy"), some_values({samples, 4}));
        write_npy(file("y.npy"), some_values({steps, samples, 2}));
    }
    std::string file(const std::string& name) const { return folder_.file(name); }

    void train(const std::string& text, const std::string& name,
               std::vector<std::string> more = {}) {
        write_text(file("n.snn"), text);
        std::vector<std::string> command{"train",     file("n.snn"),
                                         "--input",   "x=" + file("x.npy"),
                                         "--input",   "image=" + file("image.npy"),
                                         "--target",  "y=" + file("y.npy"),
                                         "--out",     file(name + ".safetensors"),
                                         "--log",     file(name + ".jsonl"),
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err;
    }
    std::vector<Json> logged(const std::string& name, const std::string& kind) const {
        return events(read_text(file(name + ".jsonl")), kind);
    }

    TemporaryFolder folder_;
};

/// With weights that do not move, windows together compute what the whole run does.
TEST_P(WindowsOfTraining, carry_the_whole_state) {
    const std::string still = "    optimizer = sgd(lr = 1e-30)\n";
    train(training("full", still), "full");
    const double loss = logged("full", "epoch").at(0).at("train_loss");
    for (const char* length : {"1", "2", "3", "6", "12", "100"}) {
        SCOPED_TRACE(length);
        train(training("truncated(" + std::string(length) + ")", still), length);
        EXPECT_NEAR(logged(length, "epoch").at(0).at("train_loss").get<double>(), loss, 2e-6);
    }
    // 5 + 5 + 2 steps: the mean over windows is not that over steps.
    train(training("truncated(5)", still), "5");
    const auto windows = logged("5", "step");
    ASSERT_EQ(windows.size(), 6u);
    double weighted = 0;
    for (const Json& event : windows) {
        const bool last = event.at("window") == 2;
        weighted += event.at("loss").get<double>() * (last ? 2 : 5) / double(steps) *
                    (event.at("step") <= 3 ? 4 : 2) / double(samples);
    }
    EXPECT_NEAR(weighted, loss, 2e-6);
}

TEST_P(WindowsOfTraining, one_window_is_the_full_gradient) {
    const std::string adam = "    optimizer = adam(lr = 1e-2)\n    epochs = 3\n";
    train(training("full", adam), "full");
    train(training("truncated(12)", adam), "window");
    const Tensors full = read_safetensors(file("full.safetensors"));
    for (const auto& [name, tensor] : read_safetensors(file("window.safetensors")))
        EXPECT_EQ(tensor.data, full.at(name).data) << name;
}

TEST_P(WindowsOfTraining, count_and_log_updates) {
    train(training("truncated(5)",
                   "    optimizer = sgd(lr = 1e-2)\n    epochs = 2\n"
                   "    schedule = linear(steps = 4)\n"),
          "log");
    const auto updates = logged("log", "step");
    ASSERT_EQ(updates.size(), 12u);  // two epochs of two batches of three windows
    for (std::size_t i = 0; i < updates.size(); ++i) {
        EXPECT_EQ(updates[i].at("step"), i + 1);
        EXPECT_EQ(updates[i].at("window"), i % 3);
        EXPECT_EQ(updates[i].at("epoch"), i / 6);
    }
    double sum = 0;
    for (std::size_t i = 0; i < 6; ++i)
        sum += updates[i].at("loss").get<double>() * (i < 3 ? 4 : 2);
    EXPECT_NEAR(logged("log", "epoch").at(0).at("train_loss").get<double>(), sum / 18, 1e-7);
}

TEST_P(WindowsOfTraining, resume_between_two_windows) {
    const std::string text =
        training("truncated(5)", "    optimizer = adam(lr = 1e-2)\n    epochs = 3\n");
    train(text, "whole");
    for (const char* updates : {"4", "6", "11"}) {
        SCOPED_TRACE(updates);
        const std::string saved = file("saved" + std::string(updates));
        train(text, "pieces", {"--max-steps", updates, "--checkpoint", saved});
        train(text, "pieces", {"--resume", saved});
        EXPECT_EQ(read_text(file("whole.safetensors")), read_text(file("pieces.safetensors")));
    }
    const auto whole = logged("whole", "epoch"), pieces = logged("pieces", "epoch");
    EXPECT_EQ(whole.back().at("train_loss"), pieces.back().at("train_loss"));
}

/// A checkpoint of another length of windows does not fit.
TEST_P(WindowsOfTraining, are_part_of_a_checkpoint) {
    const std::string sgd = "    optimizer = sgd(lr = 1e-2)\n";
    train(training("truncated(5)", sgd), "a", {"--max-steps", "2", "--checkpoint", file("saved")});
    write_text(file("n.snn"), training("truncated(4)", sgd));
    const ProcessResult result =
        run_snnc({"train", file("n.snn"), "--input", "x=" + file("x.npy"), "--input",
                  "image=" + file("image.npy"), "--target", "y=" + file("y.npy"), "--resume",
                  file("saved"), "--backend", GetParam()},
                 {"SNNC_CACHE=" + file("cache")});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("windows of length 5"), std::string::npos) << result.err;
}

TEST_P(WindowsOfTraining, train_the_example_of_an_own_neuron) {
    write_npy(file("x.npy"), some_values({40, 20, 8}, 2));
    write_npy(file("y.npy"), some_values({40, 20, 2}));
    const ProcessResult result =
        run_snnc({"train", SNNC_SOURCE_DIR "/examples/06_own_neuron.snn", "--input",
                  "x=" + file("x.npy"), "--target", "y=" + file("y.npy"), "--lr", "1e-2", "--log",
                  file("log.jsonl"), "--epochs", "8", "--backend", GetParam()},
                 {"SNNC_CACHE=" + file("cache")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto epochs = logged("log", "epoch");
    ASSERT_EQ(epochs.size(), 8u);
    EXPECT_EQ(logged("log", "step").size(), 8u * 2u * 2u);
    EXPECT_LT(epochs.back().at("train_loss").get<double>(),
              0.9 * epochs.front().at("train_loss").get<double>());
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, WindowsOfTraining, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
