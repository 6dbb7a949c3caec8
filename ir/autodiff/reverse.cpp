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

Adjoints leaf_adjoints(ExprPool& pool, ExprId root, const Value& seed);

/// Both branches with the same seed; the condition chooses for every leaf.
void through_select(ExprPool& pool, const ExprNode& node, const Value& seed, Adjoints& leaves) {
    const Value condition(pool, node.args[0]), zero = seed.constant(0);
    Adjoints taken = leaf_adjoints(pool, node.args[1], seed);
    const Adjoints other = leaf_adjoints(pool, node.args[2], seed);
    for (const auto& [leaf, value] : other) taken.try_emplace(leaf, zero);
    for (const auto& [leaf, value] : taken) {
        const auto found = other.find(leaf);
        accumulate(leaves, leaf,
                   select(condition, value, found == other.end() ? zero : found->second));
    }
}

Adjoints leaf_adjoints(ExprPool& pool, ExprId root, const Value& seed) {
    std::set<ExprId> seen;
    std::vector<ExprId> order;
    collect(pool, root, seen, order);

    Adjoints adjoints, leaves;
    accumulate(adjoints, root, seed);
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
        const auto found = adjoints.find(*it);
        if (found == adjoints.end()) continue;
        const Value adjoint = found->second;
        const ExprNode node = pool[*it];
        if (node.op == Op::Read) {
            accumulate(leaves, *it, adjoint);
        } else if (node.op == Op::Select) {
            through_select(pool, node, adjoint, leaves);
        } else {
            const std::vector<ExprId> local = partials(pool, *it);
            for (std::size_t i = 0; i < local.size(); ++i)
                if (local[i].valid())
                    accumulate(adjoints, node.args[i], adjoint * Value(pool, local[i]));
        }
    }
    return leaves;
}

}  // namespace

std::vector<ReadAdjoint> reverse(ExprPool& pool, ExprId root, ExprId seed) {
    std::vector<ReadAdjoint> result;
    for (const auto& [leaf, value] : leaf_adjoints(pool, root, Value(pool, seed)))
        result.push_back({pool[leaf].tensor, pool[leaf].lag, value.id()});
    return result;
}

}  // namespace snnc::ir
