#include "codegen/target.h"

#include <stdexcept>

#include "codegen/llvm/jit.h"

namespace snnc::codegen {
namespace {

/// NEON's vectors have four lanes and there are 32 of them: two are one of ours. Draws come in
/// eights, and sums over lanes are then those of x86-64-v3.
const Target targets[] = {{"x86-64-v3", Architecture::X86, 8},
                          {"x86-64-v4", Architecture::X86, 16},
                          {"aarch64", Architecture::Arm, 8}};

}  // namespace

Target Target::host() {
    const std::string level = host_level();
    if (level.empty())
        throw std::invalid_argument(
            "this processor has no AVX2 and FMA, which compiled code needs");
    return known(level);
}

Target Target::known(const std::string& name) {
    for (const Target& target : targets)
        if (target.name == name) return target;
    throw std::invalid_argument("unknown target " + name +
                                "; known are x86-64-v3, x86-64-v4 and aarch64");
}

Target Target::named(const std::string& name) {
    Target target = known(name);
    if (target.architecture != Architecture::X86)
        throw std::invalid_argument("this is an x86-64 processor, which cannot run code for " +
                                    name + "; that is a target of `compile` and `emit`");
    if (name == "x86-64-v4" && host_level() != name)
        throw std::invalid_argument("this processor has no AVX-512, which x86-64-v4 needs");
    return target;
}

}  // namespace snnc::codegen
