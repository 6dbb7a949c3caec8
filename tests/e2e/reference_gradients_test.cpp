// `snnc grad` against snnTorch: every cell with every surrogate, compiled and interpreted, and the
// surrogates by themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

std::vector<std::string> backends() {
#ifdef SNNC_HAS_CODEGEN
    return {"cpu", "interpret"};
#else
    return {"interpret"};
#endif
}

float largest(const Tensor& tensor) {
    float result = 0;
    for (const float value : tensor.data) result = std::max(result, std::abs(value));
    return result;
}

/// Within 1e-3 relative + 1e-4 times the larger of 1 and the largest entry; `scale` is what the
/// mean over the batch took away.
void expect_gradient(const Tensor& actual, const Tensor& expected, float scale,
                     const std::set<std::size_t>& skipped) {
    ASSERT_EQ(actual.shape, expected.shape);
    const float floor = 1e-4f * std::max(1.0f, largest(expected));
    for (std::size_t i = 0; i < expected.data.size(); ++i) {
        if (skipped.contains(i)) continue;
        EXPECT_NEAR(scale * actual.data[i], expected.data[i],
                    1e-3f * std::abs(expected.data[i]) + floor)
            << "at element " << i;
    }
}

double printed_loss(const std::string& text) {
    const auto at = text.find("loss ");
    return at == std::string::npos ? NAN : std::strtod(text.c_str() + at + 5, nullptr);
}

class ReferenceGradients : public testing::TestWithParam<std::string> {
 protected:
    void compare_cases(const std::string& cell);
};

ProcessResult run_grad(const Json& example, const TemporaryFolder& folder,
                       const std::string& backend, const std::string& cache) {
    const SurrogateText surrogate = surrogate_text(example.at("surrogate"));
    const CellText cell = cell_text(example, "n", CellParameters::Learned, surrogate.use);
    const Tensor x = tensor(example.at("x"));
    write_text(folder.file("n.snn"), surrogate.declaration + "network Reference {\n" +
                                         cell.settings + "    input x[t] : f32[" + sample_shape(x) +
                                         "]\n    x -> " + cell.use +
                                         " as n\n    output n.s, n.v\n}\n");
    write_npy(folder.file("x.npy"), x);
    std::vector<std::string> command{
        "grad",  folder.file("n.snn"),         "--input",   "x=" + folder.file("x.npy"),
        "--out", folder.file("g.safetensors"), "--backend", backend};
    for (const auto& [name, start] : tensors(example.at("init"))) {
        write_npy(folder.file("start_" + name + ".npy"), start);
        command.insert(command.end(), {"--state", "n." + state_name(name) + "=" +
                                                      folder.file("start_" + name + ".npy")});
    }
    std::string loss;
    for (const auto& [name, weights] : tensors(example.at("loss_weights"))) {
        write_npy(folder.file("w_" + name + ".npy"), weights);
        command.insert(command.end(),
                       {"--target", "w_" + name + "=" + folder.file("w_" + name + ".npy")});
        loss += std::string(loss.empty() ? "" : " + ") + "sum_t(sum(w_" + name + "*n." +
                state_name(name) + "))";
    }
    command.insert(command.end(), {"--loss", loss});
    if (!cell.weights.empty()) {
        write_safetensors(folder.file("w.safetensors"), cell.weights);
        command.insert(command.end(), {"--weights", folder.file("w.safetensors"), "--partial"});
    }
    return run_snnc(command, {"SNNC_CACHE=" + cache});
}

/// What snnc calls the gradient that the reference data call `name`.
std::string gradient_name(const std::string& name) {
    if (name == "x") return "input.x";
    if (name.starts_with("init.")) return "state.n." + state_name(name.substr(5));
    return "n." + parameter_name(name);
}

std::set<std::size_t> skipped_entries(const Json& example, const std::string& name) {
    if (!example.contains("skip_grad") || !example.at("skip_grad").contains(name)) return {};
    return example.at("skip_grad").at(name).get<std::set<std::size_t>>();
}

void compare(const Json& example, const ProcessResult& result, const TemporaryFolder& folder) {
    const float batch = float(tensor(example.at("x")).shape[1]);
    const double loss = example.at("loss");
    EXPECT_NEAR(batch * printed_loss(result.out), loss, 1e-5 * std::max(1.0, std::abs(loss)))
        << result.out;
    const Tensors gradients = read_safetensors(folder.file("g.safetensors"));
    for (const auto& [name, expected] : tensors(example.at("grad"))) {
        SCOPED_TRACE(name);
        const auto found = gradients.find(gradient_name(name));
        ASSERT_NE(found, gradients.end()) << "no gradient " << gradient_name(name);
        expect_gradient(found->second, expected, batch, skipped_entries(example, name));
    }
}

void ReferenceGradients::compare_cases(const std::string& cell) {
    const TemporaryFolder cache;
    for (const Json& example : reference_cases("gradients_" + cell)) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        const TemporaryFolder folder;
        const ProcessResult result = run_grad(example, folder, GetParam(), cache.path().string());
        if (result.exit_code != 0) {
            ADD_FAILURE() << result.err << read_text(folder.file("n.snn"));
            continue;
        }
        compare(example, result, folder);
    }
}

TEST_P(ReferenceGradients, of_leaky_agree) { compare_cases("leaky"); }
TEST_P(ReferenceGradients, of_lapicque_agree) { compare_cases("lapicque"); }
TEST_P(ReferenceGradients, of_synaptic_agree) { compare_cases("synaptic"); }
TEST_P(ReferenceGradients, of_alpha_agree) { compare_cases("alpha"); }
TEST_P(ReferenceGradients, of_rleaky_agree) { compare_cases("rleaky"); }
TEST_P(ReferenceGradients, of_rsynaptic_agree) { compare_cases("rsynaptic"); }

/// Elements at which the reference is a finite number (the arrays hold infinities, which snnc
/// refuses as input, and snnTorch's sigmoid overflows).
std::vector<std::size_t> finite_elements(const Tensor& z, const Tensor& gradient) {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < z.data.size(); ++i) {
        if (std::isfinite(z.data[i]) && std::isfinite(gradient.data[i])) result.push_back(i);
    }
    return result;
}

Tensor pick(const Tensor& tensor, const std::vector<std::size_t>& elements, bool per_step) {
    Tensor result;
    result.shape = {1, std::int64_t(elements.size())};
    if (per_step) result.shape.insert(result.shape.begin(), 1);
    for (const std::size_t i : elements) result.data.push_back(tensor.data[i]);
    return result;
}

TEST_P(ReferenceGradients, of_surrogates_agree) {
    const TemporaryFolder cache;
    for (const Json& example : reference_cases("surrogates")) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        const TemporaryFolder folder;
        const Tensor z = tensor(example.at("z"));
        const Tensor gradient = tensor(example.at("grad_of_upstream"));
        const auto elements = finite_elements(z, gradient);
        const SurrogateText surrogate = surrogate_text(example.at("surrogate"));
        write_text(folder.file("n.snn"),
                   surrogate.declaration +
                       "neuron Fire {\n    input I\n    output s\n    s[t] = spike(I)\n}\n"
                       "network Reference {\n    steps = 1\n    input x[t] : f32[" +
                       std::to_string(elements.size()) + "]\n    x -> Fire(surrogate = " +
                       surrogate.use + ") as n\n    output n.s\n}\n");
        write_npy(folder.file("x.npy"), pick(z, elements, true));
        write_npy(folder.file("w.npy"), pick(tensor(example.at("upstream")), elements, true));
        const ProcessResult result =
            run_snnc({"grad", folder.file("n.snn"), "--loss", "sum_t(sum(w*n.s))", "--input",
                      "x=" + folder.file("x.npy"), "--target", "w=" + folder.file("w.npy"), "--out",
                      folder.file("g.safetensors"), "--backend", GetParam()},
                     {"SNNC_CACHE=" + cache.path().string()});
        if (result.exit_code != 0) {
            ADD_FAILURE() << result.err << read_text(folder.file("n.snn"));
            continue;
        }
        const Tensors gradients = read_safetensors(folder.file("g.safetensors"));
        ASSERT_TRUE(gradients.contains("input.x"));
        expect_gradient(gradients.at("input.x"), pick(gradient, elements, true), 1, {});
    }
}

INSTANTIATE_TEST_SUITE_P(backend, ReferenceGradients, testing::ValuesIn(backends()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
