// A library made by `snnc compile`, loaded into the test and called as its manifest says: what a
// program in another language does.
#pragma once

#include <dlfcn.h>

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
        if (array.at("per_step")) count *= steps;
        if (array.at("per_sample")) count *= samples;
        return std::size_t(count);
    }

    /// The caller's structure, with memory full of NaN and arrays at their places.
    struct Call {
        std::vector<std::byte> arguments;
        std::vector<std::byte> memory;
        template <class T>
        T& at(std::size_t offset) {
            return *reinterpret_cast<T*>(arguments.data() + offset);
        }
        void give(const Json& array, const void* data, std::size_t count) {
            at<const void*>(array.at("offset")) = data;
            at<std::int64_t>(std::size_t(array.at("offset")) + 8) = std::int64_t(4 * count);
        }
    };

    Call call(std::int64_t steps, std::int64_t samples, std::uint64_t seed = 0) {
        Call call;
        call.arguments.resize(manifest.at("arguments_bytes"));
        call.memory.assign(std::size_t(function<std::int64_t(std::int64_t, std::int64_t)>(
                               "memory_bytes")(steps, samples)),
                           std::byte{0xff});
        call.at<std::int32_t>(0) = manifest.at("abi_version");
        call.at<std::int32_t>(4) = std::int32_t(call.arguments.size());
        call.at<std::int64_t>(8) = steps;
        call.at<std::int64_t>(16) = samples;
        call.at<std::uint64_t>(24) = seed;
        call.at<void*>(32) = parameters.empty() ? nullptr : parameters.data();
        call.at<std::int64_t>(40) = std::int64_t(parameters.size());
        call.at<void*>(64) = call.memory.data();
        call.at<std::int64_t>(72) = std::int64_t(call.memory.size());
        return call;
    }

    void use_state(Call& call, std::vector<std::byte>& state) const {
        call.at<void*>(48) = state.data();
        call.at<std::int64_t>(56) = std::int64_t(state.size());
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

    Json manifest;
    std::vector<std::byte> parameters;

 private:
    void* handle_;
    std::string prefix_;
};

}  // namespace snnc::test
