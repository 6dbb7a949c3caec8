// snnc run and grad on small arrays: files, pieces of a run, weights, gradients.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

class Arrays : public testing::TestWithParam<std::string> {};

TEST_P(Arrays, run_writes_outputs_and_records) {
    const SmallCase small(5);
    const ProcessResult result =
        small.run("run", {"--out", small.file("out"), "--record", "hidden.v=" + small.file("h.npy"),
                          "--record", "fc1=" + small.file("fc1.npy"), "--save-weights",
                          small.file("w.safetensors"), "--backend", GetParam()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::vector<std::int64_t> shape{5, 5, 3}, hidden{5, 5, 6};
    EXPECT_EQ(read_npy(small.file("out/out.s.npy")).shape, shape);
    EXPECT_EQ(read_npy(small.file("out/out.v.npy")).shape, shape);
    EXPECT_EQ(read_npy(small.file("h.npy")).shape, hidden);
    EXPECT_EQ(read_npy(small.file("fc1.npy")).shape, hidden);
    const Tensors weights = read_safetensors(small.file("w.safetensors"));
    ASSERT_TRUE(weights.contains("fc1.weight"));
    EXPECT_EQ(weights.at("fc1.weight").shape, (std::vector<std::int64_t>{6, 4}));
    // PyTorch's bound for four inputs.
    for (const float weight : weights.at("fc1.weight").data) EXPECT_LE(std::abs(weight), 0.5f);
}

TEST_P(Arrays, weights_are_out_by_in) {
    const SmallCase small(1);
    Tensors weights{{"fc1.weight", {{6, 4}, std::vector<float>(24)}},
                    {"fc1.bias", {{6}, std::vector<float>(6)}},
                    {"fc2.weight", {{3, 6}, std::vector<float>(18)}},
                    {"fc2.bias", {{3}, {0.25f, 0.5f, 0.75f}}}};
    weights["fc1.weight"].data[1 * 4 + 2] = 1;  // cell 1 sees input 2
    write_safetensors(small.file("w.safetensors"), weights);
    ASSERT_EQ(small
                  .run("run", {"--weights", small.file("w.safetensors"), "--record",
                               "fc1=" + small.file("fc1.npy"), "--backend", GetParam()})
                  .exit_code,
              0);
    const Tensor x = read_npy(small.file("x.npy")), fc1 = read_npy(small.file("fc1.npy"));
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(fc1.data[i], i == 1 ? x.data[2] : 0.0f);
}

TEST_P(Arrays, a_run_in_two_pieces_gives_the_same_numbers) {
    const SmallCase small;
    const Tensor x = some_values({10, 3, 4}, 2);
    const auto half = [&](std::int64_t from) {
        return Tensor{{5, 3, 4}, {x.data.begin() + from, x.data.begin() + from + 60}};
    };
    write_npy(small.file("x.npy"), x);
    write_npy(small.file("x1.npy"), half(0));
    write_npy(small.file("x2.npy"), half(60));
    const auto run = [&](const std::string& input, std::vector<std::string> more) {
        std::vector<std::string> command{"run",       small.file("driven.snn"),
                                         "--input",   "x=" + small.file(input),
                                         "--seed",    "3",
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = small.tool(command);
        EXPECT_EQ(result.exit_code, 0) << result.err;
    };
    run("x.npy", {"--out", small.file("whole")});
    run("x1.npy", {"--save-state", small.file("mid")});
    run("x2.npy", {"--state", "hidden.v=" + small.file("mid/hidden.v.npy"), "--state",
                   "out.v=" + small.file("mid/out.v.npy"), "--out", small.file("second")});
    const Tensor whole = read_npy(small.file("whole/out.v.npy"));
    const Tensor second = read_npy(small.file("second/out.v.npy"));
    ASSERT_EQ(second.shape, (std::vector<std::int64_t>{5, 3, 3}));
    EXPECT_EQ(second.data, std::vector<float>(whole.data.begin() + 45, whole.data.end()));
}

double loss_of(const ProcessResult& result) {
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return std::stod(result.out.substr(result.out.find("loss ") + 5));
}

/// A smooth network, so that differences approximate the gradient.
TEST_P(Arrays, gradients_agree_with_differences) {
    const SmallCase small(2);
    write_text(
        small.file("net.snn"),
        "network Smooth {\n    steps = 4\n    input image : f32[4]\n"
        "    image -> dense(3) as fc1 -> LI(beta = learn 0.5) as out\n    output out.v\n}\n");
    const auto grad = [&](std::vector<std::string> more) {
        std::vector<std::string> command{"grad",      small.file("net.snn"),
                                         "--loss",    "ce(mean_t(out.v), label)",
                                         "--target",  "label=" + small.file("y.npy"),
                                         "--seed",    "2",
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        return small.tool(command);
    };
    const std::string input = "image=" + small.file("x.npy");
    loss_of(grad({"--input", input, "--out", small.file("g.safetensors")}));
    const Tensors gradients = read_safetensors(small.file("g.safetensors"));
    for (const char* name : {"fc1.weight", "fc1.bias", "out.beta", "input.image"}) {
        EXPECT_TRUE(gradients.contains(name)) << name;
    }
    Tensor x = read_npy(small.file("x.npy"));
    for (const std::size_t element : {0u, 5u}) {
        double losses[2];
        for (const int side : {0, 1}) {
            Tensor moved = x;
            moved.data[element] += side ? 0.01f : -0.01f;
            write_npy(small.file("m.npy"), moved);
            losses[side] = loss_of(grad({"--input", "image=" + small.file("m.npy")}));
        }
        EXPECT_NEAR(gradients.at("input.image").data[element], (losses[1] - losses[0]) / 0.02,
                    1e-3);
    }
    ASSERT_EQ(grad({"--input", input, "--wrt", "out.beta", "--out", small.file("b.safetensors")})
                  .exit_code,
              0);
    EXPECT_EQ(read_safetensors(small.file("b.safetensors")).size(), 1u);
}

TEST_P(Arrays, gradients_reach_given_states) {
    const SmallCase small;
    write_npy(small.file("x.npy"), some_values({6, 2, 4}));
    write_npy(small.file("w.npy"), some_values({6, 2, 3}));
    write_npy(small.file("v.npy"), some_values({2, 3}));
    const ProcessResult result =
        small.tool({"grad", small.file("driven.snn"), "--loss", "sum_t(sum(w*out.v))", "--input",
                    "x=" + small.file("x.npy"), "--target", "w=" + small.file("w.npy"), "--state",
                    "out.v=" + small.file("v.npy"), "--out", small.file("g.safetensors"),
                    "--backend", GetParam()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Tensors gradients = read_safetensors(small.file("g.safetensors"));
    const Tensor w = read_npy(small.file("w.npy"));
    ASSERT_TRUE(gradients.contains("state.out.v"));
    for (std::size_t i = 0; i < 6; ++i) {  // sum over t of 0.8^(t+1) w[t], mean over two samples
        double expected = 0;
        for (std::size_t t = 0; t < 6; ++t) expected += std::pow(0.8, t + 1.0) * w.data[t * 6 + i];
        EXPECT_NEAR(gradients.at("state.out.v").data[i], expected / 2, 1e-5);
    }
}

/// What arrives at a port with an interval is looked at in debug runs, and when interpreted.
TEST(DebugRuns, say_where_a_port_leaves_its_interval) {
    const SmallCase small;
    write_text(
        small.file("net.snn"),
        "neuron Bounded {\n    input x in [0, 1]\n    output y\n    y = 2*x\n}\n"
        "network N {\n    steps = 3\n    input image : f32[4]\n"
        "    image -> LI(beta = 0.5) as trace -> Bounded as bounded\n    output bounded.y\n}\n");
    Tensor x = some_values({20, 4}, 0.55);
    x.data[4 * 7 + 2] = 0.625F;  // 0.625, 0.9375, 1.09375 in the course of the steps
    write_npy(small.file("x.npy"), x);
    EXPECT_EQ(small.run("run", {"--backend", "interpret"}).exit_code, 1);
    const ProcessResult result = small.run("run", {"--debug"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(
        result.err.find("`bounded.x` receives 1.09375 in step 2, sample 7, cell [2], outside of "
                        "[0, 1] [E0710]"),
        std::string::npos)
        << result.err;
    EXPECT_NE(result.err.find("net.snn:2:13"), std::string::npos) << result.err;
#ifdef SNNC_HAS_CODEGEN
    EXPECT_EQ(small.run("run", {}).exit_code, 0);
#endif
    x.data[4 * 7 + 2] = 0.5F;
    write_npy(small.file("x.npy"), x);
    EXPECT_EQ(small.run("run", {"--debug"}).exit_code, 0);
}

/// The same in trainings, gradients and evaluations, with the positions of the samples in the data.
TEST(DebugRuns, look_at_trainings_gradients_and_evaluations) {
    const SmallCase small;
    write_text(small.file("net.snn"),
               "neuron Bounded {\n    input x in [0mV, 0.001V]\n    output y\n    y = 2*x/1mV\n}\n"
               "network N {\n    steps = 6\n    input image : f32[4]\n"
               "    image -> LI(beta = 0.5) as trace -> scale(1mV) -> Bounded as bounded\n"
               "          -> dense(3) as fc -> LI as out\n    output out.v\n}\n"
               "train of N {\n    target label : class[3]\n    loss = sum_t(ce(out.v, label))\n"
               "    optimizer = adam(lr = 1e-3)\n    batch = 4\n    bptt = truncated(2)\n}\n");
    Tensor x = some_values({20, 4}, 0.4);
    write_npy(small.file("x.npy"), x);
    const std::string weights = small.file("w.safetensors");
    ASSERT_EQ(small.run("train", {"--debug", "--out", weights}).exit_code, 0);
    x.data[4 * 7 + 2] = 0.53125F;  // above 1 from step 4 on, in the third window
    write_npy(small.file("x.npy"), x);
    const std::string told =
        "`bounded.x` receives 1.0292969mV in step 4, sample 7, cell [2], "
        "outside of [0, 1mV] [E0710]";
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"train"}, {"grad"}, {"eval", "--weights", weights}}) {
        std::vector<std::string> more(command.begin() + 1, command.end());
        EXPECT_EQ(small.run(command[0], more).exit_code, 0);
        more.emplace_back("--debug");
        const ProcessResult result = small.run(command[0], more);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_NE(result.err.find(told), std::string::npos) << command[0] << result.err;
    }
}

TEST(Files, of_several_networks_one_is_named) {
    const SmallCase small(2);
    write_text(small.file("net.snn"), std::string(small_network) + "\n" + driven_network);
    EXPECT_EQ(small.run("run", {}).exit_code, 1);
    EXPECT_EQ(small.run("run", {"--network", "Small"}).exit_code, 0);
    const ProcessResult misspelt = small.run("run", {"--network", "Smal"});
    EXPECT_EQ(misspelt.exit_code, 1);
    EXPECT_NE(misspelt.err.find("Small"), std::string::npos) << misspelt.err;
}

TEST(Files, set_and_steps_change_the_run) {
    const SmallCase small(2);
    const auto last = [&](std::vector<std::string> more) {
        more.insert(more.end(), {"--out", small.file("out")});
        const ProcessResult result = small.run("run", more);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return read_npy(small.file("out/out.v.npy"));
    };
    const Tensor plain = last({}), set = last({"--set", "out.beta=0.1"}),
                 long_run = last({"--steps", "9"});
    EXPECT_NE(plain.data, set.data);
    EXPECT_EQ(long_run.shape[0], 9);
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif
INSTANTIATE_TEST_SUITE_P(backend, Arrays, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
