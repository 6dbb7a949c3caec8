// Object code of a step program, for execution in process and for libraries alike.
#pragma once

#include <cstddef>
#include <vector>

#include "codegen/kernels.h"
#include "codegen/plan.h"

namespace snnc::codegen {

using ObjectCode = std::vector<std::byte>;
using Objects = std::vector<ObjectCode>;

/// All objects of a program: the module beside Halide's kernels, on all processors. Throws
/// CompileFailure.
Objects compile_objects(const ir::Network& network, const ir::StepProgram& program,
                        const BufferPlan& plan, const Target& target);

/// The parts of it. Kernels need nothing of the program.
std::vector<KernelCode> compile_kernels(const Kernels& kernels, const Target& target);

}  // namespace snnc::codegen
