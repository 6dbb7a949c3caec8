// Turning a matrix in memory, block by block in registers.
#pragma once

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// to[column*to_stride + row] = from[row*from_stride + column], all f32; sizes and strides in
/// elements.
void emit_transpose(FunctionBuilder& f, llvm::Value* from, std::int64_t from_stride,
                    llvm::Value* to, std::int64_t to_stride, std::int64_t rows,
                    std::int64_t columns);

}  // namespace snnc::codegen
