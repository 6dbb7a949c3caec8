#include "ir/interpreter/interpreter.h"

#include <algorithm>
#include <unordered_map>

#include "ir/interpreter/formula.h"
#include "ir/interpreter/memory.h"
#include "ir/interpreter/operators.h"

namespace snnc::ir {

namespace {

using interpreter::CompiledFormula;
using interpreter::Memory;

/// Runs tasks one after the other. Every definition is a statement over all elements of a step.
template <class Real>
class Interpreter {
 public:
    Interpreter(const Network& network, const StepProgram& program, const RunSize& size,
                const std::vector<void*>& ports, const Draws& draws)
        : network_(network), memory_(network, program, size, ports, draws) {}

    void run(const std::vector<Task>& tasks) {
        for (const Task& task : tasks) {
            std::visit([&](const auto& kind) { run(kind); }, task);
        }
    }
    Memory<Real>& memory() { return memory_; }

 private:
    void run(const ScanTask& scan) {
        for (TensorId target : scan.sums) clear(target);
        for (std::int64_t step = 0; !scan.recompute.empty() && step < steps(); ++step) {
            for (TensorId target : scan.recompute) compute(target, step);
        }
        each_step(scan.order, [&](std::int64_t step) {
            for (TensorId target : scan.body) compute(target, step);
            for (TensorId target : scan.sums) {
                interpreter::accumulate_step(memory_, *network_.definition(target), step);
            }
        });
        update(scan.updates);
    }

    void run(const OperatorTask& task) {
        memory_.reserve(task.target);
        interpreter::run_operator(memory_, *network_.definition(task.target), 0, steps());
    }

    void run(const LoopTask& loop) {
        each_step(loop.order, [&](std::int64_t step) {
            for (const Task& task : loop.tasks) {
                if (const auto* scan = std::get_if<ScanTask>(&task)) {
                    for (TensorId target : scan->body) compute(target, step);
                } else {
                    compute(std::get<OperatorTask>(task).target, step);
                }
            }
        });
    }

    void clear(TensorId target) {
        memory_.reserve(target);
        const std::int64_t count = memory_.array(target).elements * memory_.samples_of(target);
        std::fill_n(memory_.array(target).data, count, Real(0));
    }

    std::int64_t steps() const { return memory_.size().steps; }

    template <class Body>
    void each_step(Order order, Body body) const {
        switch (order) {
            case Order::Once: body(0); break;
            case Order::Forward:
                for (std::int64_t step = 0; step < steps(); ++step) body(step);
                break;
            case Order::Backward:
                for (std::int64_t step = steps(); step-- > 0;) body(step);
                break;
        }
    }

    /// One definition at one step, for all samples and elements.
    void compute(TensorId target, std::int64_t step) {
        memory_.reserve(target);
        const Definition& definition = *network_.definition(target);
        if (const auto* formula = std::get_if<Formula>(&definition.kind)) {
            compiled(target, formula->value).run(memory_, step, memory_.array(target).at(step, 0));
        } else {
            interpreter::run_operator(memory_, definition, step, step + 1);
        }
    }

    /// All new values, then all assignments.
    void update(const std::vector<std::uint32_t>& updates) {
        std::vector<std::vector<Real>> values;
        for (std::uint32_t index : updates) {
            const Update& statement = network_.updates[index];
            const TensorId target = statement.target;
            values.emplace_back(memory_.array(target).elements * memory_.samples_of(target));
            CompiledFormula<Real>(memory_, target, statement.value)
                .run(memory_, 0, values.back().data());
        }
        for (std::size_t i = 0; i < updates.size(); ++i) {
            const TensorId target = network_.updates[updates[i]].target;
            std::copy(values[i].begin(), values[i].end(), memory_.array(target).data);
        }
    }

    CompiledFormula<Real>& compiled(TensorId target, ExprId value) {
        const auto found = formulas_.find(target.index);
        if (found != formulas_.end()) return found->second;
        return formulas_.emplace(target.index, CompiledFormula<Real>(memory_, target, value))
            .first->second;
    }

    const Network& network_;
    Memory<Real> memory_;
    std::unordered_map<std::uint32_t, CompiledFormula<Real>> formulas_;  // by target
};

}  // namespace

template <class Real>
void interpret(const Network& network, const StepProgram& program, const RunSize& size,
               const std::vector<void*>& ports, const Draws& draws) {
    Interpreter<Real> interpreter(network, program, size, ports, draws);
    interpreter.run(program.tasks);
    interpreter.memory().finish(program, ports);
}

template void interpret<float>(const Network&, const StepProgram&, const RunSize&,
                               const std::vector<void*>&, const Draws&);
template void interpret<double>(const Network&, const StepProgram&, const RunSize&,
                                const std::vector<void*>&, const Draws&);

}  // namespace snnc::ir
