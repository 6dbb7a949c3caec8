// The operators on whole tensors, as plain loops.
#pragma once

#include "ir/interpreter/memory.h"

namespace snnc::ir::interpreter {

/// Runs the definition (any kind but Formula) for the steps [begin, end), which a target or source
/// without steps ignores. Operators that reduce over the steps take all of them.
template <class Real>
void run_operator(Memory<Real>& memory, const Definition& definition, std::int64_t begin,
                  std::int64_t end);

/// One step of SumTo over steps: target += source at `step`.
template <class Real>
void accumulate_step(Memory<Real>& memory, const Definition& definition, std::int64_t step);

extern template void run_operator<float>(Memory<float>&, const Definition&, std::int64_t,
                                         std::int64_t);
extern template void run_operator<double>(Memory<double>&, const Definition&, std::int64_t,
                                          std::int64_t);
extern template void accumulate_step<float>(Memory<float>&, const Definition&, std::int64_t);
extern template void accumulate_step<double>(Memory<double>&, const Definition&, std::int64_t);

}  // namespace snnc::ir::interpreter
