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

/// Emits any other operator. `in_loop`: inside a recurrence, for the run context's step only.
TaskCall emit_operator_task(ModuleFrame& frame, ir::TensorId target, const std::string& name,
                            bool in_loop);

/// Adds up the parts of a weight's gradient (BufferPlan::partial).
TaskCall emit_parts_task(ModuleFrame& frame, ir::TensorId target, const std::string& name);

/// Turns the weight that a sparse adjoint or a convolution of spikes needs
/// (BufferPlan::turned_windows, turned_taps).
TaskCall emit_turn_task(ModuleFrame& frame, ir::TensorId target, const std::string& name);

/// Fills the tensor's slot in BufferPlan::unpacked from its bits.
TaskCall emit_unpack_task(ModuleFrame& frame, ir::TensorId tensor, const std::string& name,
                          bool in_loop);

}  // namespace snnc::codegen
