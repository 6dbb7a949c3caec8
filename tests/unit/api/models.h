// Small texts and arrays that the tests of the library share.
#pragma once

#include <gtest/gtest.h>
#include <snnc/snnc.h>

#include <cmath>
#include <string>
#include <vector>

namespace snnc::api::test {

inline const Source trained{
    "network Net {\n    steps = 5\n    input image : f32[4]\n\n"
    "    image -> dense(6) as fc1 -> Leaky(beta = 0.9, theta = 0.3) as hidden\n"
    "      -> dense(3) as fc2 -> LI(beta = 0.8) as out\n    output out.v, hidden.s\n}\n\n"
    "train Learn of Net {\n    target label : class[3]\n    loss = ce(mean_t(out.v), label)\n"
    "    metric = accuracy(mean_t(out.v), label)\n"
    "    optimizer = adam(lr = 0.05)\n    batch = 4\n    epochs = 3\n    seed = 7\n}\n",
    "net.snn"};

inline const Source driven{
    "network Net {\n    input x[t] : f32[2]\n\n"
    "    x -> dense(3) as fc -> Leaky(beta = 0.9, theta = 0.3) as a -> delay(2)\n"
    "      -> dense(2) as late -> LI(beta = 0.8) as out\n    output out.v, a.s\n}\n",
    "driven.snn"};

/// Numbers that are neither equal nor round, the same each time.
inline std::vector<float> numbers(std::size_t count, float scale = 1) {
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = scale * std::sin(float(i) * 1.7f + 0.3f);
    return result;
}

inline std::vector<std::int32_t> labels(std::size_t count) {
    std::vector<std::int32_t> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = std::int32_t(i % 3);
    return result;
}

inline ModelOptions interpreted() {
    ModelOptions options;
    options.backend = Backend::Interpreter;
    return options;
}

/// The code of the first diagnostic that is not a warning; "" if nothing is thrown.
template <class Function>
std::string error_code(Function&& function) {
    try {
        function();
    } catch (const Error& error) {
        for (const Diagnostic& one : error.diagnostics())
            if (one.severity != Severity::Warning) return one.code;
        return "no error among the diagnostics";
    }
    return "";
}

}  // namespace snnc::api::test
