// Sparse layers: work along the edges. Where the source is spikes, kept as bits or not, only the
// cells that fired are looked at.
#pragma once

#include "codegen/llvm/windows.h"

namespace snnc::codegen {

/// A row of target[j]: zeros, then the edges of one source cell after the other are added.
void emit_sparse(FunctionBuilder& f, const RowPlace& place, const ir::Sparse& op);

/// A row of the source's adjoint: each source cell sums over its own edges.
void emit_sparse_source(FunctionBuilder& f, const RowPlace& place, const ir::SparseSource& op);

/// The weight's gradient. A task has the edges of at most 64 source cells, those of one word of
/// bits, and adds the rows in ascending order.
void emit_sparse_weight(FunctionBuilder& f, ir::TensorId target, const ir::SparseWeight& op);
std::int64_t sparse_weight_tasks(const FunctionBuilder& f, const ir::SparseWeight& op);

}  // namespace snnc::codegen
