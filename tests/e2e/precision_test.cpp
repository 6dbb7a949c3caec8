// `precision = bf16`: products of operands rounded to bfloat16, added up in float.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const char* const text =
    "neuron Bend {\n    input I\n    output y\n    y[t] = tanh(I)\n}\n\n"
    "neuron Pass {\n    input I\n    output y\n    y[t] = I\n}\n\n"
    "network N {\n    input x[t] : f32[2]\n"
    "    x -> dense(2, bias = false) as fc1 -> Bend as h\n"
    "      -> dense(1, bias = false) as fc2 -> Pass as out\n    output out.y\n}\n\n"
    "train of N {\n    target y : f32[1]\n    loss = mse(last(out.y), y)\n"
    "    optimizer = sgd(lr = 0.1)\n    precision = bf16\n}\n";

class Precision : public testing::TestWithParam<std::string> {
 protected:
    Precision() {
        write_text(file("n.snn"), text);
        write_npy(file("x.npy"), {{1, 2, 2}, {0.123456f, -1.98765f, 1.54321f, 0.2789f}});
        write_npy(file("y.npy"), {{2, 1}, {0.77f, -0.33f}});
        write_safetensors(file("w.safetensors"),
                          {{"fc1.weight", {{2, 2}, {0.51234f, -0.256789f, 0.125678f, 0.757575f}}},
                           {"fc2.weight", {{1, 2}, {0.3333f, 0.7171f}}}});
    }
    std::string file(const std::string& name) const { return folder_.file(name); }
    ProcessResult run(const std::string& verb, const std::string& weights,
                      std::vector<std::string> more) const {
        std::vector<std::string> command{verb,        file("n.snn"),
                                         "--input",   "x=" + file("x.npy"),
                                         "--target",  "y=" + file("y.npy"),
                                         "--weights", file(weights),
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        return run_snnc(command, {"SNNC_CACHE=" + file("cache")});
    }

    TemporaryFolder folder_;
};

/// Expected values: PyTorch 2.15, x.to(bfloat16).to(float32) before each of the six products of the
/// forward run and of the gradient, with float32 elsewhere.
TEST_P(Precision, rounds_the_operands_of_products) {
    const ProcessResult result = run("grad", "w.safetensors", {"--out", file("g.safetensors")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NEAR(std::stod(result.out.substr(5)), 1.10691822, 1e-6);
    const Tensors found = read_safetensors(file("g.safetensors"));
    const std::vector<float> first{0.221945763f, 0.655403137f, 0.749907494f, 0.468540192f},
        second{-0.143066406f, 1.44055176f};
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(found.at("fc1.weight").data[i], first[i], 1e-6) << i;
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_NEAR(found.at("fc2.weight").data[i], second[i], 1e-6) << i;
}

/// Weights are kept and moved in float: a step far below their bfloat16 unit is not lost.
TEST_P(Precision, keeps_weights_in_float) {
    const ProcessResult result =
        run("train", "w.safetensors",
            {"--lr", "1e-5", "--no-shuffle", "--out", file("out.safetensors")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Tensor after = read_safetensors(file("out.safetensors")).at("fc1.weight");
    EXPECT_NEAR(after.data[0], 0.51234 - 1e-5 * 0.221945763, 1e-7);
    EXPECT_NE(after.data[0], 0.51234f);
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, Precision, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

#ifdef SNNC_HAS_CODEGEN
/// Spiking layers, convolutions and feedback: what is compiled and what is interpreted agree.
TEST(PrecisionOfLayers, compiled_and_interpreted_agree) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "network N {\n    steps = 6\n    input x : f32[2, 6, 6]\n"
               "    x -> conv(4, 3, padding = 1) as c1 -> Leaky(beta = 0.8) as l1\n"
               "      -> conv(3, 3) as c2 -> Leaky(beta = 0.8) as l2 -> maxpool(2) -> flatten\n"
               "      -> dense(8) as fc1 -> Leaky(beta = 0.9) recurrent dense() as l3\n"
               "      -> dense(3) as fc2 -> LI(beta = 0.9) as out\n    output out.v\n}\n\n"
               "train of N {\n    target label : class[3]\n    loss = ce(mean_t(out.v), label)\n"
               "    optimizer = sgd(lr = 0.1)\n    precision = bf16\n}\n");
    write_npy(folder.file("x.npy"), some_values({5, 2, 6, 6}, 2));
    write_npy_labels(folder.file("y.npy"), {{"shape", {5}}, {"data", {2, 0, 1, 1, 0}}});
    Tensors gradients[2];
    for (const bool compiled : {false, true}) {
        const ProcessResult result =
            run_snnc({"grad", folder.file("n.snn"), "--input", "x=" + folder.file("x.npy"),
                      "--target", "label=" + folder.file("y.npy"), "--seed", "4", "--out",
                      folder.file("g.safetensors"), "--backend", compiled ? "cpu" : "interpret"},
                     {"SNNC_CACHE=" + folder.file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err;
        gradients[compiled] = read_safetensors(folder.file("g.safetensors"));
    }
    // The order of sums differs, and an operand next to a tie may round the other way.
    for (const auto& [name, tensor] : gradients[0]) {
        float largest = 0;
        for (const float value : tensor.data) largest = std::max(largest, std::abs(value));
        for (std::size_t i = 0; i < tensor.data.size(); ++i)
            EXPECT_NEAR(gradients[1].at(name).data[i], tensor.data[i], 1e-5 + 2e-3 * largest)
                << name << " at " << i;
    }
}
#endif

}  // namespace
}  // namespace snnc::test
