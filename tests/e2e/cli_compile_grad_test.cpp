// snnc compile --grad: a library gives the loss and gradients of `grad` and the weights of `train`,
// bit for bit.
#include <gtest/gtest.h>

#include <thread>

#include "tests/e2e/trained_models.h"

namespace snnc::test {
namespace {

/// Rows of one sample each, of the samples from `first` on: a batch as the library takes it.
template <class Element>
std::vector<Element> batch_of(const std::vector<Element>& all, std::int64_t steps,
                              std::int64_t first, std::int64_t count) {
    const std::size_t row = all.size() / std::size_t(steps * model_samples);
    std::vector<Element> batch;
    for (std::int64_t step = 0; step < steps; ++step) {
        const auto begin =
            all.begin() + std::ptrdiff_t(std::size_t(step * model_samples + first) * row);
        batch.insert(batch.end(), begin, begin + std::ptrdiff_t(std::size_t(count) * row));
    }
    return batch;
}

class CompiledGradient : public testing::TestWithParam<TrainedModel> {
 protected:
    void SetUp() override {
        const TrainedModel& model = GetParam();
        write_text(file("net.snn"), model.text);
        for (const auto& [name, shape] : model.inputs) {
            inputs_[name] = some_values(shape, model.scale);
            write_npy(file(name + ".npy"), inputs_[name]);
            arrays_.insert(arrays_.end(), {"--input", name + "=" + file(name + ".npy")});
        }
        if (model.text.find("target") == std::string::npos) return;
        for (std::int64_t i = 0; i < model_samples; ++i) labels_.push_back(std::int32_t(i % 3));
        write_npy_labels(file("label.npy"), {{"shape", {model_samples}}, {"data", labels_}});
        arrays_.insert(arrays_.end(), {"--target", "label=" + file("label.npy")});
    }

    std::string file(const std::string& name) const { return folder_.file(name); }
    ProcessResult tool(std::vector<std::string> command,
                       const std::vector<std::string>& more = {}) const {
        command.insert(command.begin() + 1, file("net.snn"));
        command.insert(command.end(), more.begin(), more.end());
        return run_snnc(command, {"SNNC_CACHE=" + file("cache")});
    }

    void compile(const std::vector<std::string>& more = {}) {
        const ProcessResult made = tool({"compile", "--grad", "-o", file("libnet.so")}, more);
        ASSERT_EQ(made.exit_code, 0) << made.err;
        library_.emplace(file("libnet.so"), file("net.json"));
    }

    struct Result {
        int error = -1;
        CompiledLibrary::Gradients gradients;
        std::map<std::string, std::vector<float>> of_inputs;
    };

    /// Loss and gradients of these samples; of inputs too, if `with_inputs`.
    Result grad(std::int64_t first, std::int64_t count, std::int64_t epoch, bool with_inputs) {
        const std::int64_t steps = GetParam().steps;
        const Json& grad = library_->manifest.at("training").at("grad");
        Result result{-1, library_->make_gradients(), {}};
        auto call = library_->grad_call(steps, count, 9, with_inputs, result.gradients);
        std::vector<std::vector<float>> batches;
        for (const Json& input : grad.at("inputs")) {
            batches.push_back(batch_of(inputs_.at(input.at("name")).data,
                                       input.at("per_step") ? steps : 1, first, count));
            call.give(input, batches.back().data(), batches.back().size());
        }
        const auto labels = labels_.empty() ? labels_ : batch_of(labels_, 1, first, count);
        for (const Json& target : grad.at("targets"))
            call.give(target, labels.data(), labels.size());
        for (const Json& output : grad.at("outputs")) {
            if (!output.value("gradient", false) || !with_inputs) continue;
            auto& data = result.of_inputs["input." + output.at("name").get<std::string>()];
            data.assign(CompiledLibrary::elements(output, steps, count), NAN);
            call.give(output, data.data(), data.size());
        }
        std::vector<std::uint32_t> numbers;
        for (std::int64_t i = 0; i < count; ++i) numbers.push_back(std::uint32_t(first + i));
        call.give_block("sample_numbers", numbers);
        call.field<std::int64_t>("epoch") = epoch;
        result.error = library_->grad(call);
        EXPECT_TRUE(call.guard_is_whole());
        return result;
    }

    void expect_gradients(const Result& result, const Tensors& wanted, bool with_inputs) {
        ASSERT_EQ(result.error, 0);
        for (const auto& [name, gradient] : wanted) {
            if (!name.starts_with("input."))
                expect_bits(name, library_->gradient(result.gradients, name), gradient);
            else if (with_inputs)
                expect_bits(name, result.of_inputs.at(name), gradient);
        }
    }

    /// Those that are drawn.
    void begin_with_drawn_parameters() {
        std::vector<std::string> run{"run", "--seed", "9", "--save-weights", file("w.safetensors")};
        for (std::size_t i = 0; i < arrays_.size(); i += 2)
            if (arrays_[i] == "--input") run.insert(run.end(), {arrays_[i], arrays_[i + 1]});
        const ProcessResult result = tool(run);
        ASSERT_EQ(result.exit_code, 0) << result.err;
        for (const auto& [name, values] : read_safetensors(file("w.safetensors")))
            if (library_->find("parameters", name)) {
                ASSERT_EQ(library_->set_parameter(name, values.data), 0) << name;
            }
    }

    static void expect_bits(const std::string& name, const std::vector<float>& found,
                            const Tensor& wanted) {
        ASSERT_EQ(found.size(), wanted.data.size()) << name;
        for (std::size_t i = 0; i < found.size(); ++i)
            ASSERT_EQ(std::memcmp(&found[i], &wanted.data[i], sizeof(float)), 0)
                << name << " [" << i << "]: " << found[i] << " and " << wanted.data[i];
    }

    TemporaryFolder folder_;
    Tensors inputs_;
    std::vector<std::int32_t> labels_;
    std::vector<std::string> arrays_;
    std::optional<CompiledLibrary> library_;
};

TEST_P(CompiledGradient, loss_and_gradients_have_the_bits_of_grad) {
    const ProcessResult result = tool({"grad", "--out", file("g.safetensors")}, arrays_);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    ASSERT_NO_FATAL_FAILURE(compile());
    ASSERT_NO_FATAL_FAILURE(begin_with_drawn_parameters());
    const Tensors wanted = read_safetensors(file("g.safetensors"));
    for (const bool with_inputs : {true, false}) {
        const Result found = grad(0, model_samples, 0, with_inputs);
        expect_gradients(found, wanted, with_inputs);
        char text[40];
        std::snprintf(text, sizeof text, "loss %.9g\n", found.gradients.loss);
        EXPECT_EQ(result.out, text);
    }
}

TEST_P(CompiledGradient, updates_have_the_bits_of_train) {
    constexpr int updates = 5;
    const ProcessResult trained =
        tool({"train", "--no-shuffle", "--max-steps", std::to_string(updates), "--out",
              file("trained.safetensors")},
             arrays_);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    ASSERT_NO_FATAL_FAILURE(compile({"--target", "x86-64-v3,x86-64-v4"}));
    ASSERT_NO_FATAL_FAILURE(begin_with_drawn_parameters());
    constexpr std::int64_t per_epoch = (model_samples + model_batch - 1) / model_batch;
    ASSERT_EQ(library_->begin_optimizer(3 * per_epoch, per_epoch), 0);
    for (int k = 0; k < updates; ++k) {
        const std::int64_t first = k % per_epoch * model_batch;
        const std::int64_t count = std::min(model_batch, model_samples - first);
        Result result = grad(first, count, k / per_epoch, false);
        ASSERT_EQ(result.error, 0);
        auto call = library_->update_call(result.gradients);
        ASSERT_EQ(library_->update(call), 0);
    }
    for (const auto& [name, wanted] : read_safetensors(file("trained.safetensors")))
        if (library_->find("parameters", name))
            expect_bits(name, library_->parameter(name), wanted);
}

TEST_P(CompiledGradient, four_threads_have_the_same_bits) {
    ASSERT_NO_FATAL_FAILURE(compile({"--target", "x86-64-v3"}));
    ASSERT_NO_FATAL_FAILURE(begin_with_drawn_parameters());
    std::vector<Result> results(4);
    std::vector<std::thread> threads;
    for (Result& result : results)
        threads.emplace_back([&] {
            for (int i = 0; i < 5; ++i) result = grad(0, model_samples, 0, true);
        });
    for (std::thread& thread : threads) thread.join();
    for (const Result& result : results) {
        EXPECT_EQ(result.error, 0);
        EXPECT_EQ(result.gradients.loss, results[0].gradients.loss);
        EXPECT_EQ(result.gradients.block, results[0].gradients.block);
        EXPECT_EQ(result.of_inputs, results[0].of_inputs);
    }
}

TEST_P(CompiledGradient, header_is_c_and_cpp) {
    ASSERT_NO_FATAL_FAILURE(compile());
    for (const std::string language : {"c", "c++"}) {
        const ProcessResult checked =
            run_process({"/usr/bin/env", "cc", "-x", language, "-fsyntax-only", "-Wall", "-Wextra",
                         "-Wpedantic", "-Werror", file("net.h")});
        EXPECT_EQ(checked.exit_code, 0) << checked.err;
    }
}

INSTANTIATE_TEST_SUITE_P(Models, CompiledGradient, testing::ValuesIn(trained_models()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace snnc::test
