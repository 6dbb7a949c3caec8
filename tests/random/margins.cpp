#include "tests/random/margins.h"

#include <algorithm>
#include <cmath>

namespace snnc::test {

using namespace ir;
using ir::test::Run;

Margins::Margins(Network& network) : network_(network) {
    const std::size_t count = network.definitions.size();
    for (std::size_t i = 0; i < count; ++i) {
        const Definition definition = network.definitions[i];
        if (const auto* formula = std::get_if<Formula>(&definition.kind))
            look(formula->value, definition.target);
        else if (const auto* winner = std::get_if<Winner>(&definition.kind))
            ranked_.push_back(winner->source);
        else if (const auto* most = std::get_if<MaxOverTime>(&definition.kind))
            courses_.push_back(most->source);
        else if (const auto* pool = std::get_if<MaxPool>(&definition.kind))
            pooled_.push_back(pool->source);
    }
}

std::vector<TensorId> Margins::tensors() const {
    std::vector<TensorId> all = distances_;
    all.insert(all.end(), ranked_.begin(), ranked_.end());
    all.insert(all.end(), courses_.begin(), courses_.end());
    all.insert(all.end(), pooled_.begin(), pooled_.end());
    return all;
}

double Margins::smallest(const Run& a, const Run& b, const RunSize& size, bool exact) const {
    double least = INFINITY;
    const auto take = [&](double x, double y) {
        if (!(exact && x == 0 && y == 0)) least = std::min({least, std::abs(x), std::abs(y)});
    };
    for (const TensorId id : distances_)
        for (std::size_t i = 0; i < a[id].size(); ++i) take(a[id][i], b[id][i]);
    // Elements of which the largest is taken: all of a row, or those of a channel.
    const auto take_pairs = [&](TensorId id, std::size_t n) {
        for (std::size_t row = 0; row < a[id].size(); row += n)
            for (std::size_t i = row; i < row + n; ++i)
                for (std::size_t j = row; j < i; ++j)
                    take(a[id][i] - a[id][j], b[id][i] - b[id][j]);
    };
    for (const TensorId id : ranked_)
        take_pairs(id, std::size_t(element_count(network_[id].shape)));
    for (const TensorId id : pooled_)
        take_pairs(id, std::size_t(planes_of(network_[id].shape).plane()));
    for (const TensorId id : courses_) {
        const std::size_t n = a[id].size() / std::size_t(size.steps);
        for (std::size_t i = 0; i < a[id].size(); ++i)
            for (std::size_t j = i % n; j < i; j += n)
                take(a[id][i] - a[id][j], b[id][i] - b[id][j]);
    }
    return least;
}

void Margins::look(ExprId root, TensorId target) {
    ExprPool& pool = network_.pool;
    std::vector<ExprId> open{root};
    std::set<ExprId> seen;
    while (!open.empty()) {
        const ExprId id = open.back();
        open.pop_back();
        if (!seen.insert(id).second) continue;
        const ExprNode node = pool[id];
        for (const ExprId argument : node.arguments()) open.push_back(argument);
        decision(node, target);
    }
}

void Margins::decision(const ExprNode& node, TensorId target) {
    ExprPool& pool = network_.pool;
    switch (node.op) {
        case Op::Spike:
        case Op::Step:
        case Op::Sign:
        case Op::Relu:
        case Op::Abs: add(node.args[0], target); break;
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Min:
        case Op::Max: add(pool.make(Op::Sub, node.args[0], node.args[1]), target); break;
        case Op::Clip:
            add(pool.make(Op::Sub, node.args[0], node.args[1]), target);
            add(pool.make(Op::Sub, node.args[0], node.args[2]), target);
            break;
        case Op::Floor:
        case Op::Ceil:
            add(pool.make(Op::Sub, node.args[0], pool.make(Op::Round, node.args[0])), target);
            break;
        case Op::Round:
            add(pool.make(Op::Sub,
                          pool.make(Op::Sub, node.args[0], pool.make(Op::Floor, node.args[0])),
                          pool.constant(0.5)),
                target);
            break;
        default: break;
    }
}

void Margins::add(ExprId distance, TensorId target) {
    const ir::Tensor& like = network_[target];
    if (!known_.insert({distance, like.per_step, like.per_sample, like.shape}).second) return;
    ir::Tensor tensor;
    tensor.name = "margin" + std::to_string(distances_.size());
    tensor.shape = like.shape;
    tensor.per_step = like.per_step;
    tensor.per_sample = like.per_sample;
    distances_.push_back(network_.add(std::move(tensor)));
    network_.define(distances_.back(), Formula{distance});
}

}  // namespace snnc::test
