// The examples do what their comments say: each one is correct, runs on arrays of its shapes, and
// takes steps of training where it has a train block.
#include <gtest/gtest.h>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

struct Input {
    std::string name;
    std::vector<std::int64_t> shape;  // with steps first where the input has them, then samples
    bool spikes = false;
};

struct Example {
    std::string name;
    std::vector<Input> inputs;
    std::string target;  // "label" of so many classes, or a time course
    std::int64_t classes = 0;
    std::vector<std::int64_t> course;
    std::vector<std::string> more;  // shorter runs than the file's where a test needs no more
};

const std::vector<Example> examples{
    {"01_leaky_cell", {{"I", {30, 2, 1}}}, "", 0, {}, {}},
    {"02_fashion_mlp", {{"image", {4, 784}}}, "label", 10, {}, {}},
    {"03_fashion_conv", {{"image", {2, 1, 28, 28}}}, "label", 10, {}, {"--steps", "3"}},
    {"04_encoders", {{"image", {2, 784}}, {"trace", {100, 2, 4}}}, "", 0, {}, {}},
    {"05_recurrent_events", {{"ev", {140, 2, 700}, true}}, "label", 20, {}, {}},
    {"06_own_neuron", {{"x", {40, 3, 8}}}, "y", 0, {40, 3, 2}, {}},
    {"07_cuba", {}, "", 0, {}, {"--steps", "50"}},
    {"08_blocks", {{"image", {2, 3, 32, 32}}}, "", 0, {}, {"--network", "Res", "--steps", "2"}},
};

class Examples : public testing::TestWithParam<Example> {
 protected:
    std::vector<std::string> command(const std::string& verb) const {
        const std::string file =
            std::string(SNNC_SOURCE_DIR) + "/examples/" + GetParam().name + ".snn";
        std::vector<std::string> words{verb, file, "--backend", backend};
        for (const Input& input : GetParam().inputs) {
            Tensor values = some_values(input.shape);
            if (input.spikes)
                for (float& value : values.data) value = value > 0.9f ? 1 : 0;
            write_npy(folder.file(input.name + ".npy"), values);
            words.insert(words.end(),
                         {"--input", input.name + "=" + folder.file(input.name + ".npy")});
        }
        words.insert(words.end(), GetParam().more.begin(), GetParam().more.end());
        return words;
    }

    void expect_success(const std::vector<std::string>& words) const {
        const ProcessResult result = run_snnc(words);
        EXPECT_EQ(result.exit_code, 0) << result.err;
    }

    const TemporaryFolder folder;
#ifdef SNNC_HAS_CODEGEN
    const std::string backend = "cpu";
#else
    const std::string backend = "interpret";
#endif
};

TEST_P(Examples, are_correct_and_run) {
    expect_success(
        {"check", std::string(SNNC_SOURCE_DIR) + "/examples/" + GetParam().name + ".snn"});
    expect_success(command("run"));
}

class TrainedExamples : public Examples {};

TEST_P(TrainedExamples, train) {
    const Example& example = GetParam();
    std::vector<std::string> words = command("train");
    const std::string file = folder.file("target.npy");
    if (example.classes > 0) {
        std::vector<std::int64_t> labels;
        const std::size_t samples_at = example.inputs[0].name == "image" ? 0 : 1;
        for (std::int64_t i = 0; i < example.inputs[0].shape[samples_at]; ++i)
            labels.push_back(i % example.classes);
        write_npy_labels(file, Json{{"shape", {labels.size()}}, {"data", labels}});
    } else {
        write_npy(file, some_values(example.course));
    }
    words.insert(words.end(), {"--target", example.target + "=" + file, "--max-steps", "2", "--out",
                               folder.file("w.safetensors")});
    expect_success(words);
    EXPECT_FALSE(read_safetensors(folder.file("w.safetensors")).empty());
}

std::vector<Example> trained() {
    std::vector<Example> result;
    for (const Example& example : examples)
        if (!example.target.empty()) result.push_back(example);
    return result;
}

const auto name_of = [](const testing::TestParamInfo<Example>& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(files, Examples, testing::ValuesIn(examples), name_of);
INSTANTIATE_TEST_SUITE_P(files, TrainedExamples, testing::ValuesIn(trained()), name_of);

}  // namespace
}  // namespace snnc::test
