// The entry points of a compiled library, with a C interface (codegen/library.h).
//
//   P_run(arguments)       the whole run: steps 0 … steps - 1
//   P_begin(state, …)      a state before step 0
//   P_step(arguments)      `steps` further steps (usually 1) from a state, which moves on
//   P_state_bytes(samples), P_memory_bytes(steps, samples)
//   P_set_parameter, P_get_parameter: one tensor in the layout of weights files
//   P_weights(to, bytes)   the weights that came with the library
//   P_message(error), P_abi_version()
//
// They check everything that the caller can get wrong before they touch it, and call the copy of
// the program for this processor, which the loader chose (an ifunc). Nothing here is writable.
#pragma once

#include <string>
#include <vector>

#include "codegen/library.h"
#include "codegen/llvm/link.h"

namespace snnc::codegen {

struct LibraryVariant {
    Target target;
    BufferPlan plan;
    MemoryPlan memory;
    std::string driver;  // symbol: void f(RunContext*)
};

struct LibraryEntry {
    ObjectCode object;
    std::vector<std::string> exported;
};

/// `memory`: what P_memory_bytes tells. Throws CompileFailure.
LibraryEntry compile_entry(const ir::Network& network, const ir::StepProgram& program,
                           const LibraryModel& model, const std::vector<LibraryVariant>& variants,
                           const SizeFormula& memory);

}  // namespace snnc::codegen
