// Convolutions of spikes: the bits of a row are strung together so that those under a row of the
// window are contiguous, and only the set ones are visited. A visit adds one contiguous row of the
// turned weight ([kh, kw, in, out]) to sums in registers.
#pragma once

#include "codegen/kernels.h"
#include "codegen/llvm/windows.h"

namespace snnc::codegen {

/// One row of a convolution.
void emit_spike_convolution(FunctionBuilder& f, const RowPlace& place,
                            const ConvolutionCall& convolution);

/// The gradient of a weight: the task sums the f.task-th of weight_parts parts of all rows into
/// its part of BufferPlan::partial.
void emit_spike_convolution_weight(FunctionBuilder& f, ir::TensorId target,
                                   const ConvolutionCall& convolution);

/// Adds the parts; the task makes one row of outputs of the target.
void emit_sum_of_parts(FunctionBuilder& f, ir::TensorId target, const ConvolutionCall& convolution);

/// Fills BufferPlan::turned_taps; the task moves one channel of the source.
void emit_turned_taps(FunctionBuilder& f, const ConvolutionCall& convolution);

}  // namespace snnc::codegen
