// The library's encoders against snnTorch's spikegen: every case of encoders.json that an encoder
// of the language can be asked for. Where snnc decides otherwise the test says so.
//
// * `normalize` uses the largest time of each sample, snnTorch that of the whole batch: a case is
//   given as one sample with all its elements.
// * A negative `off` is kept; snnTorch's maximum with 0 loses it.
// * Rate applies gain and offset to inputs with a value in each step, too, and does not prepend
//   steps to them; its bits come from other random numbers, so the chances are tested.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

const std::vector<std::string> backends{
#ifdef SNNC_HAS_CODEGEN
    "cpu",
#endif
    "interpret"};

std::int64_t count_of(const Tensor& tensor) { return std::int64_t(tensor.data.size()); }

/// What the encoder hands on for `x`, [steps, samples, elements].
Tensor encode(const std::string& encoder, const Tensor& x, bool per_step, std::int64_t steps,
              const std::string& backend, const std::string& seed = "0") {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "network Codes {\n    input x" + std::string(per_step ? "[t]" : "") + " : f32[" +
                   std::to_string(x.shape.back()) + "]" +
                   (encoder.starts_with("Latency") ? " in [0, 1]" : "") + "\n    x -> " + encoder +
                   " as code\n    output code.s\n}\n");
    write_npy(folder.file("x.npy"), x);
    std::vector<std::string> command{"run",       folder.file("n.snn"),
                                     "--input",   "x=" + folder.file("x.npy"),
                                     "--out",     folder.file("out"),
                                     "--backend", backend,
                                     "--seed",    seed};
    if (!per_step) command.insert(command.end(), {"--steps", std::to_string(steps)});
    const ProcessResult result = run_snnc(command);
    EXPECT_EQ(result.exit_code, 0) << result.err << read_text(folder.file("n.snn"));
    return result.exit_code == 0 ? read_npy(folder.file("out/code.s.npy")) : Tensor{};
}

std::string argument(const Json& options, const char* theirs, const char* ours) {
    if (!options.contains(theirs)) return "";
    const Json& value = options.at(theirs);
    const std::string text = value.is_boolean() ? (value.get<bool>() ? "true" : "false")
                                                : number_text(value.get<double>());
    return std::string(ours) + " = " + text + ", ";
}

class ReferenceEncoders : public testing::TestWithParam<std::string> {
 protected:
    void each_case(const std::string& function, void (*check)(const Json&, const std::string&)) {
        int cases = 0;
        for (const Json& example : reference_cases("encoders")) {
            if (example.at("fn") != function) continue;
            SCOPED_TRACE(example.at("id").get<std::string>());
            check(example, GetParam());
            ++cases;
        }
        EXPECT_GT(cases, 0);
        std::printf("%d cases\n", cases);
    }
};

// ---- Latency ---------------------------------------------------------------------------------

std::string latency_text(const Json& options) {
    return "Latency(" + argument(options, "tau", "tau") + argument(options, "threshold", "theta") +
           argument(options, "first_spike_time", "first") + argument(options, "on_target", "on") +
           argument(options, "off_target", "off") + argument(options, "epsilon", "epsilon") +
           argument(options, "linear", "linear") + argument(options, "normalize", "normalize") +
           argument(options, "clip", "clip") + argument(options, "interpolate", "interpolate") +
           ")";
}

void check_latency(const Json& example, const std::string& backend) {
    const Json& options = example.at("options");
    Tensor x = tensor(example.at("x"));
    x.shape = {1, count_of(x)};
    Tensor expected = tensor(example.at("expect"));
    const double off = options.value("off_target", 0.0);
    for (float& value : expected.data)
        if (off < 0 && value == 0) value = float(off);
    const Tensor actual = encode(latency_text(options), x, false, expected.shape[0], backend);
    ASSERT_EQ(actual.data.size(), expected.data.size());
    if (!options.value("interpolate", false)) {
        EXPECT_EQ(actual.data, expected.data);
        return;
    }
    for (std::size_t i = 0; i < actual.data.size(); ++i)
        EXPECT_NEAR(actual.data[i], expected.data[i], 1e-6) << i;
}

TEST_P(ReferenceEncoders, latency) { each_case("latency", check_latency); }

// ---- Delta -----------------------------------------------------------------------------------

void check_delta(const Json& example, const std::string& backend) {
    const Json& options = example.at("options");
    Tensor x = tensor(example.at("x"));
    const std::int64_t steps = x.shape[0];
    x.shape = {steps, 1, count_of(x) / steps};
    const Tensor actual = encode("Delta(" + argument(options, "threshold", "theta") +
                                     argument(options, "padding", "padding") +
                                     argument(options, "off_spike", "off_spike") + ")",
                                 x, true, steps, backend);
    EXPECT_EQ(actual.data, tensor(example.at("expect")).data);
}

TEST_P(ReferenceEncoders, delta) { each_case("delta", check_delta); }

// ---- Rate ------------------------------------------------------------------------------------

/// Each element's share of spikes lies within five standard errors of its chance, and certain ones
/// are certain.
void expect_chances(const Tensor& spikes, std::int64_t first, const std::vector<double>& chances) {
    const std::int64_t steps = spikes.shape[0], elements = std::int64_t(chances.size());
    ASSERT_EQ(count_of(spikes), steps * elements);
    for (std::int64_t e = 0; e < elements; ++e) {
        double sum = 0;
        for (std::int64_t t = 0; t < steps; ++t) {
            const float spike = spikes.data[std::size_t(t * elements + e)];
            ASSERT_TRUE(spike == 0 || spike == 1);
            if (t < first) {
                ASSERT_EQ(spike, 0);
            }
            sum += spike;
        }
        const double p = chances[std::size_t(e)], count = double(steps - first);
        EXPECT_NEAR(sum / count, p, 5 * std::sqrt(p * (1 - p) / count)) << "element " << e;
    }
}

void check_rate(const Json& example, const std::string& backend) {
    const Json& options = example.at("options");
    const std::int64_t first = options.value("first_spike_time", 0);
    const double gain = options.value("gain", 1.0), offset = options.value("offset", 0.0);
    const std::string text = "Rate(" + argument(options, "gain", "gain") +
                             argument(options, "offset", "offset") +
                             argument(options, "first_spike_time", "first") + ")";
    const bool per_step = options.value("time_var_input", false);
    const std::int64_t steps = 4000;
    Tensor x = tensor(example.at("x"));
    const Tensor probability = tensor(example.at("probability"));
    std::vector<double> chances(probability.data.begin(), probability.data.end());
    if (per_step) {
        // The first step's values in every step; the decided chances.
        const std::size_t elements = x.data.size() / std::size_t(x.shape[0]);
        const std::vector<float> once(x.data.begin(), x.data.begin() + std::ptrdiff_t(elements));
        x = {{steps, 1, std::int64_t(elements)}, {}};
        for (std::int64_t t = 0; t < steps; ++t)
            x.data.insert(x.data.end(), once.begin(), once.end());
        chances.clear();
        for (const float value : once)
            chances.push_back(std::min(1.0, std::max(0.0, gain * value + offset)));
    } else {
        x.shape = {1, count_of(x)};
    }
    expect_chances(encode(text, x, per_step, steps, backend), first, chances);
}

TEST_P(ReferenceEncoders, rate) { each_case("rate", check_rate); }

// ---- Poisson ---------------------------------------------------------------------------------

TEST_P(ReferenceEncoders, poisson_counts_have_the_mean_and_variance_of_their_rate) {
    const Tensor x{{1, 4}, {0, 0.1f, 2, 7}};
    const std::int64_t steps = 4000;
    const Tensor counts = encode("Poisson(rate = 0.5)", x, false, steps, GetParam());
    for (std::size_t e = 0; e < 4; ++e) {
        double sum = 0, square = 0;
        for (std::size_t t = 0; t < std::size_t(steps); ++t) {
            const double count = counts.data[t * 4 + e];
            ASSERT_EQ(count, std::floor(count));
            sum += count;
            square += count * count;
        }
        const double mean = 0.5 * x.data[e], measured = sum / double(steps);
        EXPECT_NEAR(measured, mean, 5 * std::sqrt(mean / double(steps)));
        EXPECT_NEAR(square / double(steps) - measured * measured, mean,
                    5 * std::sqrt((mean + 2 * mean * mean) / double(steps)));
    }
}

// ---- refusals --------------------------------------------------------------------------------

/// The calls of encoder_refusals.json; those of target codes stand in reference_targets_test.cpp.
/// One is decided otherwise: latency/too_few_steps. A spike that falls behind the end of the run
/// gives silence, as with snnTorch's `bypass`.
TEST(ReferenceRefusals, are_errors) {
    struct Refusal {
        std::string id, encoder, input, code;
        float value;
        bool steps;
    };
    const Refusal refusals[] = {
        {"rate/negative_first", "Rate(first = -1)", "x : f32[1]", "E0305", 0.5f, true},
        {"rate/late_first", "Rate(first = 5)", "x : f32[1]", "E0305", 0.5f, true},
        {"rate/steps_and_time_var", "Rate()", "x[t] : f32[1]", "E0718", 0.5f, true},
        {"rate/no_steps", "Rate()", "x : f32[1]", "E0719", 0.5f, false},
        {"latency/no_steps", "Latency()", "x : f32[1] in [0, 1]", "E0719", 0.5f, false},
        {"latency/normalize_no_steps", "Latency(normalize = true)", "x : f32[1] in [0, 1]", "E0719",
         0.5f, false},
        {"latency/data_above_one", "Latency()", "x : f32[1] in [0, 1]", "E0710", 1.5f, true},
        {"latency/data_above_one, undeclared", "Latency()", "x : f32[1]", "E0710", 1.5f, true},
        {"latency/threshold_zero", "Latency(theta = 0)", "x : f32[1] in [0, 1]", "E0305", 0.5f,
         true},
        {"latency/tau_zero", "Latency(tau = 0)", "x : f32[1] in [0, 1]", "E0305", 0.5f, true}};
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(refusal.id);
        const TemporaryFolder folder;
        write_text(folder.file("n.snn"), "network Codes {\n    input " + refusal.input +
                                             "\n    x -> " + refusal.encoder +
                                             " as code\n    output code.s\n}\n");
        const bool per_step = refusal.input.starts_with("x[t]");
        const std::vector<std::int64_t> shape =
            per_step ? std::vector<std::int64_t>{1, 1, 1} : std::vector<std::int64_t>{1, 1};
        write_npy(folder.file("x.npy"), {shape, {refusal.value}});
        std::vector<std::string> command{"run",       folder.file("n.snn"),
                                         "--input",   "x=" + folder.file("x.npy"),
                                         "--backend", "interpret"};
        if (refusal.steps) command.insert(command.end(), {"--steps", "5"});
        const ProcessResult result = run_snnc(command);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_NE(result.err.find("[" + refusal.code + "]"), std::string::npos) << result.err;
    }
}

INSTANTIATE_TEST_SUITE_P(backends, ReferenceEncoders, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
