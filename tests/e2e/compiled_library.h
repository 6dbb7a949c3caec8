// A library made by `snnc compile`, loaded into the test and called as its manifest says: what a
// program in another language does.
#pragma once

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "tests/support/reference.h"

namespace snnc::test {

class CompiledLibrary {
 public:
    CompiledLibrary(const std::string& library, const std::string& manifest_file)
        : handle_(dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) {
        if (!handle_) throw std::runtime_error(dlerror());
        std::ifstream(manifest_file) >> manifest;
        prefix_ = manifest.at("prefix").get<std::string>() + "_";
        if (!manifest.at("has_weights")) parameters.resize(manifest.at("parameters_bytes"));
        if (!manifest.contains("training")) return;
        // What is there before it is begun does not matter.
        optimizer.assign(manifest.at("training").at("optimizer_bytes"), std::byte{0xff});
    }
    CompiledLibrary(const CompiledLibrary&) = delete;
    CompiledLibrary& operator=(const CompiledLibrary&) = delete;
    ~CompiledLibrary() { dlclose(handle_); }

    template <class Function>
    Function* function(const std::string& name) const {
        void* symbol = dlsym(handle_, (prefix_ + name).c_str());
        if (!symbol) throw std::runtime_error("no function " + name);
        return reinterpret_cast<Function*>(symbol);
    }

    int set_parameter(const std::string& name, const std::vector<float>& values) {
        return function<int(void*, std::int64_t, const char*, const float*, std::int64_t)>(
            "set_parameter")(parameters.data(), std::int64_t(parameters.size()), name.c_str(),
                             values.data(), std::int64_t(values.size()));
    }

    /// Elements of an input or output ("inputs", "outputs" of the manifest).
    static std::size_t elements(const Json& array, std::int64_t steps, std::int64_t samples) {
        std::int64_t count = 1;
        for (const std::int64_t extent : array.at("shape")) count *= extent;
        if (array.value("per_step", false)) count *= steps;
        if (array.value("per_sample", false)) count *= samples;
        return std::size_t(count);
    }

    /// One of the caller's structures, as the manifest describes it, with memory full of NaN and
    /// arrays at their places.
    struct Call {
        static constexpr std::size_t guard = 256;  // bytes behind the memory, which nobody writes
        const Json* structure = nullptr;
        std::vector<std::byte> arguments;
        std::vector<std::byte> memory;
        template <class T>
        T& at(std::size_t offset) {
            return *reinterpret_cast<T*>(arguments.data() + offset);
        }
        bool guard_is_whole() const {
            return std::all_of(memory.end() - guard, memory.end(),
                               [](std::byte one) { return one == std::byte{0xff}; });
        }
        template <class T>
        T& field(const std::string& name) {
            for (const Json& field : structure->at("fields"))
                if (field.at("name") == name) return at<T>(field.at("offset"));
            throw std::runtime_error("no field " + name);
        }
        void give(const Json& array, const void* data, std::size_t count) {
            at<const void*>(array.at("offset")) = data;
            at<std::int64_t>(std::size_t(array.at("offset")) + 8) = std::int64_t(4 * count);
        }
        template <class Element>
        void give_block(const std::string& name, std::vector<Element>& block) {
            field<void*>(name) = block.empty() ? nullptr : block.data();
            field<std::int64_t>(name + "_bytes") = std::int64_t(block.size() * sizeof(Element));
        }
    };

    Call call(std::int64_t steps, std::int64_t samples, std::uint64_t seed = 0) {
        using Bytes = std::int64_t(std::int64_t, std::int64_t);
        Call call = make_call(manifest, function<Bytes>("memory_bytes")(steps, samples));
        set_size(call, steps, samples, seed);
        call.give_block("parameters", parameters);
        return call;
    }

    /// What a gradient writes into.
    struct Gradients {
        std::vector<std::byte> block;
        double loss = 0;
    };
    Gradients make_gradients() const {
        return {std::vector<std::byte>(manifest.at("parameters_bytes"), std::byte{0xff}), 0};
    }

    Call grad_call(std::int64_t steps, std::int64_t samples, std::uint64_t seed, bool with_inputs,
                   Gradients& gradients) {
        using Bytes = std::int64_t(std::int64_t, std::int64_t, std::int32_t);
        Call call = make_call(manifest.at("training").at("grad"),
                              function<Bytes>("grad_memory_bytes")(steps, samples, with_inputs));
        set_size(call, steps, samples, seed);
        call.give_block("parameters", parameters);
        call.give_block("gradients", gradients.block);
        call.field<double*>("loss") = &gradients.loss;
        return call;
    }

    Call update_call(Gradients& gradients) {
        const Json& update = manifest.at("training").at("update");
        Call call = make_call(update, update.at("memory_bytes"));
        call.give_block("parameters", parameters);
        call.give_block("gradients", gradients.block);
        call.give_block("optimizer", optimizer);
        return call;
    }

    int begin_optimizer(std::int64_t updates, std::int64_t updates_per_epoch) {
        return function<int(void*, std::int64_t, std::int64_t, std::int64_t)>("begin_optimizer")(
            optimizer.data(), std::int64_t(optimizer.size()), updates, updates_per_epoch);
    }

    /// In the layout of weights files.
    std::vector<float> parameter(const std::string& name) const {
        return get("get_parameter", parameters, name);
    }
    std::vector<float> gradient(const Gradients& gradients, const std::string& name) const {
        return get("get_gradient", gradients.block, name);
    }

    /// An entry of a list of the manifest, or null.
    const Json* find(const std::string& list, const std::string& name) const {
        for (const Json& one : manifest.at(list))
            if (one.at("name") == name) return &one;
        return nullptr;
    }

    void use_state(Call& call, std::vector<std::byte>& state) const {
        call.give_block("state", state);
    }

    std::vector<std::byte> begin(std::int64_t samples) const {
        std::vector<std::byte> state(
            std::size_t(function<std::int64_t(std::int64_t)>("state_bytes")(samples)),
            std::byte{0xff});
        if (function<int(void*, std::int64_t, std::int64_t)>("begin")(
                state.data(), std::int64_t(state.size()), samples) != 0)
            throw std::runtime_error("begin failed");
        return state;
    }

    int run(Call& call) const { return function<int(const void*)>("run")(call.arguments.data()); }
    int step(Call& call) const { return function<int(const void*)>("step")(call.arguments.data()); }
    std::string message(int error) const { return function<const char*(int)>("message")(error); }
    int code(const std::string& name) const { return manifest.at("errors").at(name).at("code"); }

    int grad(Call& call) const { return function<int(const void*)>("grad")(call.arguments.data()); }
    int update(Call& call) const {
        return function<int(const void*)>("update")(call.arguments.data());
    }

    Json manifest;
    std::vector<std::byte> parameters, optimizer;

 private:
    std::vector<float> get(const std::string& getter, const std::vector<std::byte>& block,
                           const std::string& name) const {
        const Json* parameter = find("parameters", name);
        if (!parameter) throw std::runtime_error("no parameter " + name);
        std::vector<float> values(elements(*parameter, 1, 1));
        using Get = int(const void*, std::int64_t, const char*, float*, std::int64_t);
        if (function<Get>(getter)(block.data(), std::int64_t(block.size()), name.c_str(),
                                  values.data(), std::int64_t(values.size())) != 0)
            throw std::runtime_error(getter + " failed for " + name);
        return values;
    }

    Call make_call(const Json& structure, std::int64_t memory_bytes) const {
        Call call;
        call.structure = &structure;
        call.arguments.resize(structure.at("arguments_bytes"));
        call.memory.assign(std::size_t(memory_bytes) + Call::guard, std::byte{0xff});
        call.field<std::int32_t>("abi_version") = manifest.at("abi_version");
        call.field<std::int32_t>("struct_bytes") = std::int32_t(call.arguments.size());
        call.field<void*>("memory") = call.memory.data();
        call.field<std::int64_t>("memory_bytes") = memory_bytes;
        return call;
    }

    static void set_size(Call& call, std::int64_t steps, std::int64_t samples, std::uint64_t seed) {
        call.field<std::int64_t>("steps") = steps;
        call.field<std::int64_t>("samples") = samples;
        call.field<std::uint64_t>("seed") = seed;
    }

    void* handle_;
    std::string prefix_;
};

}  // namespace snnc::test
