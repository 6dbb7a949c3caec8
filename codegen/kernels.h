// Which definitions Halide makes, and with which kernels. Free of Halide and LLVM.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/halide/convolutions.h"
#include "codegen/halide/products.h"
#include "codegen/plan.h"

namespace snnc::codegen {

/// Whether the definition is a product that Halide makes (an operand in floats).
bool is_halide_product(const BufferPlan& plan, const ir::Definition& definition);

/// A convolution with its operands, in the order of the kernel's arguments.
struct ConvolutionCall {
    ConvolutionKernel kernel;
    ir::TensorId a, b;
};
std::optional<ConvolutionCall> convolution_of(const ir::Network& network,
                                              const ir::Definition& definition);

/// Whether the adjoint of a convolution's source visits only what is not zero in the adjoint of
/// its result.
bool skips_zeros(const ir::Network& network, const BufferPlan& plan, const ConvolutionCall& call);

/// Whether Halide makes the convolution: neither of the two others.
bool is_halide_convolution(const ir::Network& network, const BufferPlan& plan,
                           const ConvolutionCall& call);

/// Whether a convolution with spikes visits the set bits instead of calling Halide's kernel.
bool walks_spikes(const BufferPlan& plan, const ConvolutionCall& call);

/// 64-bit words of a row of spikes, columns outside, channels of a group inside, with padding and
/// room to read a word from any bit on.
std::int64_t spike_row_words(const ConvolutionKernel& kernel);

/// The kernels that the driver calls, each once.
struct Kernels {
    std::vector<Product> products;
    std::vector<ConvolutionKernel> convolutions;
    /// How many rows a call has: a row for each step and sample as far as they apply.
    struct Rows {
        bool per_step = false, per_sample = false;
    };
    std::map<std::string, Rows> rows;  // the most, by symbol
};
Kernels kernels_of(const ir::Network& network, const ir::StepProgram& program,
                   const BufferPlan& plan);

/// Symbol of a product's kernel.
std::string product_symbol(ProductKind kind, std::int64_t in, std::int64_t out);

}  // namespace snnc::codegen
