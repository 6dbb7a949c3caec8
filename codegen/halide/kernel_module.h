// What a kernel's lowered module becomes. Included by codegen/halide only.
#pragma once

#include <Halide.h>

#include "codegen/kernel_code.h"

namespace snnc::codegen {

/// `rows`: the name of the extent that only a call tells ("a.extent.1"). Throws CompileFailure for
/// a kernel whose working memory depends on more.
KernelCode to_code(const Halide::Module& module, const std::string& rows);

}  // namespace snnc::codegen
