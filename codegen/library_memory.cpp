#include "codegen/library_memory.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace snnc::codegen {
namespace {

constexpr std::int64_t line = 64;

/// What a region needs beyond its rows at most: its room, rounded up.
constexpr std::int64_t slack = region_room + line - 1;

void add_rows(SizeFormula& size, const Slot& shape) {
    const bool grows = shape.per_step && shape.ring == 0;
    const std::int64_t bytes =
        shape.row_bytes * (shape.per_step && shape.ring > 0 ? shape.ring : 1);
    if (grows)
        (shape.per_sample ? size.per_step_and_sample : size.per_step) += bytes;
    else
        (shape.per_sample ? size.per_sample : size.constant) += bytes;
}

class MemoryPlanner {
 public:
    MemoryPlanner(const LibraryProgram& program, const BufferPlan& plan)
        : network_(program.network), program_(program.program), plan_(plan) {
        for (const LibraryArray& array : program.arrays) {
            // What the caller counts in another unit is converted on the way in, and what it may
            // leave out is computed all the same.
            const bool converted = array.use != LibraryArray::Use::Output && array.factor != 1;
            if (converted) given_.insert(array.tensor);
            if (!converted && !array.optional) elsewhere_.insert(array.tensor);
        }
        for (const BlockEntry& entry : program.entries) elsewhere_.insert(entry.tensor);
        for (const auto& [tensor, bytes] : program.constants) elsewhere_.insert(tensor);
        for (const ir::CarriedPast& past : program.pasts)
            given_.insert(past.given.begin(), past.given.end());
    }

    MemoryPlan run(const SizeFormula& kernel_memory) {
        find_padded();
        for (std::size_t i = 0; i < plan_.slots.size(); ++i) result_.of_slot.push_back(place(i));
        if (!network_.streams.empty()) result_.numbers = add({4, false, true, -1, 0}, false);
        if (plan_.scratch_bytes_per_step > 0)
            result_.scratch = add({plan_.scratch_bytes_per_step, true, false, -1, 0}, false);
        add_kernel_memory(kernel_memory);
        result_.size.constant += line;  // the memory may begin anywhere
        return std::move(result_);
    }

 private:
    /// What compiled code reads beyond what it writes: words of bits, padded windows, parts.
    void find_padded() {
        const auto mark = [&](std::int32_t slot) {
            if (slot >= 0) padded_.insert(slot);
        };
        for (const std::int32_t slot : plan_.bits) mark(slot);
        for (const auto& [tensor, slot] : plan_.turned_windows) mark(slot);
        for (const auto& [tensor, slot] : plan_.partial) mark(slot);
    }

    int place(std::size_t slot) {
        const Slot& shape = plan_.slots[slot];
        if (shape.port >= 0) {
            const ir::Port& port = program_.ports[std::size_t(shape.port)];
            if (is_elsewhere(port.tensor)) return -1;
            if (port.direction != ir::Port::Direction::Out && !given_.contains(port.tensor))
                throw std::logic_error("nobody gives " + network_[port.tensor].name);
        }
        return add(shape, padded_.contains(std::int32_t(slot)));
    }

    /// Numbers of the run stand on the stack.
    bool is_elsewhere(ir::TensorId tensor) const {
        return network_[tensor].role == ir::Role::HyperParameter || elsewhere_.contains(tensor);
    }

    /// One behind the other, so that they are one piece.
    void add_kernel_memory(const SizeFormula& size) {
        const Slot parts[] = {{size.constant, false, false, -1, 0},
                              {size.per_step, true, false, -1, 0},
                              {size.per_sample, false, true, -1, 0},
                              {size.per_step_and_sample, true, true, -1, 0}};
        for (const Slot& part : parts) {
            if (part.row_bytes == 0) continue;
            const int region = add(part, false);
            if (result_.kernels < 0) result_.kernels = region;
        }
    }

    int add(const Slot& shape, bool zeroed) {
        result_.regions.push_back({shape, zeroed});
        add_rows(result_.size, shape);
        result_.size.constant += slack;
        return int(result_.regions.size()) - 1;
    }

    const ir::Network& network_;
    const ir::StepProgram& program_;
    const BufferPlan& plan_;
    std::set<ir::TensorId> elsewhere_;  // arrays and blocks of the caller, constants
    std::set<ir::TensorId> given_;      // what the run is given in its memory
    std::set<std::int32_t> padded_;
    MemoryPlan result_;
};

}  // namespace

MemoryPlan plan_memory(const LibraryProgram& program, const BufferPlan& plan,
                       const SizeFormula& kernel_memory) {
    return MemoryPlanner(program, plan).run(kernel_memory);
}

SizeFormula larger(const SizeFormula& a, const SizeFormula& b) {
    return {std::max(a.constant, b.constant), std::max(a.per_step, b.per_step),
            std::max(a.per_sample, b.per_sample),
            std::max(a.per_step_and_sample, b.per_step_and_sample)};
}

std::int64_t past_row_bytes(const ir::Network& network, const ir::CarriedPast& past) {
    return 4 * ir::element_count(network[past.past.tensor].shape);
}

SizeFormula state_size(const LibraryProgram& run) {
    SizeFormula size;
    size.constant = head_bytes + line;  // the state may begin anywhere
    for (const ir::CarriedPast& past : run.pasts) {
        const std::int64_t bytes = past.past.depth() * past_row_bytes(run.network, past);
        (run.network[past.past.tensor].per_sample ? size.per_sample : size.constant) += bytes;
        size.constant += line - 1;
    }
    return size;
}

}  // namespace snnc::codegen
