// Operators on whole tensors: sums, softmax and its kin, products with spikes.
#pragma once

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// A function whose tasks are independent, and how many there are:
/// count * (steps) * (samples).
struct TaskCall {
    llvm::Function* function = nullptr;
    std::int64_t count = 1;
    bool by_step = false;
    bool by_sample = false;
};

/// Whether the definition is a product that Halide makes (an operand in floats).
bool is_halide_product(const BufferPlan& plan, const ir::Definition& definition);

/// Emits any other operator. `in_loop`: inside a recurrence, for the run context's step only.
TaskCall emit_operator_task(ModuleFrame& frame, ir::TensorId target, const std::string& name,
                            bool in_loop);

}  // namespace snnc::codegen
