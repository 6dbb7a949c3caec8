// Sums over cells in differential equations: `mean(v)` of a state that moves along the step.
//
// Such a sum is an operator over a formula that reads states along the step. A solver that goes
// forward by slopes puts values of its own in the place of these states, and each of its stages
// needs the operator anew. The first takes the tensors that are there.
#include <algorithm>

#include "frontend/solver_group.h"

namespace snnc::frontend {

namespace {

/// The source of an operator over cells, nothing for other definitions.
std::optional<ir::TensorId> source_of(const ir::Definition* definition) {
    if (!definition) return std::nullopt;
    if (const auto* sum = std::get_if<ir::SumTo>(&definition->kind)) return sum->source;
    if (const auto* winner = std::get_if<ir::Winner>(&definition->kind)) return winner->source;
    return std::nullopt;
}

}  // namespace

void Group::find_sums(ir::ExprId expr) {
    if (!expr.valid()) return;
    const ir::Network& network = context_.network;
    ir::for_each_read(pool_, expr, [&](const ir::ExprNode& read) {
        const auto source = source_of(network.definition(read.tensor));
        const ir::Definition* operand = source ? network.definition(*source) : nullptr;
        const auto* formula = operand ? std::get_if<ir::Formula>(&operand->kind) : nullptr;
        if (!formula || sums_.count(read.tensor)) return;
        find_sums(formula->value);
        bool moves = reads_along_step(pool_, formula->value);
        ir::for_each_read(pool_, formula->value, [&](const ir::ExprNode& inner) {
            moves = moves || sums_.count(inner.tensor) > 0;
        });
        if (moves) sums_[read.tensor] = {*source, formula->value, {}};
    });
}

bool Group::sum_reads(const MovingSum& sum, ir::TensorId state) const {
    bool found = false;
    ir::for_each_read(pool_, sum.formula, [&](const ir::ExprNode& read) {
        if (read.lag == along_step)
            found =
                found || (state.valid() ? read.tensor == state : index_of(read.tensor).has_value());
        else if (const auto inner = sums_.find(read.tensor); inner != sums_.end())
            found = found || sum_reads(inner->second, state);
    });
    return found;
}

bool Group::sums_along_step(std::size_t i, ir::TensorId state) const {
    bool found = false;
    ir::for_each_read(pool_, right_sides_[i], [&](const ir::ExprNode& read) {
        const auto sum = sums_.find(read.tensor);
        found = found || (sum != sums_.end() && sum_reads(sum->second, state));
    });
    return found;
}

ir::DefinitionKind& Group::kind_of(ir::TensorId tensor) {
    auto& definitions = context_.network.definitions;
    return std::find_if(definitions.rbegin(), definitions.rend(),
                        [&](const ir::Definition& one) { return one.target == tensor; })
        ->kind;
}

ir::TensorId Group::made(ir::TensorId id, const Replacement& value) {
    MovingSum& sum = sums_.at(id);
    const ir::ExprId formula = replaced(sum.formula, value);
    if (const auto known = sum.made.find(formula); known != sum.made.end()) return known->second;
    if (sum.made.empty()) {
        kind_of(sum.operand) = ir::Formula{formula};
        return sum.made[formula] = id;
    }
    const auto again = [&](ir::TensorId model) {
        const ir::Tensor like = context_.network[model];
        const ir::TensorId copy =
            helper(context_, like.name, like.shape, {like.per_step, like.per_sample}, like.range);
        context_.network[copy].kind = like.kind;
        return copy;
    };
    const ir::TensorId operand = again(sum.operand), result = again(id);
    context_.define(operand, ir::Formula{formula});
    ir::DefinitionKind kind = kind_of(id);
    if (auto* total = std::get_if<ir::SumTo>(&kind)) total->source = operand;
    if (auto* winner = std::get_if<ir::Winner>(&kind)) winner->source = operand;
    context_.define(result, kind);
    return sum.made[formula] = result;
}

}  // namespace snnc::frontend
