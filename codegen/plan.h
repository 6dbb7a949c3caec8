// What compiled code and its caller agree on: which arrays exist, how large they are, how long a
// vector is. Made once from a step program; free of Halide and LLVM.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "codegen/backend.h"

namespace snnc::codegen {

/// The argument of every compiled function. Its layout is fixed: generated code knows it.
struct RunContext {
    std::int64_t steps;
    std::int64_t samples;
    std::int64_t step;            // of the recurrence being walked (LoopTask)
    void** buffers;               // by slot
    char* scratch;                // strips keep recomputed values here
    std::int64_t scratch_stride;  // bytes for each thread
    void (*parallel_for)(std::int64_t tasks, void (*function)(void*, std::int64_t, std::int64_t),
                         void* closure);
    // What random numbers are made of (ir/net/streams.h).
    const std::uint32_t* keys;     // two words for each stream
    const std::uint32_t* numbers;  // of the samples
    std::int64_t epoch;
    std::int64_t first_step;  // the number of step 0
    void* kernel_memory;      // handed to halide_malloc; what it is, is a matter of the latter
    std::int64_t part;        // of a program in two parts: 1, 2, or 0 for both
};

/// One array: rows of `row_bytes`, a row for each step and sample as far as they apply.
struct Slot {
    std::int64_t row_bytes = 0;
    bool per_step = false;
    bool per_sample = false;
    std::int32_t port = -1;  // index of the port that is this array; -1: memory of the executable
    /// Rows for this many steps, a power of two, which are used again and again; 0: for all.
    std::int64_t ring = 0;

    std::int64_t bytes(const ir::RunSize& size) const {
        const std::int64_t steps = ring > 0 ? ring : size.steps;
        return row_bytes * (per_step ? steps : 1) * (per_sample ? size.samples : 1);
    }
};

/// A strip is this many vectors wide; their recurrences run beside each other.
inline constexpr int strip_vectors = 4;

struct BufferPlan {
    int lanes = 8;  // floats in a vector
    std::vector<Slot> slots;
    std::vector<std::int32_t> values;  // by tensor: slot of its f32 or i32 array, -1: none
    std::vector<std::int32_t> bits;    // by tensor: slot of its bits, -1: none
    std::map<ir::TensorId, std::int32_t> turned;          // weights needed transposed by scans
    std::map<ir::TensorId, std::int32_t> unpacked;        // bits needed as floats by convolutions
    std::map<ir::TensorId, std::int32_t> turned_windows;  // [out, kh, kw, in], for sparse adjoints
    std::map<ir::TensorId, std::int32_t> turned_taps;     // [kh, kw, in, out], for spikes
    std::map<ir::TensorId, std::int32_t> partial;         // parts of a weight's gradient
    /// Scratch bytes of one strip for each step.
    std::int64_t scratch_bytes_per_step = 0;
};

/// The recomputed tensors of a scan that its body reads: they are kept in the strip's scratch.
std::vector<ir::TensorId> kept_values(const ir::Network& network, const ir::ScanTask& scan);

BufferPlan plan_buffers(const ir::Network& network, const ir::StepProgram& program,
                        const Target& target);

}  // namespace snnc::codegen
