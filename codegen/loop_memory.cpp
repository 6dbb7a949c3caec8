#include "codegen/loop_memory.h"

#include <bit>
#include <cstdlib>

namespace snnc::codegen {
namespace {

/// Visits every definition that a task computes, those inside recurrences and those that are
/// computed again included.
template <class Visit>
void for_each_target(const ir::Task& task, const Visit& visit) {
    if (const auto* scan = std::get_if<ir::ScanTask>(&task)) {
        for (const auto* list : {&scan->recompute, &scan->body, &scan->sums})
            for (const ir::TensorId id : *list) visit(id);
    } else if (const auto* single = std::get_if<ir::OperatorTask>(&task)) {
        visit(single->target);
    } else {
        for (const ir::Task& inner : std::get<ir::LoopTask>(task).tasks)
            for_each_target(inner, visit);
    }
}

class LoopMemory {
 public:
    LoopMemory(const ir::Network& network, const ir::StepProgram& program)
        : network_(network), program_(program), loop_of_(network.tensors.size(), -1) {}

    std::map<ir::TensorId, std::int64_t> find() {
        for (std::size_t i = 0; i < program_.tasks.size(); ++i) {
            if (!std::holds_alternative<ir::LoopTask>(program_.tasks[i])) continue;
            for_each_target(program_.tasks[i], [&](ir::TensorId id) {
                loop_of_[id.index] = std::int64_t(i);
                if (network_[id].per_step) rows_[id] = 1;
            });
        }
        for (std::size_t i = 0; i < program_.tasks.size(); ++i)
            see_reads(program_.tasks[i], std::int64_t(i));
        for (const ir::Port& port : program_.ports) rows_.erase(port.tensor);
        return std::move(rows_);
    }

 private:
    void see_reads(const ir::Task& task, std::int64_t number) {
        for_each_target(task, [&](ir::TensorId id) {
            for (const ir::Use& use : ir::uses(network_, *network_.definition(id)))
                see_read(use, number);
        });
        const auto* scan = std::get_if<ir::ScanTask>(&task);
        if (!scan) return;
        for (const std::uint32_t update : scan->updates)
            ir::for_each_read(network_.pool, network_.updates[update].value,
                              [&](const ir::ExprNode& read) {
                                  see_read({read.tensor, read.lag}, number);
                              });
    }

    void see_read(const ir::Use& use, std::int64_t task) {
        const auto found = rows_.find(use.tensor);
        if (found == rows_.end()) return;
        if (loop_of_[use.tensor.index] != task) {
            rows_.erase(found);
            return;
        }
        const auto steps = std::uint64_t(std::abs(use.lag)) + 1;
        found->second = std::max(found->second, std::int64_t(std::bit_ceil(steps)));
    }

    const ir::Network& network_;
    const ir::StepProgram& program_;
    std::vector<std::int64_t> loop_of_;  // by tensor: the recurrence that makes it, -1: none
    std::map<ir::TensorId, std::int64_t> rows_;
};

}  // namespace

std::map<ir::TensorId, std::int64_t> loop_memory(const ir::Network& network,
                                                 const ir::StepProgram& program) {
    return LoopMemory(network, program).find();
}

}  // namespace snnc::codegen
