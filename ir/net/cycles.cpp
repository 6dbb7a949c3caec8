#include "ir/net/cycles.h"

#include <vector>

namespace snnc::ir {
namespace {

/// Takes away whatever reads nothing that is left, then whatever nothing left reads; what stays
/// lies on cycles or between them.
class CycleFinder {
 public:
    explicit CycleFinder(const Network& network)
        : network_(network), readers_(network.tensors.size()), operands_(network.tensors.size()) {
        for (const Definition& definition : network.definitions)
            for (const Use& use : uses(network, definition)) {
                if (use.lag == 0) connect(use.tensor, definition.target);
                if (use.lag > 0 && network[use.tensor].initial.valid())
                    connect(network[use.tensor].initial, definition.target);
            }
    }

    std::string run() const {
        std::vector<bool> left(network_.tensors.size(), true);
        take_away(left, operands_, readers_);
        take_away(left, readers_, operands_);
        std::string names;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (left[i]) names += (names.empty() ? "" : ", ") + network_.tensors[i].name;
        return names;
    }

 private:
    using Edges = std::vector<std::vector<TensorId>>;

    void connect(TensorId operand, TensorId target) {
        readers_[operand.index].push_back(target);
        operands_[target.index].push_back(operand);
    }

    static void take_away(std::vector<bool>& left, const Edges& needs, const Edges& needed_by) {
        std::vector<std::size_t> pending(left.size());
        std::vector<std::uint32_t> free;
        for (std::uint32_t i = 0; i < left.size(); ++i) {
            for (const TensorId need : needs[i]) pending[i] += left[need.index];
            if (left[i] && pending[i] == 0) free.push_back(i);
        }
        while (!free.empty()) {
            const std::uint32_t i = free.back();
            free.pop_back();
            left[i] = false;
            for (const TensorId other : needed_by[i])
                if (left[other.index] && --pending[other.index] == 0) free.push_back(other.index);
        }
    }

    const Network& network_;
    Edges readers_, operands_;
};

}  // namespace

std::string cycle_within_step(const Network& network) { return CycleFinder(network).run(); }

}  // namespace snnc::ir
