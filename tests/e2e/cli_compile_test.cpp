// snnc compile: a library gives the bits of `run`, as a whole and step by step, and refuses what
// a caller gets wrong.
#include <gtest/gtest.h>

#include <thread>

#include "tests/e2e/compiled_library.h"
#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

struct Model {
    std::string name, text;
    std::map<std::string, std::vector<std::int64_t>> inputs;  // of a run with `samples`
    std::int64_t steps = 7, samples = 3;
    double scale = 1;  // of the inputs
};

void PrintTo(const Model& model, std::ostream* out) { *out << model.name; }

std::vector<Model> models() {
    return {
        {"held", small_network, {{"image", {3, 4}}}, 5},
        {"driven", driven_network, {{"x", {7, 3, 4}}}},
        {"delayed",
         "network Net {\n    input x[t] : f32[4]\n\n"
         "    x -> dense(5) as fc -> Leaky(beta = 0.9) as a -> delay(3) -> dense(2) as late\n"
         "      -> LI(beta = 0.8) as out\n    output out.v, a.s\n}\n",
         {{"x", {7, 3, 4}}}},
        {"recurrent",
         "network Net {\n    input x[t] : f32[4]\n\n"
         "    x -> dense(70) as fc -> Leaky(beta = 0.9) recurrent dense() as a\n"
         "      -> dense(2) as fc2 -> LI(beta = 0.8) as out\n    output out.v, a.s\n}\n",
         {{"x", {7, 3, 4}}}},
        {"looks_back",
         "neuron Slow {\n    input I\n    output s\n    state v = 0.25, a = 0\n\n"
         "    v[t] = 0.9*v[t-1] + I - detach(s[t-1]) + 0.1*a[t-2]\n"
         "    a[t] = 0.5*a[t-1] + 0.1*v[t-3] + 0.01*t\n    s[t] = spike(v - 1)\n}\n\n"
         "network Net {\n    input x[t] : f32[4]\n\n    x -> dense(5) as fc -> Slow as a\n"
         "    output a.v, a.s\n}\n",
         {{"x", {7, 3, 4}}}},
        {"noisy",
         "network Net {\n    input x[t] : f32[4]\n\n"
         "    x -> dense(37) as fc -> NoisyLeaky(sigma = 0.5) as a\n    output a.v, a.s\n}\n",
         {{"x", {7, 3, 4}}}},
        {"in_units",
         "network Net {\n    dt = 1ms\n    input I[t] : f32[5]\n\n"
         "    I -> scale(900pA) as w -> LifRefractory() as a\n    output a.v, a.s\n}\n",
         {{"I", {40, 3, 5}}},
         40},
        {"windows",
         "network Net {\n    input x[t] : f32[1, 8, 8]\n\n"
         "    x -> conv(3, 3) as c -> maxpool(2) -> Leaky(beta = 0.9, theta = 0.1) as a\n"
         "      -> conv(4, 2) as c2 -> Leaky(beta = 0.5, theta = 0.1) as b -> flatten\n"
         "      -> dense(2) as fc -> LI(beta = 0.8) as out\n    output out.v, b.s\n}\n",
         {{"x", {7, 3, 1, 8, 8}}}},
        {"sparse",
         "network Net {\n    input x[t] : f32[6]\n    out : LI[9](beta = 0.8)\n\n"
         "    x -> dense(20) as fc -> Leaky(beta = 0.9) as a -> sparse(p = 0.4) as s -> out\n"
         "    output out.v, a.s\n}\n",
         {{"x", {7, 3, 6}}},
         7,
         3,
         2},
        // Names that C, the library or another array has already, and an output that is an input.
        {"taken_names",
         "network Net {\n    input arguments[t] : f32[4]\n    input Values : f32[4]\n"
         "    input values : f32[4]\n    input double[t] : f32[4]\n    a : LI[4](beta = 0.9)\n\n"
         "    arguments -> a\n    Values -> a\n    values -> a\n    double -> a\n"
         "    output a.v, double\n}\n",
         {{"arguments", {7, 3, 4}}, {"Values", {3, 4}}, {"values", {3, 4}}, {"double", {7, 3, 4}}}},
    };
}

class Compiled : public testing::TestWithParam<Model> {
 protected:
    /// Arrays, the tool's own run, and the library.
    void prepare(const std::vector<std::string>& more = {}, bool with_weights = false) {
        const Model& model = GetParam();
        write_text(file("net.snn"), model.text);
        std::vector<std::string> run{"run",
                                     file("net.snn"),
                                     "--out",
                                     file("out"),
                                     "--steps",
                                     std::to_string(model.steps),
                                     "--seed",
                                     "5",
                                     "--save-weights",
                                     file("w.safetensors")};
        for (const auto& [name, shape] : model.inputs) {
            inputs_[name] = some_values(shape, model.scale);
            write_npy(file(name + ".npy"), inputs_[name]);
            run.insert(run.end(), {"--input", name + "=" + file(name + ".npy")});
        }
        const ProcessResult result = tool(run);
        ASSERT_EQ(result.exit_code, 0) << result.err;
        std::vector<std::string> compile{"compile",         file("net.snn"), "-o",
                                         file("libnet.so"), "--seed",        "5"};
        if (with_weights) compile.insert(compile.end(), {"--weights", file("w.safetensors")});
        compile.insert(compile.end(), more.begin(), more.end());
        const ProcessResult made = tool(compile);
        ASSERT_EQ(made.exit_code, 0) << made.err;
        library_.emplace(file("libnet.so"), file("net.json"));
        if (with_weights) return;
        for (const auto& [name, values] : read_safetensors(file("w.safetensors")))
            if (is_parameter(name)) {
                ASSERT_EQ(library_->set_parameter(name, values.data), 0) << name;
            }
    }

    bool is_parameter(const std::string& name) const {
        for (const Json& one : library_->manifest.at("parameters"))
            if (one.at("name") == name) return true;
        return false;
    }

    std::string file(const std::string& name) const { return folder_.file(name); }
    ProcessResult tool(const std::vector<std::string>& command) const {
        return run_snnc(command, {"SNNC_CACHE=" + file("cache")});
    }

    /// The rows of an input from a step on.
    const float* from_step(const Json& input, std::int64_t step) const {
        const std::vector<float>& data = inputs_.at(input.at("name")).data;
        const bool per_step = input.at("per_step");
        return data.data() +
               (per_step ? std::size_t(step) * data.size() / std::size_t(GetParam().steps) : 0);
    }

    using Outputs = std::map<std::string, std::vector<float>>;

    /// One call for `steps` steps from `first` on; its outputs are appended.
    int call(bool whole, std::int64_t first, std::int64_t steps, std::vector<std::byte>* state,
             Outputs& outputs) {
        auto call = library_->call(steps, GetParam().samples, 5);
        if (state) library_->use_state(call, *state);
        for (const Json& input : library_->manifest.at("inputs"))
            call.give(input, from_step(input, first),
                      CompiledLibrary::elements(input, steps, GetParam().samples));
        std::map<std::string, std::vector<float>> parts;
        for (const Json& output : library_->manifest.at("outputs")) {
            auto& part = parts[output.at("name")];
            part.assign(CompiledLibrary::elements(output, steps, GetParam().samples), NAN);
            call.give(output, part.data(), part.size());
        }
        const int error = whole ? library_->run(call) : library_->step(call);
        EXPECT_TRUE(call.guard_is_whole());
        for (const auto& [name, part] : parts)
            outputs[name].insert(outputs[name].end(), part.begin(), part.end());
        return error;
    }

    void expect_bits_of_the_run(const Outputs& outputs) {
        ASSERT_FALSE(outputs.empty());
        for (const auto& [name, values] : outputs) {
            const Tensor wanted = read_npy(file("out/" + name + ".npy"));
            ASSERT_EQ(values.size(), wanted.data.size()) << name;
            for (std::size_t i = 0; i < values.size(); ++i)
                ASSERT_EQ(std::memcmp(&values[i], &wanted.data[i], sizeof(float)), 0)
                    << name << " [" << i << "]: " << values[i] << " and " << wanted.data[i];
        }
    }

    TemporaryFolder folder_;
    Tensors inputs_;
    std::optional<CompiledLibrary> library_;
};

TEST_P(Compiled, whole_run_has_the_bits_of_run) {
    ASSERT_NO_FATAL_FAILURE(prepare());
    Outputs outputs;
    ASSERT_EQ(call(true, 0, GetParam().steps, nullptr, outputs), 0);
    expect_bits_of_the_run(outputs);
}

TEST_P(Compiled, steps_one_by_one_have_the_bits_of_run) {
    ASSERT_NO_FATAL_FAILURE(prepare());
    std::vector<std::byte> state = library_->begin(GetParam().samples);
    Outputs outputs;
    for (std::int64_t step = 0; step < GetParam().steps; ++step)
        ASSERT_EQ(call(false, step, 1, &state, outputs), 0);
    expect_bits_of_the_run(outputs);
}

TEST_P(Compiled, a_run_is_gone_on_with_in_pieces) {
    ASSERT_NO_FATAL_FAILURE(prepare({"--target", "x86-64-v3"}));
    Outputs whole, pieces;
    ASSERT_EQ(call(true, 0, GetParam().steps, nullptr, whole), 0);
    std::vector<std::byte> state = library_->begin(GetParam().samples);
    ASSERT_EQ(call(true, 0, 2, &state, pieces), 0);
    ASSERT_EQ(call(false, 2, GetParam().steps - 2, &state, pieces), 0);
    for (const auto& [name, values] : whole)
        EXPECT_EQ(std::memcmp(values.data(), pieces.at(name).data(), 4 * values.size()), 0) << name;
}

TEST_P(Compiled, four_threads_on_states_of_their_own_have_the_bits_of_run) {
    ASSERT_NO_FATAL_FAILURE(prepare());
    std::vector<Outputs> results(4);
    std::vector<std::thread> threads;
    for (Outputs& outputs : results)
        threads.emplace_back([&] {
            std::vector<std::byte> state = library_->begin(GetParam().samples);
            for (std::int64_t step = 0; step < GetParam().steps; ++step)
                EXPECT_EQ(call(false, step, 1, &state, outputs), 0);
        });
    for (std::thread& thread : threads) thread.join();
    for (const Outputs& outputs : results) expect_bits_of_the_run(outputs);
}

TEST_P(Compiled, weights_and_both_levels_come_with_the_library) {
    ASSERT_NO_FATAL_FAILURE(prepare({"--target", "x86-64-v3,x86-64-v4"}, true));
    Outputs outputs;
    ASSERT_EQ(call(true, 0, GetParam().steps, nullptr, outputs), 0);
    expect_bits_of_the_run(outputs);
}

TEST_P(Compiled, header_is_c_and_cpp) {
    ASSERT_NO_FATAL_FAILURE(prepare());
    for (const std::string language : {"c", "c++"}) {
        const ProcessResult checked =
            run_process({"/usr/bin/env", "cc", "-x", language, "-fsyntax-only", "-Wall", "-Wextra",
                         "-Wpedantic", "-Werror", file("net.h")});
        EXPECT_EQ(checked.exit_code, 0) << checked.err;
    }
}

INSTANTIATE_TEST_SUITE_P(Models, Compiled, testing::ValuesIn(models()),
                         [](const auto& info) { return info.param.name; });

// ---- misuse -----------------------------------------------------------------------------------

/// The library of the driven network, and a call that is right until a test spoils it.
class Misuse : public testing::Test {
 protected:
    Misuse() {
        const ProcessResult made = small_.tool({"compile", small_.file("driven.snn"), "-o",
                                                small_.file("libnet.so"), "--prefix", "p"});
        EXPECT_EQ(made.exit_code, 0) << made.err;
        library_.emplace(small_.file("libnet.so"), small_.file("net.json"));
        call_ = library_->call(7, 3);
        for (const char* part : {"inputs", "outputs"})
            for (const Json& array : library_->manifest.at(part)) {
                auto& data = data_[array.at("name")];
                data.resize(CompiledLibrary::elements(array, 7, 3));
                call_.give(array, data.data(), data.size());
            }
    }

    void expect(int error, const std::string& name, const std::string& message) {
        EXPECT_EQ(error, library_->code(name));
        EXPECT_NE(library_->message(error).find(message), std::string::npos)
            << library_->message(error);
    }

    SmallCase small_;
    std::optional<CompiledLibrary> library_;
    CompiledLibrary::Call call_;
    std::map<std::string, std::vector<float>> data_;
};

TEST_F(Misuse, a_right_call_runs) { EXPECT_EQ(library_->run(call_), 0); }

TEST_F(Misuse, null_and_sizes_of_arrays_are_refused) {
    const std::size_t x = library_->manifest.at("inputs")[0].at("offset");
    call_.at<std::int64_t>(x + 8) -= 4;
    expect(library_->run(call_), "X_SIZE", "x.bytes must be steps * samples * 16");
    call_.at<void*>(x) = nullptr;
    expect(library_->run(call_), "X_NULL", "x.data is null");
    EXPECT_EQ(data_.at("out.v"), std::vector<float>(data_.at("out.v").size()));  // untouched
}

TEST_F(Misuse, another_version_is_refused) {
    call_.at<std::int32_t>(0) += 1;
    expect(library_->run(call_), "WRONG_VERSION", "abi_version");
    call_.at<std::int32_t>(0) -= 1;
    call_.at<std::int32_t>(4) -= 16;
    expect(library_->run(call_), "WRONG_VERSION", "struct_bytes");
    EXPECT_EQ(library_->function<int(const void*)>("run")(nullptr),
              library_->code("ARGUMENTS_NULL"));
    EXPECT_EQ(library_->function<int()>("abi_version")(), 1);
}

TEST_F(Misuse, sizes_of_the_run_are_bounded) {
    for (const std::int64_t wrong : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40}) {
        call_.at<std::int64_t>(8) = wrong;
        expect(library_->run(call_), "STEPS_OUT_OF_RANGE", "steps");
        call_.at<std::int64_t>(8) = 7;
        call_.at<std::int64_t>(16) = wrong;
        expect(library_->run(call_), "SAMPLES_OUT_OF_RANGE", "samples");
        call_.at<std::int64_t>(16) = 3;
        using Size = std::int64_t(std::int64_t, std::int64_t);
        EXPECT_EQ(library_->function<Size>("memory_bytes")(wrong, 3), -1);
        EXPECT_EQ(library_->function<Size>("memory_bytes")(3, wrong), -1);
    }
    call_.at<std::int64_t>(8) = INT32_MAX;  // arrays of too many elements
    expect(library_->run(call_), "STEPS_OUT_OF_RANGE", "2^31");
}

TEST_F(Misuse, memory_and_parameters_are_checked) {
    call_.at<std::int64_t>(72) -= 1;
    expect(library_->run(call_), "MEMORY_SIZE", "p_memory_bytes(steps, samples)");
    call_.at<void*>(64) = nullptr;
    expect(library_->run(call_), "MEMORY_NULL", "memory is null");
    call_.at<std::int64_t>(40) += 4;
    expect(library_->run(call_), "PARAMETERS_SIZE", "parameters_bytes must be");
    call_.at<void*>(32) = nullptr;
    expect(library_->run(call_), "PARAMETERS_NULL", "parameters is null");
}

TEST_F(Misuse, states_belong_to_a_library_and_a_number_of_samples) {
    expect(library_->step(call_), "STATE_NULL", "state is null");
    std::vector<std::byte> state = library_->begin(3);
    library_->use_state(call_, state);
    EXPECT_EQ(library_->step(call_), 0);
    std::vector<std::byte> other = library_->begin(4);
    library_->use_state(call_, other);
    expect(library_->step(call_), "STATE_SAMPLES", "another number of samples");
    std::fill(other.begin(), other.end(), std::byte{1});
    expect(library_->step(call_), "STATE_FOREIGN", "p_begin");
    call_.at<std::int64_t>(56) = 8;
    expect(library_->step(call_), "STATE_SIZE", "p_state_bytes(samples)");
}

TEST_F(Misuse, parameters_are_set_by_name_and_count) {
    const std::vector<float> values(24, 0.5f);
    expect(library_->set_parameter("fc1.wieght", values), "NAME_UNKNOWN", "no parameter");
    expect(library_->set_parameter("fc1.weight", {1, 2}), "VALUES_SIZE", "count");
    EXPECT_EQ(library_->set_parameter("fc1.weight", values), 0);
    std::vector<float> back(24);
    EXPECT_EQ(
        (library_->function<int(void*, std::int64_t, const char*, float*, std::int64_t)>(
            "get_parameter")(library_->parameters.data(), std::int64_t(library_->parameters.size()),
                             "fc1.weight", back.data(), 24)),
        0);
    EXPECT_EQ(back, values);
}

TEST(CompileVerb, mistakes_of_the_command_line) {
    const SmallCase small;
    const auto compile = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"compile", small.file("net.snn")});
        return small.tool(more);
    };
    const ProcessResult ending = compile({"-o", small.file("net.dll")});
    EXPECT_EQ(ending.exit_code, 1);
    EXPECT_NE(ending.err.find(".so, .a or .o"), std::string::npos) << ending.err;
    EXPECT_EQ(compile({"-o", small.file("none/libnet.so")}).exit_code, 1);
    EXPECT_EQ(compile({"-o", small.file("libnet.so"), "--static"}).exit_code, 1);
    EXPECT_EQ(compile({"-o", small.file("libnet.so"), "--prefix", "1x"}).exit_code, 1);
    EXPECT_EQ(compile({"-o", small.file("libnet.so"), "--target", "z80"}).exit_code, 1);
    const ProcessResult block = compile({"-o", small.file("libnet.so"), "--train-block", "fast"});
    EXPECT_EQ(block.exit_code, 1);
    EXPECT_NE(block.err.find("--grad"), std::string::npos) << block.err;
}

}  // namespace
}  // namespace snnc::test
