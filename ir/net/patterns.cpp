#include "ir/net/patterns.h"

#include <cmath>
#include <stdexcept>
#include <unordered_map>

#include "ir/expr/evaluate.h"
#include "runtime/philox.h"

namespace snnc::ir {

namespace {

/// The chances of all pairs with one source cell, row after row. What does not depend on the source
/// cell is computed once.
class ChanceRows {
 public:
    ChanceRows(const ExprPool& pool, const Pattern& pattern) {
        std::unordered_map<std::uint32_t, std::uint32_t> number;  // by expression
        for (const ExprId id : operands_first(pool, pattern.chance)) {
            const ExprNode& node = pool[id];
            Operation operation;
            operation.op = node.op;
            operation.by_source = node.op == Op::SourceCell;
            operation.values.assign(std::size_t(pattern.target_cells), node.constant);
            for (std::size_t i = 0; i < node.arguments().size(); ++i) {
                operation.args[i] = number.at(node.args[i].index);
                operation.by_source |= operations_[operation.args[i]].by_source;
            }
            number[id.index] = std::uint32_t(operations_.size());
            operations_.push_back(std::move(operation));
        }
        for (Operation& operation : operations_)
            if (!operation.by_source) compute(operation, 0);
    }

    const std::vector<double>& row(std::int64_t source) {
        for (Operation& operation : operations_)
            if (operation.by_source) compute(operation, source);
        return operations_.back().values;
    }

 private:
    struct Operation {
        Op op = Op::Constant;
        bool by_source = false;  // differs between source cells
        std::uint32_t args[3] = {0, 0, 0};
        std::vector<double> values;  // for each target cell
    };

    void compute(Operation& operation, std::int64_t source) {
        std::vector<double>& values = operation.values;
        if (operation.op == Op::Constant) return;
        if (operation.op == Op::SourceCell) return values.assign(values.size(), double(source));
        const auto operand = [&](int i) { return operations_[operation.args[i]].values.data(); };
        const double *a = operand(0), *b = operand(1), *c = operand(2);
        for (std::size_t j = 0; j < values.size(); ++j)
            values[j] =
                operation.op == Op::TargetCell ? double(j) : apply(operation.op, a[j], b[j], c[j]);
    }

    std::vector<Operation> operations_;  // operands first
};

/// A 32-bit word draws an edge if it is below this.
std::uint64_t threshold(double chance) { return std::uint64_t(std::llround(chance * 0x1p32)); }

/// Numbers of pairs in ascending order, each with its own word of the stream.
class PairWords {
 public:
    PairWords(std::uint64_t seed, const std::string& name)
        : key_(runtime::philox_key(seed, runtime::Purpose::Pattern, name)) {}

    std::uint32_t at(std::uint64_t pair) {
        if (pair / 4 != block_) {
            block_ = pair / 4;
            words_ =
                runtime::philox({std::uint32_t(block_), std::uint32_t(block_ >> 32), 0, 0}, key_);
        }
        return words_[pair % 4];
    }

 private:
    runtime::PhiloxKey key_;
    std::uint64_t block_ = UINT64_MAX;
    runtime::PhiloxBlock words_{};
};

/// `threshold_of(row, j)`: of the pair with the source cell whose row it is.
template <class NextRow, class ThresholdOf>
EdgeList draw(const Pattern& pattern, std::uint64_t seed, NextRow next_row,
              ThresholdOf threshold_of) {
    PairWords words(seed, pattern.name);
    EdgeList edges;
    edges.starts.push_back(0);
    std::uint64_t pair = 0;
    for (std::int64_t i = 0; i < pattern.source_cells; ++i) {
        next_row(i);
        for (std::int64_t j = 0; j < pattern.target_cells; ++j, ++pair)
            if (words.at(pair) < threshold_of(j)) edges.targets.push_back(std::int32_t(j));
        if (edges.targets.size() > std::size_t(INT32_MAX))
            throw std::length_error("more edges than a 32-bit integer counts");
        edges.starts.push_back(std::int32_t(edges.targets.size()));
    }
    return edges;
}

}  // namespace

EdgeList draw_edges(const ExprPool& pool, const Pattern& pattern, std::uint64_t seed) {
    const ExprNode& chance = pool[pattern.chance];
    if (chance.op == Op::Constant) {
        const std::uint64_t same = threshold(chance.constant);
        return draw(
            pattern, seed, [](std::int64_t) {}, [&](std::int64_t) { return same; });
    }
    ChanceRows rows(pool, pattern);
    const double* row = nullptr;
    return draw(
        pattern, seed, [&](std::int64_t i) { row = rows.row(i).data(); },
        [&](std::int64_t j) { return threshold(row[j]); });
}

std::vector<std::uint64_t> pair_numbers(const Pattern& pattern, const EdgeList& edges) {
    std::vector<std::uint64_t> numbers;
    numbers.reserve(edges.targets.size());
    for (std::int64_t i = 0; i < pattern.source_cells; ++i)
        for (std::int32_t e = edges.starts[std::size_t(i)]; e < edges.starts[std::size_t(i) + 1];
             ++e)
            numbers.push_back(std::uint64_t(i) * std::uint64_t(pattern.target_cells) +
                              std::uint64_t(edges.targets[std::size_t(e)]));
    return numbers;
}

void set_edge_count(Network& network, std::size_t pattern, std::int64_t count) {
    for (Tensor& tensor : network.tensors)
        for (std::int64_t& extent : tensor.shape)
            if (extent == unknown_extent(pattern)) extent = count;
}

Expectation expect_edges(const ExprPool& pool, const Pattern& pattern) {
    Expectation result;
    const auto add = [&](std::int64_t i, std::int64_t j, double chance, double times) {
        if (!(chance >= 0 && chance <= 1) && !result.outlier) result.outlier = {i, j, chance};
        result.edges += chance * times;
    };
    const ExprNode& same = pool[pattern.chance];
    if (same.op == Op::Constant) {
        add(0, 0, same.constant, double(pattern.source_cells) * double(pattern.target_cells));
        return result;
    }
    ChanceRows rows(pool, pattern);
    for (std::int64_t i = 0; i < pattern.source_cells && !result.outlier; ++i) {
        const std::vector<double>& row = rows.row(i);
        for (std::size_t j = 0; j < row.size(); ++j) add(i, std::int64_t(j), row[j], 1);
    }
    return result;
}

}  // namespace snnc::ir
