// A formula as a flat list of operations, each run over a block of elements at a time.
#pragma once

#include <array>
#include <vector>

#include "ir/interpreter/memory.h"

namespace snnc::ir::interpreter {

/// Compiled once, evaluated for every step. Shared subexpressions are computed once. Both operands
/// of a Select are computed and one is taken, which gives the same value. The surrogate of a spike
/// is left out: it has no part in the value.
template <class Real>
class CompiledFormula {
 public:
    /// `target` says over which elements the formula holds.
    CompiledFormula(const Memory<Real>& memory, TensorId target, ExprId value);

    /// Writes the values of one step for all samples and elements to `out` (row-major).
    void run(const Memory<Real>& memory, std::int64_t step, Real* out);

 private:
    static constexpr std::int64_t block = 256;

    struct Operation {
        Op op = Op::Constant;
        std::array<std::uint32_t, 3> args{};
        Real constant = 0;
        TensorId tensor;
        StreamId stream;
        std::int32_t lag = 0;
        TensorId initial;
        std::vector<Real> values;      // of the block
        const Real* result = nullptr;  // values, or the tensor itself
    };

    void run_block(const Memory<Real>& memory, std::int64_t step, std::int64_t sample,
                   std::int64_t first, std::int64_t length);
    void read(const Memory<Real>& memory, Operation& operation, std::int64_t step,
              std::int64_t sample, std::int64_t first, std::int64_t length);
    void read_tensor(const Memory<Real>& memory, Operation& operation, TensorId tensor,
                     const Real* row, std::int64_t first, std::int64_t length);

    TensorId target_;
    std::vector<Operation> operations_;  // operands first
};

extern template class CompiledFormula<float>;
extern template class CompiledFormula<double>;

}  // namespace snnc::ir::interpreter
