// The caller's memory for a compiled library: how much of it, and what lies where.
#pragma once

#include "codegen/library_model.h"
#include "codegen/plan.h"

namespace snnc::codegen {

/// Bytes in a run of that size.
struct SizeFormula {
    std::int64_t constant = 0, per_step = 0, per_sample = 0, per_step_and_sample = 0;
};

/// Large enough for both.
SizeFormula larger(const SizeFormula& a, const SizeFormula& b);

/// What the functions P_…_bytes tell.
struct LibrarySizes {
    SizeFormula run, gradients, input_gradients, update;
};

SizeFormula state_size(const LibraryProgram& run);

/// Bytes of one step of a past.
std::int64_t past_row_bytes(const ir::Network& network, const ir::CarriedPast& past);

/// Behind the rows of a region: what a vector may read beyond the end.
inline constexpr std::int64_t region_room = 128;

/// A part of the memory for one run: 64-byte aligned.
struct Region {
    Slot shape;
    bool zeroed = false;  // before each run
};

struct MemoryPlan {
    std::vector<Region> regions;
    std::vector<int> of_slot;  // by slot: its region, -1: the array is somewhere else
    int numbers = -1;          // of the samples, where random numbers are drawn
    int scratch = -1;
    int kernels = -1;  // the first region of the working memory of Halide's
    SizeFormula size;  // of all of it, wherever the memory begins
};
/// `kernel_memory`: what a kernel of Halide's needs. Throws std::logic_error if the program reads
/// something that nobody gives.
MemoryPlan plan_memory(const LibraryProgram& program, const BufferPlan& plan,
                       const SizeFormula& kernel_memory);

}  // namespace snnc::codegen
