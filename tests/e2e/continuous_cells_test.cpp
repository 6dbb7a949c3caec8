// Cells with differential equations and events: compiled code and the interpreter agree, runs can
// be cut, and files hold the value of a parameter that is bounded by a sigmoid.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const char* const continuous_network =
    "neuron Events {\n"
    "    input  e, i\n"
    "    output s\n"
    "    learn  tau_m = 20ms, tau_e = 5ms\n"
    "    param  theta = 0.4\n"
    "    state  v = 0, ge = 0, gi = 0\n\n"
    "    dv/dt  = (20*(ge + gi) - v)/tau_m solve exact\n"
    "    dge/dt = -ge/tau_e                solve exact\n"
    "    dgi/dt = -gi/10ms                 solve exact\n"
    "    s[t] = spike(v - theta)\n"
    "    on s: v = v - theta\n"
    "    on e: ge = ge + e\n"
    "    on i: gi = gi - 0.1*i\n"
    "    refractory 3ms: v\n"
    "}\n\n"
    "network Continuous {\n"
    "    dt = 1ms\n"
    "    input x[t] : f32[4]\n\n"
    "    events : Events[4]\n"
    "    x -> events.e\n"
    "    x -> scale(2) -> events.i\n"
    "    x -> scale(300pA) -> LifRefractory() as lif\n"
    "    x -> scale(20uA/1cm^2) -> HodgkinHuxley() as hh\n"
    "    x -> scale(2000pA) -> AdEx() as adex\n"
    "    output events.v, events.s, lif.v, hh.v, adex.v\n"
    "}\n";

class ContinuousCells : public testing::Test {
 protected:
    ContinuousCells() {
        write_text(small_.file("c.snn"), continuous_network);
        write_npy(small_.file("x.npy"), some_values({40, 2, 4}));
    }
    Tensors outputs(const std::string& backend, std::vector<std::string> more = {}) {
        std::vector<std::string> command{
            "run",   small_.file("c.snn"), "--input",   "x=" + small_.file("x.npy"),
            "--out", small_.file("out"),   "--backend", backend};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = small_.tool(command);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        Tensors read;
        for (const char* name : {"events.v", "events.s", "lif.v", "hh.v", "adex.v"})
            read[name] = read_npy(small_.file("out/" + std::string(name) + ".npy"));
        return read;
    }
    const SmallCase small_;
};

void expect_same(const Tensor& a, const Tensor& b, const std::string& name) {
    ASSERT_EQ(a.shape, b.shape) << name;
    for (std::size_t i = 0; i < a.data.size(); ++i)
        ASSERT_NEAR(a.data[i], b.data[i], 1e-3 + 1e-4 * std::abs(b.data[i])) << name << " at " << i;
}

TEST_F(ContinuousCells, spike_and_are_reset) {
    const Tensors run = outputs("interpret");
    const auto& spikes = run.at("events.s").data;
    EXPECT_GT(std::count(spikes.begin(), spikes.end(), 1.0f), 10);
    for (const auto& [name, tensor] : run)
        for (const float value : tensor.data) ASSERT_TRUE(std::isfinite(value)) << name;
}

/// Step 17 of 40 lies inside of refractory times; what is left of them is saved.
TEST_F(ContinuousCells, a_run_in_two_pieces_gives_the_same_numbers) {
    const Tensor x = some_values({40, 2, 4});
    const auto middle = x.data.begin() + 17 * 8;
    write_npy(small_.file("x1.npy"), {{17, 2, 4}, {x.data.begin(), middle}});
    write_npy(small_.file("x2.npy"), {{23, 2, 4}, {middle, x.data.end()}});
    const auto run = [&](const std::string& input, std::vector<std::string> more) {
        std::vector<std::string> command{"run",       small_.file("c.snn"),
                                         "--backend", "interpret",
                                         "--input",   "x=" + small_.file(input)};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = small_.tool(command);
        EXPECT_EQ(result.exit_code, 0) << result.err;
    };
    run("x.npy", {"--out", small_.file("whole")});
    run("x1.npy", {"--save-state", small_.file("middle")});
    std::vector<std::string> states{"--out", small_.file("second")};
    float steps_left = 0;
    for (const auto& entry : std::filesystem::directory_iterator(small_.file("middle"))) {
        const std::string name = entry.path().stem().string();
        states.insert(states.end(), {"--state", name + "=" + entry.path().string()});
        if (name == "events.refractory.left")
            for (const float left : read_npy(entry.path()).data) steps_left += left;
    }
    EXPECT_GT(steps_left, 0);
    run("x2.npy", states);
    for (const char* name : {"events.v", "events.s", "lif.v", "hh.v", "adex.v"}) {
        const Tensor whole = read_npy(small_.file("whole/" + std::string(name) + ".npy"));
        const Tensor second = read_npy(small_.file("second/" + std::string(name) + ".npy"));
        EXPECT_EQ(second.data, std::vector<float>(whole.data.begin() + 17 * 8, whole.data.end()))
            << name;
    }
}

#ifdef SNNC_HAS_CODEGEN
TEST_F(ContinuousCells, compiled_and_interpreted_agree) {
    const Tensors compiled = outputs("cpu"), interpreted = outputs("interpret");
    for (const auto& [name, tensor] : compiled) expect_same(tensor, interpreted.at(name), name);
}

TEST_F(ContinuousCells, gradients_of_compiled_code_are_those_of_the_interpreter) {
    const auto gradients = [&](const std::string& backend) {
        const ProcessResult result = small_.tool(
            {"grad", small_.file("c.snn"), "--input", "x=" + small_.file("x.npy"), "--loss",
             "mean_t(sum(events.v*events.v) + sum(events.s)) + sum(last(lif.v))", "--out",
             small_.file("g.safetensors"), "--backend", backend});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return read_safetensors(small_.file("g.safetensors"));
    };
    const Tensors compiled = gradients("cpu"), interpreted = gradients("interpret");
    ASSERT_TRUE(compiled.contains("events.tau_m"));
    for (const auto& [name, tensor] : compiled) expect_same(tensor, interpreted.at(name), name);
}
#endif

TEST(SigmoidBounds, files_hold_the_value_and_training_keeps_it_inside) {
    const SmallCase small(20);
    const std::string bounded =
        "neuron Bounded {\n    input I\n    output v\n"
        "    learn beta = 0.9 in [0.5, 0.95] by sigmoid\n    state v = 0\n"
        "    v[t] = beta*v[t-1] + I\n}\n";
    std::string text = bounded + small_network;
    text.replace(text.find("Leaky(beta = 0.8) as out\n"), 25, "Bounded() as out\n       ");
    text.replace(text.find("output out.s, out.v"), 19, "output out.v");
    text.replace(text.find("count(out.s)"), 12, "last(out.v)");
    text.replace(text.find("adam(lr = 1e-2)"), 15, "sgd(lr = 50)");
    write_text(small.file("net.snn"), text);
    const ProcessResult result =
        small.run("train", {"--out", small.file("w.safetensors"), "--backend", "interpret"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const float beta = read_safetensors(small.file("w.safetensors")).at("out.beta").data[0];
    EXPECT_GT(beta, 0.5f);
    EXPECT_LT(beta, 0.95f);
    EXPECT_NE(beta, 0.9f);
}

}  // namespace
}  // namespace snnc::test
