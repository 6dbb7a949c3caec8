// A kernel of Halide's as the rest of the code generator sees it. Free of Halide and LLVM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snnc::codegen {

/// Bytes of a call with so many rows.
struct WorkingMemory {
    std::int64_t fixed = 0, per_row = 0;
};

struct KernelCode {
    std::vector<std::byte> object;  // ELF
    /// Enough for everything that one call has from halide_malloc at any time, where allocations
    /// lie on a stack as stacked_bytes() has them.
    WorkingMemory working;
};

/// What stands before an allocation in a stack of them, and behind it: Halide may read a vector
/// beyond the end.
inline constexpr std::int64_t allocation_head = 64, allocation_room = 128;

/// Bytes of an allocation in a stack of them; each begins on a cache line.
constexpr std::int64_t stacked_bytes(std::int64_t bytes) {
    return allocation_head + (bytes + allocation_room + 63) / 64 * 64;
}

}  // namespace snnc::codegen
