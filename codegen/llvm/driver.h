// The driver: the order of the tasks, in code.
#pragma once

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// Emits every task of the program and the function that runs them.
void emit_driver(ModuleFrame& frame);

}  // namespace snnc::codegen
