// Convolutions as Halide kernels: object code for a geometry, the number of rows (samples times
// steps) free. The rules of products.h hold.
#pragma once

#include "codegen/backend.h"
#include "codegen/kernel_code.h"
#include "ir/net/window.h"

namespace snnc::codegen {

/// All arrays are f32 without padding and have five dimensions, the innermost first:
///   source [columns, rows, channels of a group, groups, samples]
///   weight [outputs of a group, groups, window columns, window rows, channels of a group]
///   result [columns, rows, outputs of a group, groups, samples]
enum class ConvolutionKind : std::uint8_t {
    Forward,  // result = source * weight
    Source,   // source = adjoint (as result) * weight, transposed
    Weight,   // weight = sum over samples of source * adjoint (as result)
};

/// A weight's gradient is summed in this many parts, whatever the number of threads, so that the
/// order of its sums does not depend on them.
inline constexpr int weight_parts = 8;

struct ConvolutionKernel {
    ConvolutionKind kind = ConvolutionKind::Forward;
    ir::Window window;
    ir::Planes source, result;
    std::int64_t groups = 1;
    /// int symbol(void* context, halide_buffer_t* a, … b, … c): the operands in the
    /// order of the kind's line above, then what is made. 0: done.
    std::string symbol;

    std::int64_t in() const { return source.channels / groups; }   // of a group
    std::int64_t out() const { return result.channels / groups; }  // of a group
};

/// The object code. Throws CompileFailure with Halide's words if Halide refuses.
KernelCode compile_convolution(const ConvolutionKernel& kernel, const Target& target);

/// Halide's lowered statement, for `emit --stage=halide`.
std::string print_convolution(const ConvolutionKernel& kernel, const Target& target);

}  // namespace snnc::codegen
