// snnc compile --grad: what a caller gets wrong is told and changes nothing; what a library exports
// and needs.
#include <gtest/gtest.h>

#include "tests/e2e/compiled_library.h"
#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

/// The library of the small network, and calls that are right until a test spoils them.
class GradientMisuse : public testing::Test {
 protected:
    static constexpr std::int64_t steps = 5, samples = 3;

    GradientMisuse() {
        const ProcessResult made = small_.tool({"compile", small_.file("net.snn"), "--grad", "-o",
                                                small_.file("libnet.so"), "--prefix", "p"});
        EXPECT_EQ(made.exit_code, 0) << made.err;
        library_.emplace(small_.file("libnet.so"), small_.file("net.json"));
        gradients_ = library_->make_gradients();
        grad_ = library_->grad_call(steps, samples, 0, false, gradients_);
        grad_.give(array("inputs", "image"), image_.data(), image_.size());
        grad_.give(array("targets", "label"), labels_.data(), labels_.size());
        EXPECT_EQ(library_->begin_optimizer(10, 5), 0);
        update_ = library_->update_call(gradients_);
    }

    const Json& array(const std::string& list, const std::string& name) const {
        for (const Json& one : library_->manifest.at("training").at("grad").at(list))
            if (one.at("name") == name) return one;
        throw std::runtime_error("no array " + name);
    }

    void expect(int error, const std::string& name, const std::string& message) {
        EXPECT_EQ(error, library_->code(name)) << name;
        EXPECT_NE(library_->message(error).find(message), std::string::npos)
            << library_->message(error);
    }
    /// The call with another value in one field.
    template <class Value>
    void expect_grad(const std::string& field, Value value, const std::string& name,
                     const std::string& message) {
        expect_refused(grad_, field, value, name, message,
                       [&](auto& call) { return library_->grad(call); });
    }
    template <class Value>
    void expect_update(const std::string& field, Value value, const std::string& name,
                       const std::string& message) {
        expect_refused(update_, field, value, name, message,
                       [&](auto& call) { return library_->update(call); });
    }
    template <class Value, class Function>
    void expect_refused(CompiledLibrary::Call& call, const std::string& field, Value value,
                        const std::string& name, const std::string& message,
                        const Function& function) {
        const auto parameters = library_->parameters, optimizer = library_->optimizer;
        const auto gradients = gradients_.block;
        std::swap(call.field<Value>(field), value);
        expect(function(call), name, message);
        std::swap(call.field<Value>(field), value);
        EXPECT_EQ(library_->parameters, parameters);
        EXPECT_EQ(library_->optimizer, optimizer);
        EXPECT_EQ(gradients_.block, gradients);
    }

    SmallCase small_;
    std::vector<float> image_ = some_values({samples, 4}).data;
    std::vector<std::int32_t> labels_{0, 1, 1};
    std::optional<CompiledLibrary> library_;
    CompiledLibrary::Gradients gradients_;
    CompiledLibrary::Call grad_, update_;
};

TEST_F(GradientMisuse, right_calls_run) {
    EXPECT_EQ(library_->grad(grad_), 0);
    EXPECT_EQ(library_->update(update_), 0);
    EXPECT_TRUE(std::isfinite(gradients_.loss));
}

TEST_F(GradientMisuse, versions_and_null) {
    expect_grad<std::int32_t>("abi_version", 2, "WRONG_VERSION", "abi_version");
    expect_grad<std::int32_t>("struct_bytes", 8, "WRONG_VERSION", "struct_bytes");
    expect_update<std::int32_t>("abi_version", 0, "WRONG_VERSION", "abi_version");
    expect_update<std::int32_t>("struct_bytes", 8, "WRONG_VERSION", "struct_bytes");
    for (const char* function : {"grad", "update"})
        EXPECT_EQ(library_->function<int(const void*)>(function)(nullptr),
                  library_->code("ARGUMENTS_NULL"));
}

TEST_F(GradientMisuse, sizes_of_a_gradient) {
    for (const std::int64_t wrong : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40}) {
        expect_grad("steps", wrong, "STEPS_OUT_OF_RANGE", "steps");
        expect_grad("samples", wrong, "SAMPLES_OUT_OF_RANGE", "samples");
        using Size = std::int64_t(std::int64_t, std::int64_t, std::int32_t);
        EXPECT_EQ(library_->function<Size>("grad_memory_bytes")(wrong, 3, 1), -1);
        EXPECT_EQ(library_->function<Size>("grad_memory_bytes")(3, wrong, 0), -1);
    }
    expect_grad<std::int64_t>("epoch", -1, "EPOCH_OUT_OF_RANGE", "epoch");
    expect_grad<std::int64_t>("epoch", std::int64_t{1} << 32, "EPOCH_OUT_OF_RANGE", "epoch");
    const std::vector<std::uint32_t> numbers(2);
    expect_grad<const void*>("sample_numbers", numbers.data(), "SAMPLE_NUMBERS_SIZE",
                             "samples * 4");
}

TEST_F(GradientMisuse, blocks_of_a_gradient) {
    expect_grad<void*>("parameters", nullptr, "PARAMETERS_NULL", "parameters is null");
    expect_grad<std::int64_t>("parameters_bytes", 4, "PARAMETERS_SIZE", "parameters_bytes must be");
    expect_grad<void*>("gradients", nullptr, "GRADIENTS_NULL", "gradients is null");
    expect_grad<std::int64_t>("gradients_bytes", 4, "GRADIENTS_SIZE", "gradients_bytes must be");
    expect_grad<void*>("loss", nullptr, "LOSS_NULL", "loss is null");
    expect_grad<void*>("memory", nullptr, "MEMORY_NULL", "memory is null");
    expect_grad<std::int64_t>("memory_bytes", 4, "MEMORY_SIZE", "p_grad_memory_bytes");
}

TEST_F(GradientMisuse, arrays_of_a_gradient) {
    const auto size = [&](const std::string& list, const std::string& name) -> std::int64_t& {
        return grad_.at<std::int64_t>(std::size_t(array(list, name).at("offset")) + 8);
    };
    size("inputs", "image") -= 4;
    expect(library_->grad(grad_), "IMAGE_SIZE", "image.bytes must be samples * 16");
    size("inputs", "image") += 4;
    size("targets", "label") += 4;
    expect(library_->grad(grad_), "LABEL_SIZE", "label.bytes must be samples * 4");
    size("targets", "label") -= 4;
    for (const std::int32_t wrong : {3, -1, INT32_MIN}) {
        labels_[1] = wrong;
        expect(library_->grad(grad_), "LABEL_CLASS", "from 0 to 2");
    }
    grad_.at<void*>(array("targets", "label").at("offset")) = nullptr;
    expect(library_->grad(grad_), "LABEL_NULL", "label.data is null");
    EXPECT_EQ(gradients_.block, library_->make_gradients().block);  // untouched
    EXPECT_EQ(gradients_.loss, 0);
}

TEST_F(GradientMisuse, what_may_be_left_out_has_its_size_where_it_is_given) {
    std::vector<float> losses(samples), slopes(samples * 4);
    grad_.give(array("outputs", "losses"), losses.data(), samples - 1);
    expect(library_->grad(grad_), "LOSSES_SIZE", "losses.bytes must be samples * 4");
    grad_.give(array("outputs", "losses"), losses.data(), samples);
    EXPECT_EQ(library_->grad(grad_), 0);
    EXPECT_EQ((double(losses[0]) + losses[1] + losses[2]) / 3, gradients_.loss);
    // Gradients of inputs need memory of their own.
    grad_.give(array("outputs", "image"), slopes.data(), slopes.size() - 1);
    expect(library_->grad(grad_), "MEMORY_SIZE", "p_grad_memory_bytes");
    auto call = library_->grad_call(steps, samples, 0, true, gradients_);
    call.give(array("inputs", "image"), image_.data(), image_.size());
    call.give(array("targets", "label"), labels_.data(), labels_.size());
    call.give(array("outputs", "image"), slopes.data(), slopes.size() - 1);
    expect(library_->grad(call), "IMAGE_GRADIENT_SIZE",
           "image_gradient.bytes must be samples * 16");
    call.give(array("outputs", "image"), slopes.data(), slopes.size());
    EXPECT_EQ(library_->grad(call), 0);
}

TEST_F(GradientMisuse, updates) {
    expect_update<void*>("parameters", nullptr, "PARAMETERS_NULL", "parameters is null");
    expect_update<std::int64_t>("parameters_bytes", 4, "PARAMETERS_SIZE", "parameters_bytes");
    expect_update<void*>("gradients", nullptr, "GRADIENTS_NULL", "gradients is null");
    expect_update<std::int64_t>("gradients_bytes", 4, "GRADIENTS_SIZE", "gradients_bytes");
    expect_update<void*>("optimizer", nullptr, "OPTIMIZER_NULL", "optimizer is null");
    expect_update<std::int64_t>("optimizer_bytes", 4, "OPTIMIZER_SIZE", "optimizer_bytes");
    for (const double wrong : {-1.0, double(NAN), double(INFINITY)})
        expect_update("learning_rate", wrong, "LEARNING_RATE", "positive");
    expect_update<void*>("memory", nullptr, "MEMORY_NULL", "memory is null");
    expect_update<std::int64_t>("memory_bytes", 0, "MEMORY_SIZE", "P_UPDATE_MEMORY_BYTES");
    library_->optimizer[0] ^= std::byte{1};
    expect(library_->update(update_), "OPTIMIZER_FOREIGN", "p_begin_optimizer");
    expect(library_->begin_optimizer(0, 1), "UPDATES_OUT_OF_RANGE", "updates");
    expect(library_->begin_optimizer(1, -1), "UPDATES_OUT_OF_RANGE", "updates_per_epoch");
}

TEST_F(GradientMisuse, a_learning_rate_of_the_call_goes_before_that_of_the_block) {
    const auto start = library_->parameters, optimizer = library_->optimizer;
    EXPECT_EQ(library_->grad(grad_), 0);
    EXPECT_EQ(library_->update(update_), 0);
    const auto usual = library_->parameters;
    library_->parameters = start;
    library_->optimizer = optimizer;
    update_ = library_->update_call(gradients_);
    update_.field<double>("learning_rate") = 1e-2;  // what the block says
    EXPECT_EQ(library_->update(update_), 0);
    EXPECT_EQ(library_->parameters, usual);
    update_.field<double>("learning_rate") = 1;
    EXPECT_EQ(library_->update(update_), 0);
    EXPECT_NE(library_->parameters, usual);
}

/// Only names with the prefix, only the C library and its mathematics, nothing that is written.
TEST_F(GradientMisuse, exports_and_needs) {
    const std::string library = small_.file("libnet.so");
    const ProcessResult symbols = run_process({"/usr/bin/env", "nm", "-D", library});
    ASSERT_EQ(symbols.exit_code, 0) << symbols.err;
    std::istringstream lines(symbols.out);
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(line.find(" T p_") != std::string::npos ||
                    line.find("@GLIBC_") != std::string::npos)
            << line;
    const ProcessResult dynamic = run_process({"/usr/bin/env", "readelf", "-dW", library});
    std::istringstream needed(dynamic.out);
    for (std::string line; std::getline(needed, line);)
        EXPECT_TRUE(line.find("(NEEDED)") == std::string::npos ||
                    line.find("libc.so") != std::string::npos ||
                    line.find("libm.so") != std::string::npos)
            << line;
    const ProcessResult sections = run_process({"/usr/bin/env", "readelf", "-SW", library});
    for (const char* written : {" .data ", " .bss ", " .tdata ", " .tbss "})
        EXPECT_EQ(sections.out.find(written), std::string::npos) << sections.out;
    EXPECT_LT(std::filesystem::file_size(library), 100'000);
}

/// Working memory of kernels of convolutions is the caller's too.
TEST(CompileGradient, nothing_is_allocated) {
    const TemporaryFolder folder;
    const ProcessResult made = run_snnc({"compile", SNNC_SOURCE_DIR "/examples/03_fashion_conv.snn",
                                         "--grad", "-o", folder.file("libnet.so")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const ProcessResult needed =
        run_process({"/usr/bin/env", "nm", "-D", "--undefined-only", folder.file("libnet.so")});
    EXPECT_NE(needed.out.find("memcpy"), std::string::npos) << needed.out;
    EXPECT_EQ(needed.out.find("alloc"), std::string::npos) << needed.out;
}

TEST(CompileGradient, weights_come_with_the_library) {
    const SmallCase small(3);
    ASSERT_EQ(small.run("grad", {"--seed", "1"}).exit_code, 0);
    const ProcessResult run =
        small.run("run", {"--seed", "1", "--save-weights", small.file("w.safetensors")});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const ProcessResult made =
        small.tool({"compile", small.file("net.snn"), "--grad", "--weights",
                    small.file("w.safetensors"), "-o", small.file("libnet.so")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    CompiledLibrary library(small.file("libnet.so"), small.file("net.json"));
    auto gradients = library.make_gradients();
    auto call = library.grad_call(5, 3, 1, false, gradients);
    const Tensor x = some_values({3, 4});
    const std::vector<std::int32_t> labels = labels_for(x, 4).at("data");
    const Json& grad = library.manifest.at("training").at("grad");
    call.give(grad.at("inputs")[0], x.data.data(), x.data.size());
    call.give(grad.at("targets")[0], labels.data(), labels.size());
    ASSERT_EQ(library.grad(call), 0);
    char text[40];
    std::snprintf(text, sizeof text, "loss %.9g\n", gradients.loss);
    EXPECT_EQ(small.run("grad", {"--seed", "1"}).out, text);
}

TEST(CompileGradient, what_it_cannot_do_is_told) {
    const SmallCase small;
    const auto compile = [&](const std::string& text) {
        write_text(small.file("other.snn"), text);
        return small.tool(
            {"compile", small.file("other.snn"), "--grad", "-o", small.file("libnet.so")});
    };
    const ProcessResult without = compile(driven_network);
    EXPECT_EQ(without.exit_code, 1);
    EXPECT_NE(without.err.find("E0807"), std::string::npos) << without.err;
    std::string windows = small_network;
    windows.insert(windows.rfind("}"), "    bptt      = truncated(2)\n");
    const ProcessResult truncated = compile(windows);
    EXPECT_EQ(truncated.exit_code, 2);
    EXPECT_NE(truncated.err.find("L0955"), std::string::npos) << truncated.err;
    EXPECT_NE(truncated.err.find("other.snn:10:10"), std::string::npos) << truncated.err;
    std::string fixed = small_network;
    fixed.replace(fixed.find("sum_t(ce(out.v, label))"), 23, "mean_t(0*out.v)");
    EXPECT_EQ(compile(fixed).exit_code, 1);
}

}  // namespace
}  // namespace snnc::test
