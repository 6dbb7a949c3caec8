// Convolutions of spikes: the bits of a row are turned into one word of channels for each place of
// the planes, and only the set bits are visited. A visit adds one contiguous row of the weight
// ([in, kh, kw, out] in memory) to sums in registers.
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

/// Adds the parts; the task makes one vector of the target.
void emit_sum_of_parts(FunctionBuilder& f, ir::TensorId target);

}  // namespace snnc::codegen
