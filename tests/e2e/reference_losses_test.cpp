// The library's losses and metrics against snnTorch: every case of losses.json and metrics.json.
// A cell that hands on its input stands for the read-out, so gradients are those for its trace.
//
// Where snnc decides otherwise the test checks the decided value:
// * snnc takes the mean over the batch last. `reduction = "sum"` and `"none"` are compared through
//   the number of entries, and each sample by itself where a case lists them.
// * `l1_rate_sparsity` has its factor in front: `1e-5*l1_rate_sparsity(s)`.
// * `mse_temporal` keeps on_target = 0 and a negative off_target. snnTorch's maximum of the two
//   makes every target 0 at the defaults, and at 0 where off_target is negative.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

struct Outcome {
    double loss = 0;
    Tensor gradient;  // for the trace
};

struct Question {
    std::string loss;    // as .snn text
    std::string target;  // "label : class[4]", or nothing
    Tensor x;            // [steps, samples, cells]
    Json targets;        // null without a target
};

Json labels_json(std::vector<std::int64_t> labels) {
    return {{"shape", {labels.size()}}, {"data", labels}};
}

std::string network_text(const Question& question) {
    return "neuron Relay {\n    input  I\n    output s\n    s = I\n}\nnetwork N {\n"
           "    input x[t] : f32[" +
           std::to_string(question.x.shape[2]) + "]\n    x -> Relay as n\n    output n.s\n}\n";
}

Outcome gradient_of(const Question& question, const std::string& backend) {
    const TemporaryFolder folder;
    std::string text = network_text(question) + "train of N {\n";
    if (!question.target.empty()) text += "    target " + question.target + "\n";
    write_text(folder.file("n.snn"),
               text + "    loss = " + question.loss + "\n    optimizer = sgd(lr = 0.1)\n}\n");
    write_npy(folder.file("x.npy"), question.x);
    std::vector<std::string> command{
        "grad",  folder.file("n.snn"),         "--input",   "x=" + folder.file("x.npy"),
        "--out", folder.file("g.safetensors"), "--backend", backend};
    if (!question.targets.is_null()) {
        if (question.target.find("class") != std::string::npos)
            write_npy_labels(folder.file("y.npy"), question.targets);
        else
            write_npy(folder.file("y.npy"), tensor(question.targets));
        command.insert(command.end(),
                       {"--target", question.target.substr(0, question.target.find(' ')) + "=" +
                                        folder.file("y.npy")});
    }
    const ProcessResult result = run_snnc(command);
    EXPECT_EQ(result.exit_code, 0) << result.err << read_text(folder.file("n.snn"));
    Outcome outcome;
    if (result.exit_code != 0) return outcome;
    outcome.loss = std::stod(result.out.substr(result.out.find(' ')));
    outcome.gradient = read_safetensors(folder.file("g.safetensors"))["input.x"];
    return outcome;
}

/// One sample of [steps, samples, cells].
Tensor sample(const Tensor& x, std::int64_t index) {
    Tensor result{{x.shape[0], 1, x.shape[2]}, {}};
    for (std::int64_t t = 0; t < x.shape[0]; ++t)
        for (std::int64_t c = 0; c < x.shape[2]; ++c)
            result.data.push_back(x.data[std::size_t((t * x.shape[1] + index) * x.shape[2] + c)]);
    return result;
}

Json one_target(const Json& targets, std::int64_t index) {
    return labels_json({targets.at("data").at(std::size_t(index)).get<std::int64_t>()});
}

// ---- losses ----------------------------------------------------------------------------------

bool is_temporal_cross_entropy(const Json& example) {
    return example.at("fn") == "ce_temporal_loss";
}

/// PyTorch's own weighted mean; the other losses of snnTorch take the plain one.
bool is_normalized(const Json& example) {
    const Json& options = example.at("options");
    return is_temporal_cross_entropy(example) && !options.at("weight").is_null() &&
           options.at("reduction") == "mean";
}

std::string loss_text(const Json& example) {
    const Json& options = example.at("options");
    const std::string function = example.at("fn");
    if (function == "l1_rate_sparsity")
        return number_text(options.at("Lambda").get<double>()) + "*l1_rate_sparsity(n.s)";
    if (options.value("target_is_time", false)) return "mse_spike_times(n.s, times)";
    std::string text = function.substr(0, function.rfind("_loss")) + "(n.s, label";
    for (const char* name :
         {"correct_rate", "incorrect_rate", "on_target", "off_target", "tolerance"})
        if (options.contains(name))
            text += std::string(", ") + name + " = " + number_text(options.at(name).get<double>());
    if (options.contains("inverse"))
        text += ", inverse = " + options.at("inverse").get<std::string>();
    if (options.contains("population_code"))
        text += ", population = " + std::to_string(tensor(example.at("x")).shape[2] /
                                                   options.at("num_classes").get<std::int64_t>());
    if (options.contains("weight") && !options.at("weight").is_null()) {
        text += ", weight = (";
        for (const float weight : tensor(options.at("weight")).data)
            text += number_text(weight) + ", ";
        text.replace(text.size() - 2, 2, ")");
        if (is_normalized(example)) text += ", weighted = normalized";
    }
    return text + ")";
}

Question question_of(const Json& example) {
    Question question{loss_text(example), "", tensor(example.at("x")), nullptr};
    if (!example.contains("targets")) return question;
    const Json& options = example.at("options");
    question.targets = example.at("targets");
    const std::int64_t classes = options.value("num_classes", question.x.shape[2]);
    question.target = options.value("target_is_time", false)
                          ? "times : f32[" + std::to_string(question.x.shape[2]) + "]"
                          : "label : class[" + std::to_string(classes) + "]";
    return question;
}

/// How many entries the reduction adds up of which snnc takes the mean.
double entries(const Json& example, const Tensor& loss) {
    const Tensor x = tensor(example.at("x"));
    if (example.at("fn") == "l1_rate_sparsity") return double(x.shape[1]);
    if (loss.data.size() > 1) return double(loss.data.size());
    if (example.at("options").value("reduction", "mean") == "mean") return 1;
    const bool per_cell = example.at("fn").get<std::string>().starts_with("mse");
    return double(x.shape[1] *
                  (per_cell ? example.at("options").value("num_classes", x.shape[2]) : 1));
}

bool has_its_own_decision(const Json& example) {
    const Json& options = example.at("options");
    return example.at("fn") == "mse_temporal_loss" && !options.contains("target_is_time") &&
           options.value("on_target", 0) > options.value("off_target", -1);
}

/// The decided `mse_temporal`, from the spikes and the labels.
Outcome decided_temporal(const Json& example) {
    const Tensor x = tensor(example.at("x"));
    const Json& options = example.at("options");
    const auto steps = x.shape[0], samples = x.shape[1], cells = x.shape[2];
    const auto from_end = [&](double time) { return time < 0 ? double(steps) + time : time; };
    const double on = from_end(options.value("on_target", 0)),
                 off = from_end(options.value("off_target", -1));
    Outcome outcome{0, {x.shape, std::vector<float>(x.data.size(), 0)}};
    for (std::int64_t b = 0; b < samples; ++b)
        for (std::int64_t c = 0; c < cells; ++c) {
            const auto at = [&](std::int64_t t) {
                return std::size_t((t * samples + b) * cells + c);
            };
            std::int64_t first = 0;
            while (first < steps - 1 && x.data[at(first)] == 0) ++first;
            const bool labelled =
                example.at("targets").at("data").at(std::size_t(b)).get<std::int64_t>() == c;
            double distance = double(first) - (labelled ? on : off);
            if (std::abs(distance) < options.value("tolerance", 0)) distance = 0;
            const double share = distance / double(steps), count = double(samples * cells);
            outcome.loss += share * share / count;
            outcome.gradient.data[at(first)] = float(-2 * share / double(steps) / count);
        }
    return outcome;
}

void compare_gradients(const Tensor& actual, const Tensor& expected, double factor) {
    ASSERT_EQ(actual.data.size(), expected.data.size());
    double largest = 1;
    for (const float entry : expected.data) largest = std::max(largest, double(std::abs(entry)));
    for (std::size_t i = 0; i < expected.data.size(); ++i)
        ASSERT_NEAR(factor * actual.data[i], expected.data[i],
                    1e-3 * std::abs(expected.data[i]) + 1e-4 * largest)
            << "element " << i;
}

class ReferenceLosses : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceLosses, agree_in_value_and_gradient) {
    for (const Json& example : reference_cases("losses")) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        const Question question = question_of(example);
        const Outcome actual = gradient_of(question, GetParam());
        if (has_its_own_decision(example)) {
            const Outcome decided = decided_temporal(example);
            EXPECT_NEAR(actual.loss, decided.loss, 1e-5 * decided.loss);
            compare_gradients(actual.gradient, decided.gradient, 1);
            continue;
        }
        const Tensor loss = tensor(example.at("loss"));
        double sum = 0;
        for (const float entry : loss.data) sum += entry;
        const double factor = entries(example, loss);
        EXPECT_NEAR(factor * actual.loss, sum, 1e-5 * std::abs(sum));
        compare_gradients(actual.gradient, tensor(example.at("grad")), factor);
    }
}

/// Where a case lists the loss of each sample (and cell), a batch of one sample has it.
TEST_P(ReferenceLosses, agree_for_each_sample) {
    int compared = 0;
    for (const Json& example : reference_cases("losses")) {
        const Tensor loss = tensor(example.at("loss"));
        if (loss.data.size() == 1) continue;
        SCOPED_TRACE(example.at("id").get<std::string>());
        const Question all = question_of(example);
        const std::size_t cells = loss.data.size() / std::size_t(all.x.shape[1]);
        for (std::int64_t b = 0; b < all.x.shape[1]; ++b) {
            Question one = all;
            one.x = sample(all.x, b);
            one.targets = one_target(all.targets, b);
            double expected = 0;
            for (std::size_t c = 0; c < cells; ++c)
                expected += loss.data[std::size_t(b) * cells + c] / double(cells);
            EXPECT_NEAR(gradient_of(one, GetParam()).loss, expected, 1e-5 * std::abs(expected));
        }
        ++compared;
    }
    EXPECT_GT(compared, 5);
}

// ---- metrics ---------------------------------------------------------------------------------

double metric(const std::string& text, const Question& question, const std::string& backend) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"), network_text(question) + "train of N {\n    target " +
                                         question.target + "\n    loss = mean_t(sum(n.s))\n" +
                                         "    metric = " + text +
                                         "\n    optimizer = sgd(lr = 0.1)\n}\n");
    write_npy(folder.file("x.npy"), question.x);
    write_npy_labels(folder.file("y.npy"), question.targets);
    write_safetensors(folder.file("w.safetensors"), {});
    const ProcessResult result =
        run_snnc({"eval", folder.file("n.snn"), "--weights", folder.file("w.safetensors"),
                  "--input", "x=" + folder.file("x.npy"), "--target",
                  "label=" + folder.file("y.npy"), "--json", "--backend", backend});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    if (result.exit_code != 0) return -1;
    return Json::parse(result.out).at(text.substr(0, text.find('('))).get<double>();
}

TEST_P(ReferenceLosses, metrics_agree) {
    for (const Json& example : reference_cases("metrics")) {
        SCOPED_TRACE(example.at("id").get<std::string>());
        Question question{"", "", tensor(example.at("x")), nullptr};
        const std::int64_t cells = question.x.shape[2];
        if (example.at("fn") == "first_spike_time") {
            const Tensor expected = tensor(example.at("expect"));
            for (std::int64_t b = 0; b < question.x.shape[1]; ++b)
                for (std::int64_t c = 0; c < cells; ++c) {
                    Question one{"sum(one_hot(label)*first_spike(n.s))",
                                 "label : class[" + std::to_string(cells) + "]",
                                 sample(question.x, b), labels_json({c})};
                    EXPECT_EQ(gradient_of(one, GetParam()).loss,
                              expected.data[std::size_t(b * cells + c)]);
                }
            continue;
        }
        const Json& options = example.at("options");
        const std::int64_t classes = options.value("num_classes", cells);
        question.target = "label : class[" + std::to_string(classes) + "]";
        question.targets = example.at("targets");
        const std::string text = example.at("fn") == "accuracy_temporal"
                                     ? "accuracy_temporal(n.s, label)"
                                     : "accuracy(pooled_count(n.s, label, population = " +
                                           std::to_string(cells / classes) + "), label)";
        EXPECT_NEAR(metric(text, question, GetParam()), example.at("expect").get<double>(), 1e-6);
    }
}

const std::vector<std::string> backends{
#ifdef SNNC_HAS_CODEGEN
    "cpu",
#endif
    "interpret"};

INSTANTIATE_TEST_SUITE_P(backend, ReferenceLosses, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
