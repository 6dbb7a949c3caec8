// The entry points of a compiled library, with a C interface (codegen/library.h).
//
//   P_run(arguments)       the whole run: steps 0 … steps - 1
//   P_begin(state, …)      a state before step 0
//   P_step(arguments)      `steps` further steps (usually 1) from a state, which moves on
//   P_state_bytes(samples), P_memory_bytes(steps, samples)
//   P_set_parameter, P_get_parameter: one tensor in the layout of weights files
//   P_weights(to, bytes)   the weights that came with the library
//   P_message(error), P_abi_version()
// With a train block:
//   P_grad(arguments)      loss and gradients of a batch
//   P_grad_memory_bytes(steps, samples, with_inputs), P_get_gradient
//   P_begin_optimizer(block, …), P_update(arguments): steps of the optimizer
//
// They check everything that the caller can get wrong before they touch it, and call the copy of
// the program for this processor, which the loader chose (an ifunc). Nothing here is writable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codegen/library_memory.h"
#include "codegen/llvm/link.h"

namespace snnc::codegen {

struct LibraryVariant {
    Target target;
    BufferPlan plan;
    MemoryPlan memory;
    std::string driver;  // symbol: void f(RunContext*)
};

/// A program for every target of the library, and memory enough for each of them.
struct CompiledProgram {
    const LibraryProgram* program;
    std::vector<LibraryVariant> variants;
    SizeFormula memory;
};

struct CompiledTraining {
    CompiledProgram gradients;
    std::optional<CompiledProgram> input_gradients;
    CompiledProgram update;
};

struct CompiledLibrary {
    CompiledProgram run;
    std::optional<CompiledTraining> training;
};

struct LibraryEntry {
    ObjectCode object;
    std::vector<std::string> exported;
};

/// Throws CompileFailure.
LibraryEntry compile_entry(const LibraryModel& model, const CompiledLibrary& library,
                           const LibrarySizes& sizes, Architecture architecture);

}  // namespace snnc::codegen
