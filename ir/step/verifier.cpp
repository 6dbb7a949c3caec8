// The rules of program.h, checked task by task in the order of the run.

#include <algorithm>

#include "ir/step/graph.h"
#include "ir/step/program.h"

namespace snnc::ir {

namespace {

class ProgramVerifier {
 public:
    ProgramVerifier(const Network& network, const StepProgram& program)
        : network_(network),
          program_(program),
          ready_(network.tensors.size(), false),
          updated_(network.tensors.size(), false) {}

    std::vector<std::string> run() {
        if (program_.storage.size() != network_.tensors.size()) {
            return {"storage is not given for every tensor"};
        }
        check_ports_in();
        for (const Task& task : program_.tasks) {
            std::visit([&](const auto& kind) { check(kind); }, task);
        }
        check_ports_out();
        check_bits();
        return std::move(broken_);
    }

 private:
    using Targets = std::vector<TensorId>;

    void fail(TensorId tensor, const std::string& rule) {
        broken_.push_back(network_[tensor].name + ": " + rule);
    }
    void require(bool holds, TensorId tensor, const std::string& rule) {
        if (!holds) fail(tensor, rule);
    }
    bool stored(TensorId tensor) const { return program_.storage[tensor.index] != Storage::None; }
    bool contains(const Targets& all, TensorId tensor) const {
        return std::find(all.begin(), all.end(), tensor) != all.end();
    }

    void check_ports_in() {
        for (const Port& port : program_.ports) {
            require(stored(port.tensor), port.tensor, "is a port without storage");
            if (port.direction == Port::Direction::Out) continue;
            const bool initial = network_[port.tensor].role == Role::Initial;
            require(initial || !network_.definition(port.tensor), port.tensor,
                    "is given from outside and defined");
            require(!ready_[port.tensor.index], port.tensor, "has two ports");
            ready_[port.tensor.index] = true;
        }
    }

    void check_ports_out() {
        for (const Port& port : program_.ports) {
            require(ready_[port.tensor.index], port.tensor, "is a result that nothing computes");
            require((port.direction == Port::Direction::InOut) == updated_[port.tensor.index],
                    port.tensor, "is updated without being in and out, or the reverse");
        }
    }

    void check_bits() {
        for (std::uint32_t i = 0; i < network_.tensors.size(); ++i) {
            const Tensor& tensor = network_.tensors[i];
            const Storage storage = program_.storage[i];
            const bool spikes = tensor.kind == DataKind::Spike && tensor.per_step &&
                                tensor.per_sample && network_.definition({i});
            require(storage != Storage::Bits || spikes, {i}, "bits hold spikes of a formula only");
            require(storage == Storage::None ||
                        (storage == Storage::Int) == (tensor.kind == DataKind::Index),
                    {i}, "integers hold indices only");
        }
    }

    /// Takes note that a task has computed the tensor.
    void computed(TensorId target) {
        require(!ready_[target.index], target, "is computed twice");
        ready_[target.index] = true;
    }

    /// A read of what earlier tasks have stored.
    void read_stored(TensorId reader, TensorId tensor) {
        require(ready_[tensor.index] && stored(tensor), reader,
                "reads " + network_[tensor].name + ", which is not there");
        require(!updated_[tensor.index], reader,
                "reads " + network_[tensor].name + " after its update");
    }

    void check(const OperatorTask& task) {
        const Definition* definition = network_.definition(task.target);
        if (!definition || std::holds_alternative<Formula>(definition->kind)) {
            return fail(task.target, "is no operator");
        }
        for (const Use& use : step::reads_of(network_, *definition)) {
            read_stored(task.target, use.tensor);
        }
        require(stored(task.target), task.target, "is an operator's result without storage");
        computed(task.target);
    }

    void check_space(const ScanTask& scan, TensorId target) {
        require(
            network_[target].shape == scan.shape && network_[target].per_sample == scan.per_sample,
            target, "is computed over other elements than its own");
    }

    void check_formula(TensorId target) {
        const Definition* definition = network_.definition(target);
        require(definition && std::holds_alternative<Formula>(definition->kind), target,
                "is no formula");
    }

    void check_narrow(TensorId target) {
        const Definition* definition = network_.definition(target);
        const auto* dense = definition ? std::get_if<Dense>(&definition->kind) : nullptr;
        if (!dense) return check_formula(target);
        require(dense->transposed && network_[dense->weight].shape[1] <= narrow_terms, target,
                "is a product that does not belong into a scan");
        require(!stored(target), target, "is a product inside a scan and stored");
        read_stored(target, dense->source);
        read_stored(target, dense->weight);
    }

    /// Reads inside a scan: of what stands above at the same step, of the past (future) in the
    /// scan's direction, of recomputed values, else of stored ones.
    void check_reads(const ScanTask& scan, TensorId target, const Targets& above) {
        for (const Use& use : step::reads_of(network_, *network_.definition(target))) {
            if (contains(scan.recompute, use.tensor)) continue;
            if (!contains(scan.body, use.tensor)) {
                read_stored(target, use.tensor);
                continue;
            }
            const bool fits = use.lag == 0  ? contains(above, use.tensor)
                              : use.lag > 0 ? scan.order == Order::Forward
                                            : scan.order == Order::Backward;
            require(fits, target, "reads " + network_[use.tensor].name + " against the order");
        }
    }

    void check_recompute(const ScanTask& scan) {
        require_order(scan.recompute.empty() || scan.order == Order::Backward, scan);
        Targets above;
        for (TensorId target : scan.recompute) {
            check_space(scan, target);
            check_formula(target);
            require(!stored(target), target, "is computed again though it is stored");
            for (const Use& use : step::reads_of(network_, *network_.definition(target))) {
                if (!contains(scan.recompute, use.tensor)) {
                    read_stored(target, use.tensor);
                    continue;
                }
                require(use.lag > 0 || (use.lag == 0 && contains(above, use.tensor)), target,
                        "is computed again before " + network_[use.tensor].name);
            }
            above.push_back(target);
        }
    }

    void require_order(bool holds, const ScanTask& scan) {
        if (!holds) fail(scan.recompute[0], "is computed again by a scan that is not backward");
    }

    void check(const ScanTask& scan) {
        check_recompute(scan);
        Targets above;
        for (TensorId target : scan.body) {
            check_space(scan, target);
            require(network_[target].per_step == (scan.order != Order::Once), target,
                    "does not go with the steps of its scan");
            check_narrow(target);
            check_reads_of_formula(scan, target, above);
            above.push_back(target);
        }
        for (TensorId target : scan.body) computed(target);
        for (TensorId target : scan.sums) check_sum(scan, target);
        check_updates(scan);
    }

    void check_reads_of_formula(const ScanTask& scan, TensorId target, const Targets& above) {
        const Definition* definition = network_.definition(target);
        if (definition && std::holds_alternative<Formula>(definition->kind)) {
            check_reads(scan, target, above);
        }
    }

    void check_sum(const ScanTask& scan, TensorId target) {
        const Definition* definition = network_.definition(target);
        const auto* sum = definition ? std::get_if<SumTo>(&definition->kind) : nullptr;
        if (!sum) return fail(target, "is no sum");
        check_space(scan, target);
        require(contains(scan.body, sum->source) && !network_[target].per_step, target,
                "is no sum over the steps of its scan");
        require(stored(target), target, "is a sum without storage");
        computed(target);
    }

    void check_updates(const ScanTask& scan) {
        for (std::uint32_t index : scan.updates) {
            const Update& update = network_.updates[index];
            check_space(scan, update.target);
            for (const Use& use : step::reads_of(network_, update)) {
                if (!contains(scan.body, use.tensor)) read_stored(update.target, use.tensor);
            }
        }
        require_once(scan);
        for (std::uint32_t index : scan.updates) {
            const TensorId target = network_.updates[index].target;
            require(!updated_[target.index], target, "is updated twice");
            updated_[target.index] = true;
        }
    }

    void require_once(const ScanTask& scan) {
        if (scan.updates.empty() || scan.order == Order::Once) return;
        fail(network_.updates[scan.updates[0]].target, "is updated in a scan over steps");
    }

    // ---- loops: everything is per step; lagged reads take stored values ----

    Targets loop_targets(const LoopTask& loop) const {
        Targets all;
        for (const Task& task : loop.tasks) {
            if (const auto* scan = std::get_if<ScanTask>(&task)) {
                all.insert(all.end(), scan->body.begin(), scan->body.end());
            } else if (const auto* single = std::get_if<OperatorTask>(&task)) {
                all.push_back(single->target);
            }
        }
        return all;
    }

    void check(const LoopTask& loop) {
        const Targets all = loop_targets(loop);
        Targets above;
        for (const Task& task : loop.tasks) {
            if (const auto* scan = std::get_if<ScanTask>(&task)) {
                const std::size_t before = above.size();
                for (TensorId target : scan->body) {
                    check_space(*scan, target);
                    check_formula(target);
                    check_loop_reads(loop, all, above, before, target);
                    above.push_back(target);
                }
                if (scan->order != Order::Once || !scan->recompute.empty() || !scan->sums.empty() ||
                    !scan->updates.empty()) {
                    broken_.push_back("a scan inside a loop does more than its step");
                }
            } else if (const auto* single = std::get_if<OperatorTask>(&task)) {
                check_loop_reads(loop, all, above, above.size(), single->target);
                require(stored(single->target), single->target,
                        "is an operator's result without storage");
                above.push_back(single->target);
            } else {
                broken_.push_back("a loop inside a loop");
            }
        }
        for (TensorId target : all) {
            require(network_[target].per_step, target, "is inside a loop without steps");
            computed(target);
        }
    }

    /// `above` up to `before` are values of other tasks of this step.
    void check_loop_reads(const LoopTask& loop, const Targets& all, const Targets& above,
                          std::size_t before, TensorId target) {
        const Definition* definition = network_.definition(target);
        if (!definition) return fail(target, "has no definition");
        for (const Use& use : step::reads_of(network_, *definition)) {
            if (!contains(all, use.tensor)) {
                read_stored(target, use.tensor);
                continue;
            }
            const auto found = std::find(above.begin(), above.end(), use.tensor);
            const bool fits = use.lag == 0  ? found != above.end()
                              : use.lag > 0 ? loop.order == Order::Forward
                                            : loop.order == Order::Backward;
            require(fits, target, "reads " + network_[use.tensor].name + " against the order");
            const bool same_task = use.lag == 0 && std::size_t(found - above.begin()) >= before;
            require(same_task || stored(use.tensor), target,
                    "reads " + network_[use.tensor].name + ", which is not stored");
        }
    }

    const Network& network_;
    const StepProgram& program_;
    std::vector<std::string> broken_;
    std::vector<bool> ready_;    // by tensor: given, or computed by an earlier task
    std::vector<bool> updated_;  // by tensor
};

}  // namespace

std::vector<std::string> verify(const Network& network, const StepProgram& program) {
    return ProgramVerifier(network, program).run();
}

}  // namespace snnc::ir
