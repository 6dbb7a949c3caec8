// The layer `sparse`: edges between single cells (language.md sections 4 and 8.4).
//
// Which pairs have an edge is a chance for each pair here; the edges are drawn with the parameters
// (ir/net/patterns.h).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

using ir::Op;
using Training = ArgumentValue::Training;

// ---- chances -------------------------------------------------------------------------------

namespace {

/// What names mean in a pattern: the two cells, and the network's constants.
class PatternNames : public Names {
 public:
    PatternNames(Names& constants, std::map<std::string, Value> cells)
        : constants_(constants), cells_(std::move(cells)) {}
    Vocabulary vocabulary() const override { return Vocabulary::Constant; }
    Value member(const Path& path) override {
        const auto cell = cells_.find(path.head.text);
        return cell != cells_.end() && path.suffixes.empty() ? cell->second
                                                             : constants_.member(path);
    }
    std::vector<std::string> candidates() const override {
        std::vector<std::string> all = constants_.candidates();
        for (const auto& [name, value] : cells_) all.push_back(name);
        return all;
    }

 private:
    Names& constants_;
    std::map<std::string, Value> cells_;
};

}  // namespace

/// The chance of each pair by `p = …` or `pattern = …`.
std::optional<ir::ExprId> NetworkBuilder::chance(const Node& node) {
    const Argument* p = argument(node, 0, "p");
    const Argument* pattern = argument(node, "pattern");
    if (!p && !pattern) {
        context_
            .error(Code::WrongArguments, node.callee.name->range,
                   "`sparse` says which cells it connects")
            .note(
                "`sparse(p = 0.1)` connects each pair with that chance, "
                "`sparse(pattern = i == j in i, j)` source cell i and target cell j where that "
                "holds");
        return std::nullopt;
    }
    if (p && pattern) {
        context_
            .error(Code::WrongArguments, pattern->range,
                   "`p` and `pattern` both say which cells are connected")
            .label(p->range, "the other stands here");
        return std::nullopt;
    }
    if (pattern) return pattern_chance(*pattern);
    const auto number = expressions_.number(*p->value.value, constants_, "the chance of an edge");
    if (!number) return std::nullopt;
    return context_.network.pool.constant(*number);
}

/// `e in i, j`: what a chance is, or a condition, which is 0 or 1.
std::optional<ir::ExprId> NetworkBuilder::pattern_chance(const Argument& given) {
    const ArgumentValue& value = given.value;
    if (value.training != Training::Default || value.per) {
        context_.error(Code::WrongArguments, value.range, "a pattern is not learned");
        return std::nullopt;
    }
    if (value.pattern_indices.size() != 2) {
        context_.error(Code::WrongArguments, value.range,
                       "a pattern names source and target cell, `pattern = i == j in i, j`");
        return std::nullopt;
    }
    const Name &source = value.pattern_indices[0], &target = value.pattern_indices[1];
    for (const Name* name : {&source, &target}) check_not_reserved(*name, context_.diagnostics);
    if (source.text == target.text) {
        name_twice(target, source.range);
        return std::nullopt;
    }
    ir::ExprPool& pool = context_.network.pool;
    PatternNames names(constants_, {{source.text, Value(pool.leaf(Op::SourceCell))},
                                    {target.text, Value(pool.leaf(Op::TargetCell))}});
    const Value result = expressions_.value(*value.value, names);
    if (result.is_tuple)
        context_.error(Code::WrongType, value.value->range, "a chance is one number, not several");
    if (!result.expr.valid()) return std::nullopt;
    return result.expr;
}

/// How many edges there will be, about; reports chances that are none.
std::optional<ir::Expectation> NetworkBuilder::expectation(const Node& node,
                                                           const ir::Pattern& pattern) {
    const ir::Expectation expected = ir::expect_edges(context_.network.pool, pattern);
    const Argument* given = argument(node, "pattern");
    const bool by_pattern = given != nullptr;
    if (!given) given = argument(node, 0, "p");
    if (const auto& outlier = expected.outlier) {
        const std::string where =
            by_pattern ? fmt::format(" at {} = {}, {} = {}", given->value.pattern_indices[0].text,
                                     outlier->source, given->value.pattern_indices[1].text,
                                     outlier->target)
                       : "";
        const std::string chance =
            std::isnan(outlier->chance) ? "no number" : to_text(outlier->chance);
        context_
            .error(Code::OutOfInterval, given->value.value->range,
                   fmt::format("the chance of an edge lies in [0, 1], and here it is {}{}", chance,
                               where))
            .note(by_pattern ? "a condition, such as `abs(i - j) < 3`, is 0 or 1" : "");
        return std::nullopt;
    }
    if (expected.edges < double(INT32_MAX)) return expected;
    context_.error(Code::NotWhole, given->value.value->range,
                   fmt::format("{} edges are more than snnc can number", to_text(expected.edges)));
    return std::nullopt;
}

// ---- weights -------------------------------------------------------------------------------

std::optional<NetworkBuilder::EdgeWeight> NetworkBuilder::edge_weight(const Node& node,
                                                                      const ir::Pattern& pattern,
                                                                      double edges) {
    const Argument* given = argument(node, "w");
    if (!given) {
        // A layer that is all but empty has bounds all the same.
        const double fan_in = std::max(edges / double(pattern.target_cells), 1e-3);
        const double fan_out = edges / double(pattern.source_cells);
        const auto first = weight_initialiser(node, fan_in, fan_out);
        if (!first) return std::nullopt;
        return EdgeWeight{std::nullopt, first, true};
    }
    if (const Argument* init = argument(node, "init")) {
        context_
            .error(Code::WrongArguments, init->range,
                   "`init` is for the weights of a layer that does not say `w`")
            .label(given->range, "`w` says what they are");
        return std::nullopt;
    }
    const ArgumentValue& value = given->value;
    if (value.per || !value.pattern_indices.empty()) {
        context_.error(Code::WrongArguments, value.range,
                       value.per ? "a drawn or learned weight has one value for each edge already"
                                 : "only the pattern of `sparse` takes index names");
        return std::nullopt;
    }
    const bool learned = value.training == Training::Learn;
    if (as_draw(*value.value)) {
        const auto first = expressions_.drawn(*value.value, constants_);
        if (!first) return std::nullopt;
        return EdgeWeight{std::nullopt, first, learned};
    }
    const auto number = expressions_.number(*value.value, constants_, "the weight");
    if (!number) return std::nullopt;
    if (!learned) return EdgeWeight{*number, std::nullopt, false};
    return EdgeWeight{std::nullopt, ir::Initialiser{ir::Initialiser::Kind::Constant, *number, 0},
                      true};
}

// ---- the layer -----------------------------------------------------------------------------

void NetworkBuilder::declare_sparse(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 1, {"p", "w", "pattern", "init"})) return;
    const auto shape = shape_behind(node);
    if (!shape) {
        context_
            .error(Code::WrongArguments, node.callee.name->range,
                   "`sparse` needs a declared population, `name : Cell[shape]`, behind it")
            .note("it connects the cells in front of it with those behind it");
        return;
    }
    const auto chances = chance(node);
    if (!chances) return;
    ir::Network& network = context_.network;
    const Part from = before_parting(source);
    ir::Pattern pattern;
    pattern.name = node.name;
    pattern.source_cells = ir::element_count(network[source].shape);
    pattern.target_cells = ir::element_count(*shape);
    pattern.chance = *chances;
    const auto expected = expectation(node, pattern);
    if (!expected) return;
    const auto weight = edge_weight(node, pattern, expected->edges);
    if (!weight) return;

    const ir::Shape over_edges{ir::unknown_extent(network.patterns.size())};
    pattern.starts = add_parameter(node, "starts", {pattern.source_cells + 1}, {});
    pattern.targets = add_parameter(node, "targets", over_edges, {});
    for (const ir::TensorId index : {pattern.starts, pattern.targets}) {
        network[index].kind = ir::DataKind::Index;
        network[index].trainable = false;
    }
    if (!weight->constant) {
        pattern.weight = add_parameter(node, "weight", over_edges, *weight->first);
        network[pattern.weight].trainable = weight->learned;
    }
    const ir::Edges edges{pattern.starts, pattern.targets, from.first};
    network.patterns.push_back(pattern);

    const bool scaled = weight->constant && *weight->constant != 1;
    const std::string sum_name = scaled ? node.name + ".sum" : node.name;
    node.output = add_layer_tensor(node, sum_name, *shape, source);
    context_.define(node.output, ir::Sparse{from.whole, pattern.weight, edges});
    if (!scaled) return;
    const Value product =
        apply(context_, Op::Mul,
              {constant(context_, *weight->constant), read(context_, node.output)}, node.range);
    node.output = add_layer_tensor(node, node.name, *shape, source);
    context_.define(node.output, ir::Formula{product.expr});
}

}  // namespace snnc::frontend
