// Formulas as vector code. Strict: each operation rounds once, nothing is contracted, so that the
// results are those of ir/expr/evaluate.h bit for bit.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// A value for each vector of a strip.
using Lanes = std::vector<llvm::Value*>;

/// One operator applied to vectors (or scalars).
llvm::Value* emit_operator(FunctionBuilder& f, ir::Op op,
                           const std::vector<llvm::Value*>& operands);

/// Emits formulas; equal sub-expressions once. What does not change over the steps is emitted at
/// `before_loop` when that is set.
class FormulaEmitter {
 public:
    using LeafFunction = std::function<Lanes(const ir::ExprNode& leaf)>;

    /// `read` and `draw` emit what the caller alone knows: Op::Read and Op::Uniform.
    FormulaEmitter(FunctionBuilder& f, int vectors, LeafFunction read, LeafFunction draw)
        : f_(f), vectors_(vectors), read_(std::move(read)), draw_(std::move(draw)) {}

    /// From here on, steps run: values made so far and invariant ones stay valid.
    void enter_loop(llvm::Instruction* before_loop, llvm::Value* step);
    void set_step(llvm::Value* step) { step_ = step; }
    Lanes emit(ir::ExprId root);

    /// Whether an expression is the same in every step.
    bool invariant(ir::ExprId root);

 private:
    Lanes make(ir::ExprId id);
    Lanes splat(llvm::Value* scalar);

    FunctionBuilder& f_;
    int vectors_;
    LeafFunction read_, draw_;
    llvm::Instruction* before_loop_ = nullptr;
    llvm::Value* step_ = nullptr;
    std::map<ir::ExprId, Lanes> values_;
    std::map<ir::ExprId, bool> invariant_;
};

}  // namespace snnc::codegen
