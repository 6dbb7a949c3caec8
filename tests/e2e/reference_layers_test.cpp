// Layers without states against PyTorch: values, and gradients of a weighted sum of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

/// `(2, 1)` or `2`.
std::string pair_text(const Json& value) {
    if (!value.is_array()) return value.dump();
    return "(" + value[0].dump() + ", " + value[1].dump() + ")";
}

std::string options_text(const Json& options) {
    std::string text;
    for (const char* name : {"stride", "padding", "dilation", "groups"})
        if (options.contains(name))
            text += std::string(", ") + name + " = " + pair_text(options.at(name));
    return text;
}

std::string layer_text(const Json& example) {
    const std::string function = example.at("fn");
    const Json& options = example.at("options");
    if (function == "flatten") return "flatten";
    if (function == "batch_norm2d") return "batchnorm";
    if (function.find("pool") != std::string::npos)
        return function.substr(0, 3) + "pool(" + options.at("kernel_size").dump() +
               options_text(options) + ")";
    const auto shape = tensor(example.at("params").at("weight")).shape;
    const std::string channels = std::to_string(shape[0]);
    const bool biased = example.at("params").contains("bias");
    const std::string bias = biased ? "" : ", bias = false";
    if (function == "linear") return "dense(" + channels + bias + ")";
    std::string window = std::to_string(shape[2]);
    if (shape.size() == 4) window = "(" + window + ", " + std::to_string(shape[3]) + ")";
    return (function == "conv1d" ? "conv1d(" : "conv(") + channels + ", " + window +
           options_text(options) + bias + ")";
}

/// One dimension more than the batch and what the layer takes: the steps.
bool has_steps(const Json& example) {
    return example.at("fn") == "linear" && tensor(example.at("x")).shape.size() == 3;
}

std::string network_text(const Json& example) {
    const Tensor x = tensor(example.at("x"));
    const bool steps = has_steps(example);
    std::string shape;
    for (std::size_t i = steps ? 2 : 1; i < x.shape.size(); ++i)
        shape += (shape.empty() ? "" : ", ") + std::to_string(x.shape[i]);
    return std::string("network Reference {\n") + (steps ? "" : "    steps = 1\n") + "    input x" +
           (steps ? "[t]" : "") + " : f32[" + shape + "]\n    x -> " + layer_text(example) +
           " as l\n    output l\n}\n";
}

/// Within the bounds of tests/reference/README.md.
void expect_near(const Tensor& actual, const Tensor& expected, double relative, double absolute,
                 float scale) {
    ASSERT_EQ(actual.data.size(), expected.data.size());
    double largest = 1;
    for (const float value : expected.data) largest = std::max(largest, std::abs(double(value)));
    for (std::size_t i = 0; i < expected.data.size(); ++i)
        EXPECT_NEAR(scale * actual.data[i], expected.data[i],
                    relative * std::abs(expected.data[i]) + absolute * largest)
            << "at element " << i;
}

class ReferenceLayers : public testing::TestWithParam<std::string> {
 protected:
    void compare(const Json& example) {
        const TemporaryFolder folder;
        write_text(folder.file("n.snn"), network_text(example));
        write_npy(folder.file("x.npy"), tensor(example.at("x")));
        write_npy(folder.file("w.npy"), tensor(example.at("loss_weights")));
        write_safetensors(folder.file("p.safetensors"), parameters(example));
        compare_values(example, folder);
        compare_gradients(example, folder);
    }

 private:
    static Tensors parameters(const Json& example) {
        Tensors result;
        for (const char* kind : {"params", "buffers"})
            if (example.contains(kind))
                for (const auto& [name, value] : tensors(example.at(kind)))
                    result["l." + name] = value;
        return result;
    }

    std::vector<std::string> arguments(const Json& example, const TemporaryFolder& folder,
                                       const std::string& verb) const {
        std::vector<std::string> all{verb,        folder.file("n.snn"),
                                     "--input",   "x=" + folder.file("x.npy"),
                                     "--backend", GetParam()};
        if (!parameters(example).empty())
            all.insert(all.end(), {"--weights", folder.file("p.safetensors")});
        if (example.at("fn") == "batch_norm2d")
            all.insert(
                all.end(),
                {"--mode", example.at("options").at("training").get<bool>() ? "train" : "eval"});
        return all;
    }

    void compare_values(const Json& example, const TemporaryFolder& folder) {
        auto command = arguments(example, folder, "run");
        command.insert(command.end(), {"--record", "l=" + folder.file("l.npy")});
        const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + folder.file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err << network_text(example);
        SCOPED_TRACE("values");
        expect_near(read_npy(folder.file("l.npy")), tensor(example.at("expect")), 1e-5, 1e-6, 1);
    }

    void compare_gradients(const Json& example, const TemporaryFolder& folder) {
        auto command = arguments(example, folder, "grad");
        const std::string sum = "sum(w*l)";
        command.insert(command.end(), {"--target", "w=" + folder.file("w.npy"), "--loss",
                                       has_steps(example) ? "sum_t(" + sum + ")" : sum, "--out",
                                       folder.file("g.safetensors")});
        const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + folder.file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err << network_text(example);
        const Tensors gradients = read_safetensors(folder.file("g.safetensors"));
        const float batch = float(tensor(example.at("x")).shape[has_steps(example) ? 1 : 0]);
        for (const auto& [name, expected] : tensors(example.at("grad"))) {
            SCOPED_TRACE(name);
            const auto found = gradients.find(name == "x" ? "input.x" : "l." + name);
            ASSERT_NE(found, gradients.end());
            ASSERT_EQ(found->second.shape, expected.shape);
            expect_near(found->second, expected, 1e-3, 1e-4, batch);
        }
    }
};

TEST_P(ReferenceLayers, agree) {
    for (const Json& example : reference_cases("layers")) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        compare(example);
    }
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, ReferenceLayers, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
