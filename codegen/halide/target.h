// Our target names in Halide's words. Included by files of codegen/halide only.
#pragma once

#include <Halide.h>

#include "codegen/backend.h"

namespace snnc::codegen {

/// Kernels come without Halide's runtime and assertions: one check is made before all of them.
inline Halide::Target halide_target(const Target& target) {
    using T = Halide::Target;
    std::vector<T::Feature> features = {T::NoRuntime, T::NoAsserts, T::UserContext};
    if (target.architecture == Architecture::Arm) return T(T::Linux, T::ARM, 64, features);
    features.insert(features.end(), {T::SSE41, T::AVX, T::AVX2, T::F16C, T::FMA});
    if (target.lanes == 16) features.insert(features.end(), {T::AVX512, T::AVX512_Skylake});
    return T(T::Linux, T::X86, 64, features);
}

/// So many vectors of sums keep the multipliers of a core busy and leave registers for the factors:
/// AVX2 has 16 of them, AVX-512 and NEON have 32.
inline int accumulators(const Target& target) {
    const bool sixteen = target.architecture == Architecture::X86 && target.lanes == 8;
    return sixteen ? 12 : 24;
}

}  // namespace snnc::codegen
