// LLVM's side of a target: which processor, and how a module becomes object code. Included by
// codegen/llvm only.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Support/CodeGen.h>
#include <llvm/Target/TargetMachine.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "codegen/backend.h"

namespace snnc::codegen {

/// Throws CompileFailure.
std::unique_ptr<llvm::TargetMachine> make_machine(const Target& target);

/// The same for any processor of the architecture.
std::unique_ptr<llvm::TargetMachine> make_base_machine(Architecture architecture);

/// Data layout and triple of the machine.
void prepare_module(llvm::Module& module, const llvm::TargetMachine& machine);

/// Verifies and cleans up. Throws CompileFailure if the module is unsound.
void optimize(llvm::Module& module, llvm::TargetMachine& machine);

/// Object code or assembly of an optimised module. Throws CompileFailure.
std::vector<std::byte> generate(llvm::Module& module, llvm::TargetMachine& machine,
                                llvm::CodeGenFileType type);

}  // namespace snnc::codegen
