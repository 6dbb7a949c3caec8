// The oracle: runs a step program plainly, one element after the other, in float or double.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/net/network.h"
#include "ir/step/program.h"

namespace snnc::ir {

/// Sizes that are free until a run.
struct RunSize {
    std::int64_t steps = 1;
    std::int64_t samples = 1;
};

/// Arguments of a run, in the order of StepProgram::ports: pointers to row-major arrays of Real
/// (Index tensors: std::int32_t). Out ports are written, InOut ports are read and written.
template <class Real>
void interpret(const Network& network, const StepProgram& program, const RunSize& size,
               const std::vector<void*>& ports, const Draws& draws = {});

extern template void interpret<float>(const Network&, const StepProgram&, const RunSize&,
                                      const std::vector<void*>&, const Draws&);
extern template void interpret<double>(const Network&, const StepProgram&, const RunSize&,
                                       const std::vector<void*>&, const Draws&);

}  // namespace snnc::ir
