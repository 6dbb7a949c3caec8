// Products whose one operand is spikes, stored as bits: work is done for spikes only.
#pragma once

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// 64-bit words in a row of bits.
std::int64_t spike_words(const ir::Shape& shape);

/// target[o] = sum over the set bits i of source of weight[i, o], for one row; ascending i.
void emit_spike_product(FunctionBuilder& f, ir::TensorId target, const ir::Dense& dense,
                        llvm::Value* step, llvm::Value* sample);

/// target[i, o] = sum over rows of adjoint[o] where bit i is set; one task for each word of inputs,
/// rows in ascending order.
void emit_spike_weight(FunctionBuilder& f, ir::TensorId target, const ir::DenseWeight& product);

}  // namespace snnc::codegen
