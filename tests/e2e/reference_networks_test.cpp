// `snnc train` against PyTorch with snnTorch: networks of dense layers and of every class of cells
// over all their training steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

struct NetworkText {
    std::string text;
    std::string last_cell;
    Tensors weights;
};

/// The weights file's name of a reference parameter: "lif1.threshold" is "lif1.theta".
std::string weight_name(const std::string& reference_name) {
    const auto dot = reference_name.find('.');
    return reference_name.substr(0, dot + 1) + parameter_name(reference_name.substr(dot + 1));
}

/// Parameters that are trained are written with `learn`, the others as numbers.
std::string cell_use(const Json& layer) {
    const auto learned = layer.at("learn").get<std::vector<std::string>>();
    return cell_text(layer, layer.at("name"), CellParameters::Constant,
                     surrogate_text(layer.at("surrogate")).use, {learned.begin(), learned.end()})
        .use;
}

std::string loss_text(const Json& loss, const std::string& cell) {
    const std::string name = loss.at("name");
    if (name == "mse_last_mem") return "mse(last(" + cell + ".v), label)";
    if (name == "sum_t_cross_entropy_mem") return "sum_t(ce(" + cell + ".v, label))";
    std::string arguments = cell + ".s, label";
    if (loss.contains("options")) {
        for (const auto& [option, value] : loss.at("options").items()) {
            arguments += ", " + option + " = " + number_text(value.get<double>());
        }
    }
    return name.substr(0, name.rfind("_loss")) + "(" + arguments + ")";
}

std::string optimizer_text(const Json& optimizer) {
    const std::string rate = "lr = " + number_text(optimizer.at("lr").get<double>());
    if (optimizer.at("name") == "Adam") return "adam(" + rate + ")";
    if (optimizer.at("name") == "AdamW")
        return "adamw(" + rate +
               ", weight_decay = " + number_text(optimizer.at("weight_decay").get<double>()) + ")";
    return "sgd(" + rate + ", momentum = " + number_text(optimizer.at("momentum").get<double>()) +
           ")";
}

/// A layer without parameters for each element; how many values it hands on, where that is said.
std::string layer_use(const Json& layer, std::int64_t& width) {
    const std::string type = layer.at("type");
    const std::string name = layer.value("name", "");
    if (type == "linear") {
        width = layer.at("out").get<std::int64_t>();
        return "dense(" + std::to_string(width) + ") as " + name;
    }
    if (type == "conv2d")
        return "conv(" + layer.at("out").dump() + ", " + layer.at("kernel").dump() +
               ", stride = " + layer.at("stride").dump() +
               ", padding = " + layer.at("padding").dump() + ", bias = " + layer.at("bias").dump() +
               ") as " + name;
    if (type == "maxpool2d") return "maxpool(" + layer.at("kernel").dump() + ")";
    if (type == "avgpool2d") return "avgpool(" + layer.at("kernel").dump() + ")";
    if (type == "batchnorm2d") return "batchnorm as " + name;
    return type;
}

/// Labels, else a target of numbers.
bool has_labels(const Json& example) {
    return !example.at("y").contains("shape") || example.at("y").at("shape").size() == 1;
}

NetworkText network_text(const Json& example) {
    NetworkText result;
    const Tensor x = tensor(example.at("x"));
    std::ostringstream text;
    text << "network Reference {\n    input x[t] : f32[" << sample_shape(x) << "]\n    x";
    std::int64_t classes = 0;
    for (const Json& layer : example.at("layers")) {
        if (layer.at("type") != "neuron") {
            text << " -> " << layer_use(layer, classes);
            continue;
        }
        result.last_cell = layer.at("name");
        text << " -> " << cell_use(layer) << " as " << result.last_cell;
    }
    text << "\n    output " << result.last_cell << ".s, " << result.last_cell << ".v\n}\n\n"
         << "train of Reference {\n    target label : " << (has_labels(example) ? "class[" : "f32[")
         << classes << "]\n    loss = " << loss_text(example.at("loss"), result.last_cell)
         << "\n    optimizer = " << optimizer_text(example.at("optimizer"))
         << "\n    batch = " << x.shape[1] << "\n    epochs = " << example.at("train_steps")
         << "\n}\n";
    result.text = text.str();
    for (const auto& [name, value] : tensors(example.at("weights"))) {
        result.weights[weight_name(name)] = value;
    }
    return result;
}

std::vector<double> logged_losses(const std::string& log) {
    std::vector<double> losses;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.value("event", "") == "step") losses.push_back(event.at("loss").get<double>());
    }
    return losses;
}

void compare_losses(const Json& example, const std::vector<double>& losses) {
    const Tensor expected = tensor(example.at("expect").at("losses"));
    ASSERT_EQ(losses.size(), expected.data.size());
    for (std::size_t i = 0; i < losses.size(); ++i) {
        EXPECT_NEAR(losses[i], expected.data[i], 1e-5 * std::abs(expected.data[i]))
            << "in training step " << i + 1;
    }
}

void compare_weights(const Json& example, const Tensors& weights) {
    const double robustness = example.at("robustness").at("max_final_weight_deviation");
    const double bound = std::max(1e-4, 10 * robustness);
    Tensors all = tensors(example.at("expect").at("final_weights"));
    if (example.at("expect").contains("final_buffers"))
        all.merge(tensors(example.at("expect").at("final_buffers")));
    for (const auto& [name, expected] : all) {
        SCOPED_TRACE(name);
        const auto found = weights.find(weight_name(name));
        ASSERT_NE(found, weights.end());
        ASSERT_EQ(found->second.shape, expected.shape);
        for (std::size_t i = 0; i < expected.data.size(); ++i) {
            EXPECT_NEAR(found->second.data[i], expected.data[i], bound) << "at element " << i;
        }
    }
}

class ReferenceNetworks : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceNetworks, follow_losses_and_weights) {
    std::vector<Json> cases = reference_cases("networks");
    for (const Json& example : reference_cases("networks_conv")) cases.push_back(example);
    for (const Json& example : cases) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        const TemporaryFolder folder;
        const NetworkText network = network_text(example);
        write_text(folder.file("n.snn"), network.text);
        write_npy(folder.file("x.npy"), tensor(example.at("x")));
        if (has_labels(example))
            write_npy_labels(folder.file("y.npy"), example.at("y"));
        else
            write_npy(folder.file("y.npy"), tensor(example.at("y")));
        write_safetensors(folder.file("w.safetensors"), network.weights);
        const ProcessResult result =
            run_snnc({"train", folder.file("n.snn"), "--input", "x=" + folder.file("x.npy"),
                      "--target", "label=" + folder.file("y.npy"), "--weights",
                      folder.file("w.safetensors"), "--partial", "--no-shuffle", "--max-steps",
                      std::to_string(example.at("train_steps").get<int>()), "--log",
                      folder.file("log.jsonl"), "--out", folder.file("out.safetensors"),
                      "--backend", GetParam()},
                     {"SNNC_CACHE=" + folder.file("cache")});
        ASSERT_EQ(result.exit_code, 0) << result.err << network.text;
        compare_losses(example, logged_losses(read_text(folder.file("log.jsonl"))));
        compare_weights(example, read_safetensors(folder.file("out.safetensors")));
    }
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, ReferenceNetworks, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
