#include "ir/autodiff/reverse.h"

#include <map>
#include <set>

#include "ir/autodiff/differentiate.h"
#include "ir/expr/value.h"

namespace snnc::ir {
namespace {

/// Adjoint by node; a node that is missing receives nothing. Ordered, so that results do not depend
/// on addresses.
using Adjoints = std::map<ExprId, Value>;

void accumulate(Adjoints& adjoints, ExprId id, const Value& value) {
    if (value.is(0)) return;
    const auto [place, added] = adjoints.try_emplace(id, value);
    if (!added) place->second = place->second + value;
}

/// Nodes below `root`, operands first; the branches of an `if` are left to themselves.
void collect(const ExprPool& pool, ExprId root, std::set<ExprId>& seen,
             std::vector<ExprId>& order) {
    std::vector<std::pair<ExprId, bool>> stack = {{root, false}};
    while (!stack.empty()) {
        const auto [id, done] = stack.back();
        stack.pop_back();
        if (done) {
            order.push_back(id);
            continue;
        }
        if (!seen.insert(id).second) continue;
        stack.push_back({id, true});
        if (pool[id].op == Op::Select) continue;
        for (const ExprId operand : pool[id].arguments()) stack.push_back({operand, false});
    }
}

/// What leaves receive. Formulas share nodes, and a Select passes its seed to both branches: each
/// pair of a node and a seed is worked out once.
class LeafAdjoints {
 public:
    explicit LeafAdjoints(ExprPool& pool) : pool_(pool) {}

    const Adjoints& of(ExprId root, const Value& seed) {
        const auto [place, is_new] = known_.try_emplace({root, seed.id()});
        if (!is_new) return place->second;
        return place->second = known_.size() > most_seeds && !seed.is(1)
                                   ? scaled(of(root, seed.constant(1)), seed)
                                   : worked_out(root, seed);
    }

 private:
    /// Where branches nest in shared branches, and each has a factor of its own, the number of
    /// seeds doubles with each. Beyond this one nodes are worked out for 1 alone, and what comes of
    /// it is multiplied: the same but for rounding, where the seed is finite.
    static constexpr std::size_t most_seeds = 10000;

    static Adjoints scaled(const Adjoints& of_one, const Value& seed) {
        Adjoints leaves;
        for (const auto& [leaf, value] : of_one) accumulate(leaves, leaf, seed * value);
        return leaves;
    }

    /// Both branches with the same seed; the condition chooses for every leaf.
    void through_select(const ExprNode& node, const Value& seed, Adjoints& leaves) {
        const Value condition(pool_, node.args[0]), zero = seed.constant(0);
        Adjoints taken = of(node.args[1], seed);
        const Adjoints& other = of(node.args[2], seed);
        for (const auto& [leaf, value] : other) taken.try_emplace(leaf, zero);
        for (const auto& [leaf, value] : taken) {
            const auto found = other.find(leaf);
            accumulate(leaves, leaf,
                       select(condition, value, found == other.end() ? zero : found->second));
        }
    }

    Adjoints worked_out(ExprId root, const Value& seed) {
        std::set<ExprId> seen;
        std::vector<ExprId> order;
        collect(pool_, root, seen, order);

        Adjoints adjoints, leaves;
        accumulate(adjoints, root, seed);
        for (auto it = order.rbegin(); it != order.rend(); ++it) {
            const auto found = adjoints.find(*it);
            if (found == adjoints.end()) continue;
            const Value adjoint = found->second;
            const ExprNode node = pool_[*it];
            if (node.op == Op::Read) {
                accumulate(leaves, *it, adjoint);
            } else if (node.op == Op::Select) {
                through_select(node, adjoint, leaves);
            } else {
                const std::vector<ExprId> local = partials(pool_, *it);
                for (std::size_t i = 0; i < local.size(); ++i)
                    if (local[i].valid())
                        accumulate(adjoints, node.args[i], adjoint * Value(pool_, local[i]));
            }
        }
        return leaves;
    }

    ExprPool& pool_;
    std::map<std::pair<ExprId, ExprId>, Adjoints> known_;
};

}  // namespace

std::vector<ReadAdjoint> reverse(ExprPool& pool, ExprId root, ExprId seed) {
    std::vector<ReadAdjoint> result;
    LeafAdjoints adjoints(pool);
    for (const auto& [leaf, value] : adjoints.of(root, Value(pool, seed)))
        result.push_back({pool[leaf].tensor, pool[leaf].lag, value.id()});
    return result;
}

}  // namespace snnc::ir
