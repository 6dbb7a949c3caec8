// What code is compiled for. Free of Halide and LLVM.
#pragma once

#include <string>

namespace snnc::codegen {

enum class Architecture { X86, Arm };  // of 64 bits

/// Chosen from the running processor, or by name (--target).
struct Target {
    std::string name;  // "x86-64-v3" (AVX2, FMA), "x86-64-v4" (AVX-512), "aarch64" (NEON)
    Architecture architecture = Architecture::X86;
    int lanes = 8;  // floats in a vector of generated code

    /// Throws std::invalid_argument if the processor has less than AVX2 and FMA.
    static Target host();
    /// Any. Throws std::invalid_argument that lists the known names.
    static Target known(const std::string& name);
    /// The same, where this processor can run it.
    static Target named(const std::string& name);
};

}  // namespace snnc::codegen
