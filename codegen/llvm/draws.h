// Random numbers as vector code, bit for bit those of runtime/philox.h and ir/expr/quantiles.h.
#pragma once

#include "codegen/llvm/tensor_access.h"

namespace snnc::codegen {

/// The numbers of a stream for a strip at a step (null: the stream has no steps).
Lanes emit_uniform(FunctionBuilder& f, ir::StreamId stream, const Strip& strip, llvm::Value* step);

/// Quantiles of vectors or scalars of f32.
llvm::Value* emit_normal_quantile(FunctionBuilder& f, llvm::Value* u);
llvm::Value* emit_poisson_quantile(FunctionBuilder& f, llvm::Value* u, llvm::Value* mean,
                                   llvm::Value* none);

}  // namespace snnc::codegen
