// A run that is cut into pieces gives the numbers of one run: whatever equations read of earlier
// steps, the number of the step, and draws go on (language.md 8.3).
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

constexpr std::int64_t whole_steps = 12, samples = 3, channels = 4;

/// One network with everything that a state is made of.
const char* const network = R"(
neuron Long {
    input  I
    output s, u
    param  beta = 0.8
    state  v = uniform(0, 0.5), w = 0.25
    v[t] = beta*v[t-1] + I - s[t-1]
    w[t] = 0.5*w[t-3] + 0.1*v[t-2] + 0.01*t
    s[t] = spike(v + 0.2*w[t-1] - 1)
    u[t] = w - v[t-4]
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

    x -> Delta(theta = 0.05, off_spike = true) as delta
    x -> delay(3) as late -> dense(5) as fc1 -> Long as long
    x -> dense(5) as fc2 -> Held as held -> dense(5) as fc3 -> Long as behind
    image -> Rate(gain = 0.7) as rate -> dense(4) as fc4 -> Leaky(beta = 0.9) recurrent dense() as loop
    image -> Latency(tau = 2) as latency
    loop -> delay(1) as next -> NoisyLeaky(beta = 0.7) as noisy
    output delta.s, long.s, long.u, held.s, behind.u, rate.s, loop.s, loop.v, latency.s, noisy.v
}
)";

Tensor steps_of(const Tensor& whole, std::int64_t first, std::int64_t count) {
    const std::int64_t row = count_of(whole.shape) / whole.shape[0];
    Tensor part{whole.shape, {}};
    part.shape[0] = count;
    part.data.assign(whole.data.begin() + first * row, whole.data.begin() + (first + count) * row);
    return part;
}

class StateOfARun : public testing::TestWithParam<std::string> {
 protected:
    StateOfARun() : x_(some_values({whole_steps, samples, channels})) {
        write_text(folder_.file("n.snn"), network);
        write_npy(folder_.file("image.npy"), some_values({samples, channels}));
    }

    std::string file(const std::string& name) const { return folder_.file(name); }

    void run(std::int64_t first, std::int64_t count, const std::string& out,
             std::vector<std::string> more) {
        write_npy(file("x.npy"), steps_of(x_, first, count));
        std::vector<std::string> command{"run",       file("n.snn"),
                                         "--input",   "x=" + file("x.npy"),
                                         "--input",   "image=" + file("image.npy"),
                                         "--seed",    "5",
                                         "--out",     file(out),
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err;
    }

    void expect_same(const std::vector<std::string>& pieces,
                     const std::vector<std::int64_t>& counts) {
        for (const auto& entry : std::filesystem::directory_iterator(file("whole"))) {
            const std::string name = entry.path().filename().string();
            const Tensor whole = read_npy(entry.path());
            std::int64_t first = 0;
            for (std::size_t i = 0; i < pieces.size(); first += counts[i], ++i)
                EXPECT_EQ(read_npy(file(pieces[i] + "/" + name)).data,
                          steps_of(whole, first, counts[i]).data)
                    << name << " in piece " << i + 1;
        }
    }

    TemporaryFolder folder_;
    Tensor x_;
};

TEST_P(StateOfARun, goes_on_from_a_folder) {
    run(0, whole_steps, "whole", {});
    run(0, 5, "a", {"--save-state", file("mid")});
    run(5, 7, "b", {"--state", file("mid")});
    expect_same({"a", "b"}, {5, 7});
    EXPECT_EQ(read_npy(file("mid/long.v.npy")).shape, (std::vector<std::int64_t>{4, samples, 5}));
    EXPECT_EQ(read_npy(file("mid/late.in.npy")).shape, (std::vector<std::int64_t>{3, samples, 4}));
}

/// Pieces that are shorter than the past that is read.
TEST_P(StateOfARun, goes_on_from_short_pieces) {
    run(0, whole_steps, "whole", {});
    run(0, 1, "a", {"--save-state", file("s1")});
    run(1, 2, "b", {"--state", file("s1"), "--save-state", file("s2")});
    run(3, 9, "c", {"--state", file("s2")});
    expect_same({"a", "b", "c"}, {1, 2, 9});
}

TEST_P(StateOfARun, goes_on_from_single_files) {
    run(0, whole_steps, "whole", {});
    run(0, 6, "a", {"--save-state", file("mid")});
    std::vector<std::string> states;
    for (const auto& entry : std::filesystem::directory_iterator(file("mid")))
        states.insert(states.end(),
                      {"--state", entry.path().stem().string() + "=" + entry.path().string()});
    run(6, 6, "b", states);
    expect_same({"a", "b"}, {6, 6});
}

/// A past of two steps: late.in[t] is given for t = 0 and 1, then out.v decays by halves.
TEST_P(StateOfARun, gradients_reach_a_past_of_several_steps) {
    write_text(
        file("late.snn"),
        "network N {\n    input x[t] : f32[1]\n    x -> delay(2) as late -> LI(beta = 0.5) as "
        "out\n    output out.v\n}\n");
    write_npy(file("y.npy"), some_values({4, 1, 1}));
    const auto gradient = [&](const Tensor& past) {
        write_npy(file("past.npy"), past);
        const ProcessResult result =
            run_snnc({"grad", file("late.snn"), "--loss", "sum_t(sum(out.v))", "--input",
                      "x=" + file("y.npy"), "--state", "late.in=" + file("past.npy"), "--out",
                      file("g.safetensors"), "--backend", GetParam()},
                     {"SNNC_CACHE=" + file("cache")});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return read_safetensors(file("g.safetensors")).at("state.late.in");
    };
    const Tensor both = gradient({{2, 1, 1}, {0.25F, 0.75F}});
    EXPECT_EQ(both.shape, (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_EQ(both.data, (std::vector<float>{1.875F, 1.75F}));
    // One value for both steps.
    EXPECT_EQ(gradient({{1, 1}, {0.25F}}).data, (std::vector<float>{3.625F}));
}

/// The loss of a whole run is that of its two pieces.
TEST_P(StateOfARun, losses_go_on_from_a_folder) {
    const auto loss = [&](std::int64_t first, std::int64_t count, std::vector<std::string> more) {
        write_npy(file("x.npy"), steps_of(x_, first, count));
        std::vector<std::string> command{"grad",      file("n.snn"),
                                         "--loss",    "sum_t(sum(long.v))",
                                         "--input",   "x=" + file("x.npy"),
                                         "--input",   "image=" + file("image.npy"),
                                         "--seed",    "5",
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + file("cache")});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return std::stod(result.out.substr(result.out.find(' ')));
    };
    run(0, 5, "a", {"--save-state", file("mid")});
    const double whole = loss(0, whole_steps, {});
    EXPECT_NEAR(loss(0, 5, {}) + loss(5, 7, {"--state", file("mid")}), whole,
                1e-5 * std::abs(whole));
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, StateOfARun, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

// ---- mistakes --------------------------------------------------------------------------------

TEST(StateFiles, mistakes_are_told) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "network N {\n    input x[t] : f32[2]\n    x -> delay(2) as late -> LI as out\n"
               "    output out.v\n}\n");
    write_npy(folder.file("x.npy"), some_values({4, 1, 2}));
    write_npy(folder.file("deep.npy"), some_values({3, 1, 2}));
    write_npy(folder.file("half.npy"), some_values({1}));
    std::filesystem::create_directory(folder.file("empty"));
    const auto expect = [&](const std::string& state, const std::string& code,
                            const std::string& text) {
        const ProcessResult result =
            run_snnc({"run", folder.file("n.snn"), "--input", "x=" + folder.file("x.npy"),
                      "--state", state, "--backend", "interpret"});
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_NE(result.err.find(code), std::string::npos) << result.err;
        EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
    };
    expect("late.in=" + folder.file("deep.npy"), "E0707", "the last 2 values of `late.in`");
    expect("step=" + folder.file("half.npy"), "E0707", "one whole number");
    expect(folder.file("empty"), "E0701", "a folder that `--save-state` wrote");
    expect(folder.file("nowhere"), "E0701", "a folder that `--save-state` wrote");
}

}  // namespace
}  // namespace snnc::test
