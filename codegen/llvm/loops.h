// Loops and branches in the code that we write. Included by codegen/llvm only.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <functional>

namespace snnc::codegen {

/// for (i = begin; i < end; ++i) carried = body(i, carried); the body may add blocks. Returns the
/// last value carried.
llvm::Value* emit_fold(
    llvm::IRBuilder<>& ir, llvm::Value* begin, llvm::Value* end, llvm::Value* start,
    const std::function<llvm::Value*(llvm::Value* i, llvm::Value* carried)>& body);

/// The same without a value.
void emit_loop(llvm::IRBuilder<>& ir, llvm::Value* begin, llvm::Value* end,
               const std::function<void(llvm::Value* i)>& body);

/// if (condition) holds() else fails(); both may add blocks.
void emit_branch(llvm::IRBuilder<>& ir, llvm::Value* condition, const std::function<void()>& holds,
                 const std::function<void()>& fails);

}  // namespace snnc::codegen
