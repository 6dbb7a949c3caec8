// The module of a step program: its scans, operators and the driver that runs them in order. LLVM
// types stay behind this header.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codegen/plan.h"

namespace snnc::codegen {

/// Name of the driver: void snnc_run(RunContext*).
inline constexpr const char* driver_name = "snnc_run";

/// Object code of the module. Throws CompileFailure.
std::vector<std::byte> compile_module(const ir::Network& network, const ir::StepProgram& program,
                                      const BufferPlan& plan, const Target& target);

/// The module as text: LLVM assembly after optimisation ("llvm") or machine assembly ("asm").
std::string print_module(const ir::Network& network, const ir::StepProgram& program,
                         const BufferPlan& plan, const Target& target, bool machine);

}  // namespace snnc::codegen
