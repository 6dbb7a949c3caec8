// Matrix products as Halide kernels: object code for a shape, the number of rows free.
//
// The only way in which the rest of the code generator meets Halide; what comes back is bytes of an
// ELF object that defines one C function. Kernels are compiled without Halide's runtime and without
// assertions: the caller guarantees the layouts stated here. They need halide_malloc, halide_free,
// halide_do_par_for and halide_error from their surroundings (runtime/halide_runtime.cpp), which
// get the context that a call was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "codegen/backend.h"
#include "codegen/kernel_code.h"

namespace snnc::codegen {

/// All matrices are row-major f32 without padding; halide_buffer_t with two dimensions, the
/// innermost (columns) first, minima 0.
enum class ProductKind : std::uint8_t {
    Forward,     // c[rows, out] = a[rows, in] * b[in, out]
    Transposed,  // c[rows, in]  = a[rows, out] * transpose(b[in, out])
    Weight,      // c[in, out]   = transpose(a[rows, in]) * b[rows, out]
};

struct Product {
    ProductKind kind = ProductKind::Forward;
    std::int64_t in = 1;
    std::int64_t out = 1;
    /// int symbol(void* context, halide_buffer_t* a, … b, … c); 0: done
    std::string symbol;
};

/// The object code. Throws CompileFailure with Halide's words if Halide refuses.
KernelCode compile_product(const Product& product, const Target& target);

/// Halide's lowered statement, for `emit --stage=halide`.
std::string print_product(const Product& product, const Target& target);

}  // namespace snnc::codegen
