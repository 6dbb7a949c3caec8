// `bptt = truncated(K)` against snnTorch's BPTT, TBPTT and RTRL over several passes.
//
// A call of those goes through all batches: an epoch here. What it returns is the mean over batches
// of the sum of loss/(T/K), for a shorter last window of loss/(T mod K), and is made of the logged
// losses of the windows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

/// Steps of a window: RTRL's are single steps, BPTT has one window.
std::int64_t window_length(const Json& example) {
    if (example.at("fn") == "RTRL") return 1;
    const Json& options = example.at("options");
    return options.contains("K") ? options.at("K").get<std::int64_t>()
                                 : options.at("num_steps").get<std::int64_t>();
}

std::string loss_text(const std::string& criterion) {
    if (criterion == "ce_rate_loss") return "ce_rate(out.s, label)";
    if (criterion == "mse_count_loss") return "mse_count(out.s, label)";
    if (criterion == "mse_membrane_loss") return "mse_membrane(out.v, label)";
    throw std::invalid_argument("no loss for " + criterion);
}

std::string network_text(const Json& example) {
    const auto weights = tensors(example.at("weights"));
    const std::string beta = number_text(tensor(example.at("beta")).data[0]);
    const std::string cells = " -> Leaky(beta = " + beta + ") as ";
    const auto& hidden = weights.at("fc1.weight").shape;
    const std::string classes = std::to_string(weights.at("fc2.weight").shape[0]);
    std::ostringstream text;
    text << "network Reference {\n    steps = " << example.at("options").at("num_steps")
         << "\n    input x : f32[" << hidden[1] << "]\n    x -> dense(" << hidden[0] << ") as fc1"
         << cells << "hidden -> dense(" << classes << ") as fc2" << cells
         << "out\n    output out.s, out.v\n}\n\ntrain of Reference {\n    target label : class["
         << classes << "]\n    loss = " << loss_text(example.at("criterion"))
         << "\n    optimizer = sgd(lr = "
         << number_text(example.at("optimizer").at("lr").get<double>())
         << ", momentum = " << number_text(example.at("optimizer").at("momentum").get<double>())
         << ")\n    bptt = "
         << (example.at("fn") == "BPTT"
                 ? "full"
                 : "truncated(" + std::to_string(window_length(example)) + ")")
         << "\n    epochs = " << example.at("calls")
         << "\n    batch = " << example.at("batches").at(0).at("x").at("shape").at(0) << "\n}\n";
    return text.str();
}

/// All batches one after the other.
Tensor joined(const Json& batches, const char* name) {
    Tensor all = tensor(batches.at(0).at(name));
    for (std::size_t i = 1; i < batches.size(); ++i) {
        const Tensor next = tensor(batches.at(i).at(name));
        all.shape[0] += next.shape[0];
        all.data.insert(all.data.end(), next.data.begin(), next.data.end());
    }
    return all;
}

std::vector<double> returned_values(const Json& example, const std::string& log) {
    const std::int64_t steps = example.at("options").at("num_steps"),
                       length = window_length(example), rest = steps % length;
    std::vector<double> values(example.at("calls").get<std::size_t>());
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.at("event") != "step") continue;
        const bool shorter = rest != 0 && event.at("window") == steps / length;
        const double share = shorter ? double(rest) : double(steps) / double(length);
        values.at(event.at("epoch").get<std::size_t>()) +=
            event.at("loss").get<double>() / share / double(example.at("batches").size());
    }
    return values;
}

class ReferenceWindows : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceWindows, follow_returned_losses_and_weights) {
    for (const Json& example : reference_cases("tbptt")) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        const TemporaryFolder folder;
        const Tensor labels = joined(example.at("batches"), "y");
        write_text(folder.file("n.snn"), network_text(example));
        write_npy(folder.file("x.npy"), joined(example.at("batches"), "x"));
        write_npy_labels(folder.file("y.npy"), {{"shape", labels.shape}, {"data", labels.data}});
        write_safetensors(folder.file("w.safetensors"), tensors(example.at("weights")));
        const ProcessResult result = run_snnc(
            {"train", folder.file("n.snn"), "--input", "x=" + folder.file("x.npy"), "--target",
             "label=" + folder.file("y.npy"), "--weights", folder.file("w.safetensors"),
             "--no-shuffle", "--log", folder.file("log.jsonl"), "--out",
             folder.file("out.safetensors"), "--backend", GetParam()},
            {"SNNC_CACHE=" + folder.file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err << network_text(example);

        const Tensor expected = tensor(example.at("returned"));
        const auto values = returned_values(example, read_text(folder.file("log.jsonl")));
        ASSERT_EQ(values.size(), expected.data.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_NEAR(values[i], expected.data[i], 1e-5 * std::abs(expected.data[i]))
                << "in call " << i + 1;

        const double bound = std::max(
            1e-4, 10 * example.at("robustness").at("max_final_weight_deviation").get<double>());
        const Tensors weights = read_safetensors(folder.file("out.safetensors"));
        for (const auto& [name, reference] : tensors(example.at("final_weights"))) {
            SCOPED_TRACE(name);
            ASSERT_EQ(weights.at(name).shape, reference.shape);
            for (std::size_t i = 0; i < reference.data.size(); ++i)
                EXPECT_NEAR(weights.at(name).data[i], reference.data[i], bound) << "element " << i;
        }
    }
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, ReferenceWindows, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
