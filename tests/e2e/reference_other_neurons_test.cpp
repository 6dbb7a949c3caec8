// snnTorch's cells without reset and DeltaLeaky: `snnc run` against its numbers, on both back ends.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

/// The elements between the input `x` and the cells `n`, what else the network says, and values of
/// parameters.
struct Use {
    std::string chain, edges, spike = "n.s", membrane = "n.v";
    Tensors weights;
    float gain = 1;  // what snnTorch multiplies a spike by once more
};

float scalar(const Json& example, const std::string& name) {
    const Tensor value = tensor(example.at("params").at(name));
    EXPECT_TRUE(value.shape.empty()) << name;
    return value.data.at(0);
}

/// snnTorch's beta as a decay.
Tensor decays(const Json& example) {
    Tensor rho = tensor(example.at("params").at("beta"));
    for (float& value : rho.data) value = std::exp(value - 1);
    return rho;
}

Use state_leaky(const Json& example) {
    Use use;
    const Tensor rho = decays(example);
    use.gain = scalar(example, "graded_spikes_factor");
    use.chain = "StateLeaky(theta = " + number_text(scalar(example, "threshold")) +
                ", gain = " + number_text(use.gain);
    const Json& window = example.at("kernel_truncation_steps");
    if (!window.is_null()) use.chain += ", past = window, window = " + window.dump();
    use.chain += rho.shape.empty() ? ", rho = learn 0.5)" : ", rho = learn 0.5 per neuron)";
    use.weights["n.rho"] = rho;
    return use;
}

Use linear_leaky(const Json& example) {
    Use use;
    const Tensor weight = tensor(example.at("params").at("weight"));
    use.chain = "LinearLeaky(n = " + std::to_string(weight.shape[0]) + ")";
    use.spike = "n.cell.s";
    use.membrane = "n.cell.v";
    use.weights = {{"n.linear.weight", weight},
                   {"n.linear.bias", tensor(example.at("params").at("bias"))},
                   {"n.cell.rho", decays(example)}};
    return use;
}

Use delta_leaky(const Json& example) {
    Use use;
    use.chain = "DeltaLeaky(beta = " + number_text(scalar(example, "beta")) +
                ", delta = " + number_text(scalar(example, "delta_threshold")) + ")";
    return use;
}

/// The matrix of the membranes' feedback is a parameter per neuron where it is diagonal, else a
/// layer.
Use leaky_parallel(const Json& example) {
    Use use;
    const Tensor feedback = tensor(example.at("params").at("weight_hh_l0"));
    const auto n = std::size_t(feedback.shape[0]);
    use.chain = "dense(" + std::to_string(n) + ") as fc -> LeakyParallel";
    use.weights["fc.weight"] = tensor(example.at("params").at("weight_ih_l0"));
    use.weights["fc.bias"] = tensor(example.at("params").at("bias_ih_l0"));
    const Tensor bias = tensor(example.at("params").at("bias_hh_l0"));
    if (example.at("weight_hh_enable").get<bool>()) {
        use.chain += "(beta = 0)";
        use.edges = "    n.v -> delay(1) -> dense() as hh -> n\n";
        use.weights["hh.weight"] = feedback;
        use.weights["hh.bias"] = bias;
        return use;
    }
    use.chain += "(beta = learn 0.5 per neuron)";
    for (std::size_t i = 0; i < n; ++i) use.weights["fc.bias"].data[i] += bias.data[i];
    Tensor& beta = use.weights["n.beta"] = {{std::int64_t(n)}, {}};
    for (std::size_t i = 0; i < n; ++i) beta.data.push_back(feedback.data[i * n + i]);
    return use;
}

Use use_of(const Json& example) {
    const std::string cell = example.at("neuron");
    if (cell == "StateLeaky") return state_leaky(example);
    if (cell == "LinearLeaky") return linear_leaky(example);
    if (cell == "DeltaLeaky") return delta_leaky(example);
    return leaky_parallel(example);
}

void expect_equal(const Json& example, const std::string& backend) {
    const TemporaryFolder folder;
    const Use use = use_of(example);
    const Tensor x = tensor(example.at("x"));
    const std::string text = "network Reference {\n    input x[t] : f32[" + sample_shape(x) +
                             "]\n    x -> " + use.chain + " as n\n" + use.edges + "    output " +
                             use.spike + ", " + use.membrane + "\n}\n";
    write_text(folder.file("n.snn"), text);
    write_npy(folder.file("x.npy"), x);
    std::vector<std::string> command{
        "run",   folder.file("n.snn"), "--input",   "x=" + folder.file("x.npy"),
        "--out", folder.file("out"),   "--backend", backend};
    if (!use.weights.empty()) {
        write_safetensors(folder.file("w.safetensors"), use.weights);
        command.insert(command.end(), {"--weights", folder.file("w.safetensors")});
    }
    const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + folder.file("cache")});
    ASSERT_EQ(result.exit_code, 0) << result.err << text;
    for (const auto& [name, expected] : tensors(example.at("expect"))) {
        const bool spikes = name == "spk";
        const Tensor actual =
            read_npy(folder.file("out/" + (spikes ? use.spike : use.membrane) + ".npy"));
        ASSERT_EQ(actual.shape, expected.shape) << name;
        for (std::size_t i = 0; i < actual.data.size(); ++i) {
            if (spikes)
                EXPECT_EQ(actual.data[i] * use.gain, expected.data[i]) << "at element " << i;
            else  // a convolution there, so the sums have another order
                EXPECT_NEAR(actual.data[i], expected.data[i],
                            1e-5 * std::abs(expected.data[i]) + 2e-5)
                    << "at element " << i;
        }
    }
}

class ReferenceOtherNeurons : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceOtherNeurons, agree) {
    int cases = 0;
    for (const Json& example : reference_cases("neurons_other")) {
        const std::string cell = example.at("neuron");
        if (cell == "SLSTM" || cell == "SConv2dLSTM") continue;  // not in the library
        SCOPED_TRACE(example.at("id").get<std::string>());
        expect_equal(example, GetParam());
        ++cases;
    }
    EXPECT_GE(cases, 9);
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif
INSTANTIATE_TEST_SUITE_P(backend, ReferenceOtherNeurons, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
