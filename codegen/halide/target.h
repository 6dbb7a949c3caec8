// Our target names in Halide's words. Included by files of codegen/halide only.
#pragma once

#include <Halide.h>

#include "codegen/backend.h"

namespace snnc::codegen {

/// Kernels come without Halide's runtime and assertions: one check is made before all of them.
inline Halide::Target halide_target(const Target& target) {
    using T = Halide::Target;
    std::vector<T::Feature> features = {T::SSE41, T::AVX,       T::AVX2,      T::F16C,
                                        T::FMA,   T::NoRuntime, T::NoAsserts, T::UserContext};
    if (target.name == "x86-64-v4") {
        features.push_back(T::AVX512);
        features.push_back(T::AVX512_Skylake);
    }
    return T(T::Linux, T::X86, 64, features);
}

}  // namespace snnc::codegen
