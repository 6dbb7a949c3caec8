// The adjoint of a convolution's source where the adjoint of its result is mostly zeros, as behind
// a max pool: for each place of the result the rows of the weight are summed in registers over the
// outputs that are not zero, then added to the places of the source under the window.
#pragma once

#include "codegen/kernels.h"
#include "codegen/llvm/windows.h"

namespace snnc::codegen {

/// One row of the source's adjoint. Needs the turned weight (BufferPlan::turned_windows).
void emit_sparse_adjoint(FunctionBuilder& f, const RowPlace& place,
                         const ConvolutionCall& convolution);

/// Fills the turned weight, [out, kh, kw, in/groups] with rows of whole vectors; the task makes the
/// row of one output.
void emit_turned_window(FunctionBuilder& f, const ConvolutionCall& convolution);

/// Elements of a row of the turned weight.
std::int64_t turned_row(const ConvolutionKernel& kernel, int lanes);

}  // namespace snnc::codegen
