// Pools, and what makes another shape or other storage of a tensor: one row of the target at a
// time, a row being all elements of one sample at one step.
#pragma once

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// A row of the target, and where its operands' rows are.
struct RowPlace {
    ir::TensorId target;
    llvm::Value* step;
    llvm::Value* sample;
};

void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPool& op);
void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::SumPool& op);
void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPoolAdjoint& op);
void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::SumPoolAdjoint& op);
void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::Segment& op);

/// The bits of a tensor's row as floats, to the tensor's slot in BufferPlan::unpacked.
void emit_unpacked_row(FunctionBuilder& f, const RowPlace& place);

}  // namespace snnc::codegen
