#include "codegen/plan.h"

#include <algorithm>
#include <set>

#include "codegen/kernels.h"
#include "codegen/loop_memory.h"

namespace snnc::codegen {
namespace {

template <class Visit>
void for_each_scan(const std::vector<ir::Task>& tasks, const Visit& visit) {
    for (const ir::Task& task : tasks) {
        if (const auto* scan = std::get_if<ir::ScanTask>(&task)) visit(*scan);
        if (const auto* loop = std::get_if<ir::LoopTask>(&task)) for_each_scan(loop->tasks, visit);
    }
}

class Planner {
 public:
    Planner(const ir::Network& network, const ir::StepProgram& program, const Target& target)
        : network_(network), program_(program), rings_(loop_memory(network, program)) {
        plan_.lanes = target.lanes;
    }

    BufferPlan run() {
        place_ports();
        place_stored();
        for_each_scan(program_.tasks, [&](const ir::ScanTask& scan) {
            turn_weights(scan);
            const auto kept = std::int64_t(kept_values(network_, scan).size());
            plan_.scratch_bytes_per_step =
                std::max(plan_.scratch_bytes_per_step, kept * strip_vectors * plan_.lanes * 4);
        });
        unpack_sources(program_.tasks);
        return std::move(plan_);
    }

 private:
    Slot slot_of(const ir::Tensor& tensor, std::int64_t row_bytes) const {
        return {row_bytes, tensor.per_step, tensor.per_sample, -1, 0};
    }
    std::int32_t add(const Slot& slot) {
        plan_.slots.push_back(slot);
        return std::int32_t(plan_.slots.size() - 1);
    }

    void place_ports() {
        plan_.values.assign(network_.tensors.size(), -1);
        plan_.bits.assign(network_.tensors.size(), -1);
        for (std::size_t i = 0; i < program_.ports.size(); ++i) {
            const ir::TensorId id = program_.ports[i].tensor;
            Slot slot = slot_of(network_[id], 4 * ir::element_count(network_[id].shape));
            slot.port = std::int32_t(i);
            plan_.values[id.index] = add(slot);
        }
    }

    void place_stored() {
        for (std::uint32_t i = 0; i < network_.tensors.size(); ++i) {
            const ir::Tensor& tensor = network_.tensors[i];
            const std::int64_t count = ir::element_count(tensor.shape);
            const ir::Storage storage = program_.storage[i];
            if (storage == ir::Storage::Bits)
                plan_.bits[i] = add(slot_of(tensor, (count + 63) / 64 * 8));
            else if (storage != ir::Storage::None && plan_.values[i] < 0)
                plan_.values[i] = add(slot_of(tensor, 4 * count));
            else
                continue;
            if (const auto ring = rings_.find({i}); ring != rings_.end())
                plan_.slots.back().ring = ring->second;
        }
    }

    void unpack_sources(const std::vector<ir::Task>& tasks) {
        for (const ir::Task& task : tasks) {
            if (const auto* loop = std::get_if<ir::LoopTask>(&task)) unpack_sources(loop->tasks);
            const auto* op = std::get_if<ir::OperatorTask>(&task);
            if (!op) continue;
            const auto call = convolution_of(network_, *network_.definition(op->target));
            if (call && skips_zeros(network_, plan_, *call)) turn_window(*call);
            if (!call || call->kernel.kind == ConvolutionKind::Source) continue;
            if (!walks_spikes(plan_, *call))
                unpack(call->a);
            else if (call->kernel.kind == ConvolutionKind::Forward)
                turn_taps(call->b);
            else
                plan_.partial[op->target] = add(slot_of_parts(op->target));
        }
    }
    void turn_window(const ConvolutionCall& call) {
        if (plan_.turned_windows.count(call.b)) return;
        const ConvolutionKernel& k = call.kernel;
        const std::int64_t vectors = (k.window.places() * k.in() + plan_.lanes - 1) / plan_.lanes;
        plan_.turned_windows[call.b] =
            add({4 * k.result.channels * vectors * plan_.lanes, false, false, -1, 0});
    }
    void turn_taps(ir::TensorId weight) {
        if (plan_.turned_taps.count(weight)) return;
        plan_.turned_taps[weight] =
            add({4 * ir::element_count(network_[weight].shape), false, false, -1, 0});
    }
    Slot slot_of_parts(ir::TensorId id) const {
        return {weight_parts * ir::element_count(network_[id].shape) * 4, false, false, -1, 0};
    }
    void unpack(ir::TensorId id) {
        if (plan_.values[id.index] >= 0 || plan_.unpacked.count(id)) return;
        const ir::Tensor& tensor = network_[id];
        plan_.unpacked[id] = add(slot_of(tensor, 4 * ir::element_count(tensor.shape)));
    }

    void turn_weights(const ir::ScanTask& scan) {
        for (const ir::TensorId id : scan.body) {
            const auto* dense = std::get_if<ir::Dense>(&network_.definition(id)->kind);
            if (!dense || plan_.turned.count(dense->weight)) continue;
            const std::int64_t count = ir::element_count(network_[dense->weight].shape);
            plan_.turned[dense->weight] = add({4 * count, false, false, -1, 0});
        }
    }

    const ir::Network& network_;
    const ir::StepProgram& program_;
    std::map<ir::TensorId, std::int64_t> rings_;
    BufferPlan plan_;
};

}  // namespace

std::vector<ir::TensorId> kept_values(const ir::Network& network, const ir::ScanTask& scan) {
    const std::set<ir::TensorId> recomputed(scan.recompute.begin(), scan.recompute.end());
    std::set<ir::TensorId> read;
    for (const ir::TensorId id : scan.body)
        for (const ir::Use& use : ir::uses(network, *network.definition(id)))
            if (recomputed.count(use.tensor)) read.insert(use.tensor);
    for (const ir::TensorId id : scan.sums) {
        const ir::TensorId source = std::get<ir::SumTo>(network.definition(id)->kind).source;
        if (recomputed.count(source)) read.insert(source);
    }
    return {read.begin(), read.end()};
}

BufferPlan plan_buffers(const ir::Network& network, const ir::StepProgram& program,
                        const Target& target) {
    return Planner(network, program, target).run();
}

}  // namespace snnc::codegen
