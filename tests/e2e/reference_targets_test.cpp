// Target codes of snnTorch's spikegen (encoders.json): the library's losses that are time courses.
//
// A loss that is a sum of products with a trace has the code as its gradient, so one `grad` gives
// the whole course. Where snnc decides otherwise: with on_target = 0 and off_target = -1 the label
// is 0 and the others -1; snnTorch's maximum of the two makes all of them 0.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

struct Course {
    std::string loss;  // as .snn text, of `label` or `times`
    std::int64_t steps = 0, samples = 1, cells = 1;
    Json labels;   // or null
    Tensor times;  // or empty
};

/// The time course [steps, samples, cells].
Tensor values_of(const Course& course, const std::string& backend) {
    const TemporaryFolder folder;
    const std::string cells = std::to_string(course.cells);
    std::string text =
        "neuron Relay {\n    input  I\n    output s\n    s = I\n}\nnetwork N {\n"
        "    input x[t] : f32[" +
        cells + "]\n    x -> Relay as n\n    output n.s\n}\ntrain of N {\n";
    std::vector<std::string> command{
        "grad",  folder.file("n.snn"),         "--input",   "x=" + folder.file("x.npy"),
        "--out", folder.file("g.safetensors"), "--backend", backend};
    if (!course.labels.is_null()) {
        text += "    target label : class[" + cells + "]\n";
        write_npy_labels(folder.file("y.npy"), course.labels);
        command.insert(command.end(), {"--target", "label=" + folder.file("y.npy")});
    }
    if (!course.times.data.empty()) {
        text += "    target times : f32[" + cells + "]\n";
        write_npy(folder.file("times.npy"), course.times);
        command.insert(command.end(), {"--target", "times=" + folder.file("times.npy")});
    }
    write_text(folder.file("n.snn"), text + "    loss = sum_t(sum(n.s*(" + course.loss +
                                         ")))\n    optimizer = sgd(lr = 0.1)\n}\n");
    const std::vector<std::int64_t> shape{course.steps, course.samples, course.cells};
    write_npy(folder.file("x.npy"),
              {shape, std::vector<float>(std::size_t(shape[0] * shape[1] * shape[2]), 0)});
    const ProcessResult result = run_snnc(command);
    EXPECT_EQ(result.exit_code, 0) << result.err << read_text(folder.file("n.snn"));
    if (result.exit_code != 0) return {};
    Tensor values = read_safetensors(folder.file("g.safetensors"))["input.x"];
    for (float& value : values.data) value *= float(course.samples);  // the mean over the batch
    return values;
}

std::string argument(const Json& options, const char* theirs, const char* ours) {
    if (!options.contains(theirs)) return "";
    const Json& value = options.at(theirs);
    return std::string(", ") + ours + " = " +
           (value.is_boolean() ? (value.get<bool>() ? "true" : "false")
                               : number_text(value.get<double>()));
}

std::string on_off(const Json& options, const char* on, const char* off) {
    return argument(options, "on_target", on) + argument(options, "off_target", off);
}

/// A held expectation [samples, cells] stands for every step.
void expect_course(const Tensor& actual, const Tensor& expected) {
    ASSERT_FALSE(expected.data.empty());
    ASSERT_EQ(actual.data.size() % expected.data.size(), 0u);
    for (std::size_t i = 0; i < actual.data.size(); ++i)
        ASSERT_NEAR(actual.data[i], expected.data[i % expected.data.size()], 2e-6) << i;
}

class ReferenceTargets : public testing::TestWithParam<std::string> {
 protected:
    void each_case(const std::string& function, const std::function<void(const Json&)>& check) {
        int cases = 0;
        for (const Json& example : reference_cases("encoders")) {
            if (example.at("fn") != function) continue;
            SCOPED_TRACE(example.at("id").get<std::string>());
            check(example);
            ++cases;
        }
        EXPECT_GT(cases, 0);
    }
    Tensor course(const Course& course) { return values_of(course, GetParam()); }
};

Course labelled(const Json& example, const std::string& loss, std::int64_t steps) {
    const Json& targets = example.at("targets");
    return {loss,
            steps,
            targets.at("shape").at(0).get<std::int64_t>(),
            example.at("options").at("num_classes").get<std::int64_t>(),
            targets,
            {}};
}

TEST_P(ReferenceTargets, one_hot) {
    each_case("to_one_hot", [&](const Json& example) {
        expect_course(course(labelled(example, "one_hot(label)", 1)), tensor(example.at("expect")));
    });
}

TEST_P(ReferenceTargets, inverse_of_one_hot) {
    each_case("to_one_hot_inverse", [&](const Json& example) {
        // The codes are data here: rows in which one class is 1.
        const Tensor codes = tensor(example.at("x"));
        const Tensor actual = course(
            {"if times { 0 } else { 1 }", 1, codes.shape[0], codes.shape[1], nullptr, codes});
        expect_course(actual, tensor(example.at("expect")));
    });
}

/// The class of a code: the label with which it counts as recognised.
TEST_P(ReferenceTargets, class_of_one_hot) {
    each_case("from_one_hot", [&](const Json& example) {
        Tensor code = tensor(example.at("x"));
        const std::int64_t classes = code.shape[0];
        code.shape = {1, classes};
        for (std::int64_t k = 0; k < classes; ++k) {
            const Tensor hit = course({"accuracy(times, label)", 1, 1, classes,
                                       Json{{"shape", {1}}, {"data", {k}}}, code});
            EXPECT_EQ(hit.data.at(0), tensor(example.at("expect")).data[0] == float(k) ? 1 : 0);
        }
    });
}

TEST_P(ReferenceTargets, rates) {
    each_case("targets_rate", [&](const Json& example) {
        const Json& options = example.at("options");
        Tensor expected = tensor(example.at("expect"));
        if (options.value("off_target", 0.0) < 0)
            for (float& value : expected.data) value = float(options.at("off_target"));
        const Tensor labels = tensor(example.at("targets"));
        if (options.value("off_target", 0.0) < 0)
            for (std::size_t b = 0; b < labels.data.size(); ++b)
                expected.data[b * options.at("num_classes").get<std::size_t>() +
                              std::size_t(labels.data[b])] = float(options.at("on_target"));
        const std::string loss = "rate_target(label" +
                                 argument(options, "correct_rate", "correct_rate") +
                                 argument(options, "incorrect_rate", "incorrect_rate") +
                                 argument(options, "first_spike_time", "first") +
                                 argument(options, "interpolate", "interpolate") +
                                 on_off(options, "on_target", "off_target") + ")";
        expect_course(course(labelled(example, loss, options.value("num_steps", 3))), expected);
    });
}

TEST_P(ReferenceTargets, regular_spikes) {
    each_case("target_rate_code", [&](const Json& example) {
        const Json& options = example.at("options");
        const std::string loss = "rate_code(" + number_text(options.at("rate").get<double>()) +
                                 argument(options, "first_spike_time", "first") + ")";
        expect_course(course({loss, options.at("num_steps"), 1, 1, nullptr, {}}),
                      tensor(example.at("expect")));
    });
}

/// Ramps between given times, which need not be regular.
TEST_P(ReferenceTargets, ramps_between_spikes) {
    each_case("rate_interpolate", [&](const Json& example) {
        const Json& options = example.at("options");
        const std::string ends = on_off(options, "on", "off");
        std::string loss, before = "-1", closing;
        for (const float time : tensor(example.at("times")).data) {
            const std::string next = number_text(time);
            loss += "if t <= " + next + " { ramp(" + before + ", " + next + ends + ") } else { ";
            closing += " }";
            before = next;
        }
        loss += number_text(options.value("off_target", 0.0)) + closing;
        expect_course(course({loss, options.at("num_steps"), 1, 1, nullptr, {}}),
                      tensor(example.at("expect")));
    });
}

TEST_P(ReferenceTargets, ramps_to_a_latency) {
    each_case("latency_interpolate", [&](const Json& example) {
        const Json& options = example.at("options");
        const Tensor times = tensor(example.at("spike_time"));
        expect_course(
            course({"latency_ramp(times" + on_off(options, "on", "off") + ")",
                    options.at("num_steps"), times.shape[0], times.shape[1], nullptr, times}),
            tensor(example.at("expect")));
    });
}

/// The calls of encoder_refusals.json that ask for a target code.
TEST(ReferenceTargetRefusals, are_errors) {
    struct Refusal {
        std::string id, target, loss, code;
        bool steps;
    };
    const Refusal refusals[] = {
        {"to_one_hot/out_of_range", "label : class[2]", "one_hot(label)", "E0709", true},
        {"targets_rate/rate_above_one", "label : class[3]",
         "rate_target(label, correct_rate = 1.2)", "E0305", true},
        {"targets_rate/incorrect_above_correct", "label : class[3]",
         "rate_target(label, correct_rate = 0.3, incorrect_rate = 0.5)", "E0305", true},
        {"targets_rate/no_steps", "label : class[3]", "rate_target(label, correct_rate = 0.5)",
         "E0719", false},
        {"latency_interpolate/on_below_off", "label : class[3]", "latency_ramp(2, on = 0, off = 1)",
         "E0305", true}};
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(refusal.id);
        const TemporaryFolder folder;
        const std::string classes = refusal.target.substr(refusal.target.find('['));
        write_text(folder.file("n.snn"), "network N {\n    input x : f32" + classes +
                                             "\n    x -> LI as n\n    output n.v\n}\n" +
                                             "train of N {\n    target " + refusal.target +
                                             "\n    loss = sum_t(sum(n.v*" + refusal.loss +
                                             "))\n    optimizer = sgd(lr = 0.1)\n}\n");
        const bool two = classes == "[2]";
        write_npy(folder.file("x.npy"), {{1, two ? 2 : 3}, std::vector<float>(two ? 2 : 3, 1)});
        write_npy_labels(folder.file("y.npy"), Json{{"shape", {1}}, {"data", {2}}});
        std::vector<std::string> command{"grad",      folder.file("n.snn"),
                                         "--input",   "x=" + folder.file("x.npy"),
                                         "--target",  "label=" + folder.file("y.npy"),
                                         "--out",     folder.file("g.safetensors"),
                                         "--backend", "interpret"};
        if (refusal.steps) command.insert(command.end(), {"--steps", "5"});
        const ProcessResult result = run_snnc(command);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_NE(result.err.find("[" + refusal.code + "]"), std::string::npos) << result.err;
    }
}

const std::vector<std::string> backends{
#ifdef SNNC_HAS_CODEGEN
    "cpu",
#endif
    "interpret"};

INSTANTIATE_TEST_SUITE_P(backend, ReferenceTargets, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
