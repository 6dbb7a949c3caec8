// How many steps of a tensor a recurrence has to keep.
#pragma once

#include <map>

#include "ir/step/program.h"

namespace snnc::codegen {

/// The tensors that only the recurrence (LoopTask) which makes them reads, and for how many steps
/// their values are needed there, as a power of two: compiled code keeps those rows in a ring, so
/// that the states of a long run stay in the processor's cache. Ports are never among them.
std::map<ir::TensorId, std::int64_t> loop_memory(const ir::Network& network,
                                                 const ir::StepProgram& program);

}  // namespace snnc::codegen
