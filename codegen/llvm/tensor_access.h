// Vectors of a tensor's elements, whatever its storage: f32 rows or bits.
#pragma once

#include "codegen/llvm/expression.h"

namespace snnc::codegen {

/// Where a strip stands: which sample, which element its first lane is, how many vectors it has,
/// and which lanes of the last vector exist.
struct Strip {
    ir::Shape shape;
    llvm::Value* sample = nullptr;
    llvm::Value* element = nullptr;
    int vectors = 1;
    llvm::Value* last_mask = nullptr;  // null: all lanes

    llvm::Value* mask(int vector) const { return vector + 1 == vectors ? last_mask : nullptr; }
};

/// The values of `tensor` at a step (null if it has none) for the strip. A scalar or per-channel
/// tensor is spread over the lanes.
Lanes load_lanes(FunctionBuilder& f, ir::TensorId tensor, const Strip& strip, llvm::Value* step);

/// Stores to the tensor's array and bits, as far as it has them.
void store_lanes(FunctionBuilder& f, ir::TensorId tensor, const Strip& strip, llvm::Value* step,
                 const Lanes& values);

/// Address of a vector behind `base`.
llvm::Value* vector_address(FunctionBuilder& f, llvm::Value* base, std::size_t vector);

/// The whole strip at a plain address (masked), read and added to.
Lanes load_floats(FunctionBuilder& f, llvm::Value* address, const Strip& strip);
void add_floats(FunctionBuilder& f, llvm::Value* address, const Lanes& added, const Strip& strip);

/// One element of a row as f32 (labels stay i32), from floats or bits.
llvm::Value* load_element(FunctionBuilder& f, ir::TensorId tensor, llvm::Value* step,
                          llvm::Value* sample, llvm::Value* element);

}  // namespace snnc::codegen
