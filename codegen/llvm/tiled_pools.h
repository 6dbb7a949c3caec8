// Max pools whose windows tile the planes (stride as the size, nothing left over), by shuffles: a
// vector of outputs lies over one contiguous stretch of inputs.
#pragma once

#include "codegen/llvm/windows.h"

namespace snnc::codegen {

/// Whether a pool is of this kind, for vectors of `lanes`.
bool is_tiled(const ir::Window& window, const ir::Planes& source, const ir::Planes& result,
              int lanes);

void emit_tiled_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPool& op);
void emit_tiled_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPoolAdjoint& op);

}  // namespace snnc::codegen
