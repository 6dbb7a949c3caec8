// Scans: formulas over the steps of a run, strip by strip, states in registers.
#pragma once

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// Emits the task function of a scan: one task is one strip of one sample.
llvm::Function* emit_scan(ModuleFrame& frame, const ir::ScanTask& scan, const std::string& name);

/// How many strips the elements of a shape make.
std::int64_t strips_of(const ir::Shape& shape, int lanes);

/// Emits code that makes the transposed copy of a weight for the scans that need it.
llvm::Function* emit_turn(ModuleFrame& frame, ir::TensorId weight, const std::string& name);

}  // namespace snnc::codegen
