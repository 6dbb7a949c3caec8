// Dimensions along the edges of a network: what each element hands on, and what its targets take
// (language.md 8.9). Arrays and weights are numbers; `-> scale(1pA) ->` gives what passes a unit.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

void NetworkBuilder::check_dimensions() {
    struct Arrival {
        Node* node;
        Edge* edge;
    };
    std::vector<Arrival> arrivals;
    for (const auto& node : nodes_)
        for (Edge& edge : node->edges) arrivals.push_back({node.get(), &edge});
    std::stable_sort(arrivals.begin(), arrivals.end(), [](const Arrival& a, const Arrival& b) {
        return a.edge->target_range.begin < b.edge->target_range.begin;
    });
    for (const auto& node : nodes_) dimension_of(*node);  // the arguments of all layers
    for (const Arrival& arrival : arrivals) check_arrival(*arrival.node, *arrival.edge);
    for (const auto& node : nodes_) {
        if (!node->use || !node->recurrent) continue;
        const Name* output = node->use->first_output();
        const Name* port = node->use->first_input();
        if (!output || !port) continue;
        Node& layer = *node->recurrent;
        const Dimension fed = through(layer, node->use->dimension(output->text));
        node->use->arrive(port->text, fed, layer.range, {});
    }
}

void NetworkBuilder::check_arrival(Node& node, Edge& edge) {
    if (!node.use) return;
    const Name* port = edge.port.empty() ? node.use->first_input() : node.use->input(edge.port);
    if (port)
        node.use->arrive(port->text, dimension_from(edge), edge.source_range, edge.target_range);
}

Dimension NetworkBuilder::dimension_from(const Edge& edge) {
    Node& from = *edge.from;
    if (!from.use) return dimension_of(from);
    const Name* output = from.use->first_output();
    if (!edge.member.empty()) return from.use->dimension(edge.member);
    return output ? from.use->dimension(output->text) : Dimension::any();
}

/// What an input, a layer or a network hands on.
Dimension NetworkBuilder::dimension_of(Node& node) {
    if (node.use) return Dimension::any();
    if (node.dimension) return *node.dimension;
    node.dimension = Dimension::any();  // in a circle of layers, which is an error
    if (node.kind == Node::Kind::Input) {
        node.dimension = arriving_;
    } else if (!node.edges.empty()) {
        const Dimension source = dimension_from(node.edges[0]);
        if (node.kind == Node::Kind::Layer) node.dimension = through(node, source);
        if (node.inner) node.dimension = node.inner->dimension_inside(source);
    }
    return *node.dimension;
}

/// A network that is used as a layer: what its first output has.
Dimension NetworkBuilder::dimension_inside(const Dimension& arriving) {
    arriving_ = arriving;
    check_dimensions();
    for (const NetworkStatement& statement : decl_.statements) {
        const auto* output = std::get_if<NetworkOutput>(&statement.node);
        Node* node = output ? member(output->path.head.text) : nullptr;
        if (!node) continue;
        const auto* behind = output->path.suffixes.empty()
                                 ? nullptr
                                 : std::get_if<MemberSuffix>(&output->path.suffixes[0]);
        if (!node->use) return dimension_of(*node);
        return behind ? node->use->dimension(behind->name.text) : Dimension::any();
    }
    return Dimension::any();
}

/// Of a layer: factors with a unit multiply, lengths of delays are counted, everything else is a
/// number. A bias counts in the unit of the products to which it is added.
Dimension NetworkBuilder::through(Node& layer, const Dimension& source) {
    const std::string& kind = layer.callee.name->text;
    Dimension result = source;
    for (const Argument* argument : layer.arguments) {
        const Expr& value = *argument->value.value;
        const bool factor = argument->name ? kind == "sparse" && argument->name->text == "w"
                                           : kind == "scale" || kind == "one_to_one";
        if (factor)
            result = context_.dimensions.expressions.drawn(value, dimensions_) * source;
        else if (kind == "delay" && !argument->name && !dimensions_.is_number(value))
            dimensions_.check_length(value, "the delay");
        else if (argument->value.pattern_indices.empty())
            dimensions_.check_number(value, fmt::format("`{}` takes", kind));
    }
    return kind == "batchnorm" ? Dimension() : result;
}

}  // namespace snnc::frontend
