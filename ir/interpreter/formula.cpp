#include "ir/interpreter/formula.h"

#include <algorithm>
#include <unordered_map>

#include "ir/expr/evaluate.h"

namespace snnc::ir::interpreter {

namespace {

/// One operator over a block. The operator is a constant here, so that the loop has no switch.
template <class Real, Op op>
void run_kernel(const Real* a, const Real* b, const Real* c, Real* out, std::int64_t length) {
    for (std::int64_t i = 0; i < length; ++i) out[i] = apply<Real>(op, a[i], b[i], c[i]);
}

template <class Real>
using Kernel = void (*)(const Real*, const Real*, const Real*, Real*, std::int64_t);

template <class Real>
constexpr Kernel<Real> kernels[] = {
#define SNNC_OP(name, arity, text, kind) &run_kernel<Real, Op::name>,
#include "ir/expr/ops.def"
#undef SNNC_OP
};

/// The operands that the value depends on.
std::span<const ExprId> operands(const ExprNode& node) {
    const std::span<const ExprId> all = node.arguments();
    return node.op == Op::Spike ? all.first(1) : all;
}

/// All expressions below `root`, operands first. Iterative: adjoints can be deep.
std::vector<ExprId> postorder(const ExprPool& pool, ExprId root) {
    std::vector<ExprId> order;
    std::unordered_map<std::uint32_t, bool> done;  // false: entered, operands are under way
    std::vector<ExprId> open{root};
    while (!open.empty()) {
        const ExprId id = open.back();
        const auto [state, fresh] = done.emplace(id.index, false);
        if (fresh) {
            for (ExprId operand : operands(pool[id])) {
                if (!done.count(operand.index)) open.push_back(operand);
            }
            continue;
        }
        open.pop_back();
        if (state->second) continue;
        state->second = true;
        order.push_back(id);
    }
    return order;
}

}  // namespace

template <class Real>
CompiledFormula<Real>::CompiledFormula(const Memory<Real>& memory, TensorId target, ExprId value)
    : target_(target) {
    const Network& network = memory.network();
    std::unordered_map<std::uint32_t, std::uint32_t> number;  // by expression
    for (ExprId id : postorder(network.pool, value)) {
        const ExprNode& node = network.pool[id];
        Operation operation;
        operation.op = node.op;
        operation.constant = Real(node.constant);
        operation.tensor = node.tensor;
        operation.stream = node.stream;
        if (node.op == Op::Read && network[node.tensor].per_step) {
            operation.lag = node.lag;
            operation.initial = network[node.tensor].initial;
        }
        const std::span<const ExprId> all = operands(node);
        for (std::size_t i = 0; i < all.size(); ++i) {
            operation.args[i] = number.at(all[i].index);
        }
        number[id.index] = std::uint32_t(operations_.size());
        operation.values.assign(std::size_t(block), operation.constant);
        operations_.push_back(std::move(operation));
    }
    for (Operation& operation : operations_) operation.result = operation.values.data();
}

template <class Real>
void CompiledFormula<Real>::read_tensor(const Memory<Real>& memory, Operation& operation,
                                        TensorId tensor, const Real* row, std::int64_t first,
                                        std::int64_t length) {
    const Shape& from = memory.network()[tensor].shape;
    const Shape& to = memory.network()[target_].shape;
    if (from == to) {
        operation.result = row + first;
        return;
    }
    operation.result = operation.values.data();
    if (from.empty()) {
        std::fill_n(operation.values.begin(), length, row[0]);
        return;
    }
    const std::int64_t inner = element_count(to) / to[0];  // [c] read as [c, 1, …]
    for (std::int64_t i = 0; i < length; ++i) operation.values[i] = row[(first + i) / inner];
}

template <class Real>
void CompiledFormula<Real>::read(const Memory<Real>& memory, Operation& operation,
                                 std::int64_t step, std::int64_t sample, std::int64_t first,
                                 std::int64_t length) {
    const std::int64_t at = step - operation.lag;
    const bool before = operation.lag > 0 && at < 0;
    const bool beyond = operation.lag < 0 && at >= memory.size().steps;
    if (beyond || (before && !operation.initial.valid())) {
        operation.result = operation.values.data();
        std::fill_n(operation.values.begin(), length, Real(0));
        return;
    }
    const TensorId tensor = before ? operation.initial : operation.tensor;
    const Real* row = memory.array(tensor).at(before ? 0 : at, sample);
    read_tensor(memory, operation, tensor, row, first, length);
}

template <class Real>
void CompiledFormula<Real>::run_block(const Memory<Real>& memory, std::int64_t step,
                                      std::int64_t sample, std::int64_t first,
                                      std::int64_t length) {
    for (Operation& operation : operations_) {
        Real* values = operation.values.data();
        switch (operation.op) {
            case Op::Constant: break;
            case Op::Read: read(memory, operation, step, sample, first, length); break;
            case Op::StepIndex: std::fill_n(values, length, Real(step)); break;
            case Op::StepCount: std::fill_n(values, length, Real(memory.size().steps)); break;
            case Op::BatchSize: std::fill_n(values, length, Real(memory.size().samples)); break;
            case Op::Uniform:
                for (std::int64_t i = 0; i < length; ++i)
                    values[i] = memory.draw(operation.stream, step, sample, first + i);
                break;
            default: {
                const auto operand = [&](int i) { return operations_[operation.args[i]].result; };
                kernels<Real>[int(operation.op)](operand(0), operand(1), operand(2), values,
                                                 length);
            }
        }
    }
}

template <class Real>
void CompiledFormula<Real>::run(const Memory<Real>& memory, std::int64_t step, Real* out) {
    const std::int64_t elements = memory.array(target_).elements;
    for (std::int64_t sample = 0; sample < memory.samples_of(target_); ++sample) {
        for (std::int64_t first = 0; first < elements; first += block) {
            const std::int64_t length = std::min(block, elements - first);
            run_block(memory, step, sample, first, length);
            out = std::copy_n(operations_.back().result, length, out);
        }
    }
}

template class CompiledFormula<float>;
template class CompiledFormula<double>;

}  // namespace snnc::ir::interpreter
