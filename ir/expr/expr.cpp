#include "ir/expr/expr.h"

#include <bit>

namespace snnc::ir {

const OpInfo& info(Op op) {
    static const OpInfo table[] = {
#define SNNC_OP(name, arity, text, kind) {#name, text, arity, OpKind::kind},
#include "ir/expr/ops.def"
#undef SNNC_OP
    };
    return table[std::size_t(op)];
}

bool operator==(const ExprNode& a, const ExprNode& b) {
    if (a.op != b.op || a.tensor != b.tensor || a.lag != b.lag || a.stream != b.stream)
        return false;
    if (std::bit_cast<std::uint64_t>(a.constant) != std::bit_cast<std::uint64_t>(b.constant))
        return false;
    return a.args[0] == b.args[0] && a.args[1] == b.args[1] && a.args[2] == b.args[2];
}

std::size_t ExprPool::Hash::operator()(const ExprNode& node) const {
    std::uint64_t hash = std::uint64_t(node.op);
    const auto mix = [&](std::uint64_t value) {
        hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    };
    for (const ExprId arg : node.args) mix(arg.index);
    mix(std::bit_cast<std::uint64_t>(node.constant));
    mix(node.tensor.index);
    mix(std::uint64_t(std::int64_t(node.lag)));
    mix(node.stream.index);
    return std::size_t(hash);
}

ExprId ExprPool::intern(const ExprNode& node) {
    const auto [place, added] = ids_.try_emplace(node, std::uint32_t(nodes_.size()));
    if (added) nodes_.push_back(node);
    return {place->second};
}

ExprId ExprPool::constant(double value) {
    ExprNode node;
    node.constant = value;
    return intern(node);
}

ExprId ExprPool::read(TensorId tensor, int lag) {
    ExprNode node;
    node.op = Op::Read;
    node.tensor = tensor;
    node.lag = lag;
    return intern(node);
}

ExprId ExprPool::leaf(Op op) {
    ExprNode node;
    node.op = op;
    return intern(node);
}

ExprId ExprPool::uniform(StreamId stream) {
    ExprNode node;
    node.op = Op::Uniform;
    node.stream = stream;
    return intern(node);
}

ExprId ExprPool::make(Op op, ExprId a) { return make(op, a, {}, {}); }

ExprId ExprPool::make(Op op, ExprId a, ExprId b) { return make(op, a, b, {}); }

ExprId ExprPool::make(Op op, ExprId a, ExprId b, ExprId c) {
    ExprNode node;
    node.op = op;
    node.args[0] = a;
    node.args[1] = b;
    node.args[2] = c;
    return intern(node);
}

bool ExprPool::is_constant(ExprId id, double value) const {
    const ExprNode& node = (*this)[id];
    return node.op == Op::Constant && node.constant == value;
}

/// Without recursion: formulas may be as deep as the text that made them.
std::vector<ExprId> operands_first(const ExprPool& pool, ExprId root) {
    std::vector<ExprId> order;
    std::vector<std::pair<ExprId, bool>> stack = {{root, false}};
    std::unordered_map<std::uint32_t, bool> seen;
    while (!stack.empty()) {
        const auto [id, operands_done] = stack.back();
        stack.pop_back();
        if (operands_done) {
            order.push_back(id);
            continue;
        }
        if (!seen.try_emplace(id.index, true).second) continue;
        stack.push_back({id, true});
        const auto operands = pool[id].arguments();
        for (std::size_t i = operands.size(); i-- > 0;) stack.push_back({operands[i], false});
    }
    return order;
}

void for_each_read(const ExprPool& pool, ExprId root,
                   const std::function<void(const ExprNode&)>& visit) {
    for (const ExprId id : operands_first(pool, root))
        if (pool[id].op == Op::Read) visit(pool[id]);
}

void for_each_draw(const ExprPool& pool, ExprId root,
                   const std::function<void(const ExprNode&)>& visit) {
    for (const ExprId id : operands_first(pool, root))
        if (pool[id].op == Op::Uniform) visit(pool[id]);
}

void for_each_leaf(const ExprPool& pool, ExprId root,
                   const std::function<void(const ExprNode&)>& visit) {
    for (const ExprId id : operands_first(pool, root))
        if (info(pool[id].op).arity == 0) visit(pool[id]);
}

ExprId rewrite_leaves(ExprPool& pool, ExprId root,
                      const std::function<ExprId(ExprId, const ExprNode&)>& replace) {
    std::unordered_map<std::uint32_t, ExprId> done;
    for (const ExprId id : operands_first(pool, root)) {
        const ExprNode node = pool[id];  // a copy: the pool may grow
        if (info(node.op).arity == 0) {
            done[id.index] = replace(id, node);
            continue;
        }
        ExprId args[3];
        for (int i = 0; i < info(node.op).arity; ++i) args[i] = done.at(node.args[i].index);
        done[id.index] = pool.make(node.op, args[0], args[1], args[2]);
    }
    return done.at(root.index);
}

}  // namespace snnc::ir
