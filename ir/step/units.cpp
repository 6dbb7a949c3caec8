#include "ir/step/units.h"

#include <algorithm>
#include <stdexcept>

#include "ir/step/components.h"

namespace snnc::ir::step {

namespace {

bool is_formula(const Network& network, const Graph& graph, Node node) {
    return std::holds_alternative<Formula>(graph.definition(network, node).kind);
}

/// Whether the definition makes or reads per-step tensors: it cannot run before a scan.
bool touches_steps(const Network& network, const Definition& definition) {
    if (network[definition.target].per_step) return true;
    const std::vector<Use> all = reads_of(network, definition);
    return std::any_of(all.begin(), all.end(),
                       [&](const Use& use) { return network[use.tensor].per_step; });
}

[[noreturn]] void fail(const Network& network, const Graph& graph, const std::vector<Node>& nodes,
                       const std::string& what) {
    std::string names;
    for (Node node : nodes) names += " " + network[graph.targets[node]].name;
    throw std::logic_error("lowering: " + what + ":" + names);
}

/// Direction of time of a recurrence, from the signs of the lags inside it.
Order direction(const Network& network, const Graph& graph, const std::vector<Node>& component,
                const std::vector<std::uint32_t>& component_of) {
    bool forward = false;
    bool backward = false;
    for (Node node : component) {
        if (!network[graph.targets[node]].per_step) {
            fail(network, graph, component, "a recurrence through a value of the whole run");
        }
        for (const Edge& edge : graph.reads[node]) {
            if (component_of[edge.node] != component_of[node]) continue;
            forward |= edge.lag > 0;
            backward |= edge.lag < 0;
        }
    }
    if (forward == backward) {
        fail(network, graph, component,
             forward ? "a recurrence in both directions of time" : "a cycle within one step");
    }
    return forward ? Order::Forward : Order::Backward;
}

bool is_recurrent(const Graph& graph, const std::vector<Node>& component) {
    if (component.size() > 1) return true;
    const std::vector<Edge>& reads = graph.reads[component[0]];
    return std::any_of(reads.begin(), reads.end(),
                       [&](const Edge& edge) { return edge.node == component[0]; });
}

bool is_pointwise(const Network& network, const Graph& graph, const std::vector<Node>& component) {
    const Space space = space_of(network, graph.targets[component[0]]);
    return std::all_of(component.begin(), component.end(), [&](Node node) {
        return is_formula(network, graph, node) && space_of(network, graph.targets[node]) == space;
    });
}

/// Kind, direction and space of a unit that is one definition without recurrence.
void describe_single(const Network& network, const Graph& graph, Unit& unit) {
    const Definition& definition = graph.definition(network, unit.nodes[0]);
    unit.steps = touches_steps(network, definition);
    unit.space = space_of(network, definition.target);
    if (std::holds_alternative<Formula>(definition.kind)) {
        unit.kind = Unit::Kind::Scan;
        unit.steps = network[definition.target].per_step;
        if (!unit.steps) unit.order = Order::Once;
    } else {
        unit.kind = is_step_sum(network, definition) ? Unit::Kind::Sum : Unit::Kind::Operator;
    }
}

Unit make_unit(const Network& network, const Graph& graph, const std::vector<Node>& component,
               const std::vector<std::uint32_t>& component_of) {
    Unit unit;
    unit.nodes = component;
    if (!is_recurrent(graph, component)) {
        describe_single(network, graph, unit);
        return unit;
    }
    unit.order = direction(network, graph, component, component_of);
    unit.steps = true;
    unit.nodes = order_within_step(network, graph, component);
    unit.space = space_of(network, graph.targets[component[0]]);
    unit.kind = is_pointwise(network, graph, component) ? Unit::Kind::Scan : Unit::Kind::Loop;
    return unit;
}

void connect(std::vector<Unit>& units, std::uint32_t reader, std::uint32_t source, Join join) {
    units[reader].needs.push_back({source, join});
    units[source].readers.push_back(reader);
}

}  // namespace

bool is_step_sum(const Network& network, const Definition& definition) {
    const auto* sum = std::get_if<SumTo>(&definition.kind);
    if (!sum) return false;
    const Tensor& target = network[definition.target];
    const Tensor& source = network[sum->source];
    return source.per_step && !target.per_step && source.shape == target.shape &&
           source.per_sample == target.per_sample;
}

Join join_of(const Network& network, const Graph& graph, Node reader, Node source, int lag) {
    const Definition& definition = graph.definition(network, reader);
    const Tensor& read = network[graph.targets[source]];
    const Tensor& target = network[definition.target];
    if (space_of(network, definition.target) != space_of(network, graph.targets[source])) {
        return Join::Never;
    }
    if (is_step_sum(network, definition)) return Join::Any;
    if (!std::holds_alternative<Formula>(definition.kind)) return Join::Never;
    if (read.per_step != target.per_step) return Join::Never;
    return lag == 0 ? Join::Any : lag > 0 ? Join::Forward : Join::Backward;
}

std::vector<Unit> make_units(const Network& network, const Graph& graph,
                             const UpdateGroups& updates) {
    const std::vector<std::vector<Node>> components = strong_components(graph);
    std::vector<std::uint32_t> component_of(graph.size());
    for (std::uint32_t i = 0; i < components.size(); ++i) {
        for (Node node : components[i]) component_of[node] = i;
    }
    std::vector<Unit> units;
    std::vector<std::uint32_t> unit_of(graph.size(), 0);
    for (const std::vector<Node>& component : components) {
        if (updates.of_node[component[0]] >= 0) continue;
        const auto index = std::uint32_t(units.size());
        for (Node node : component) unit_of[node] = index;
        units.push_back(make_unit(network, graph, component, component_of));
        for (Node node : component) {
            for (const Edge& edge : graph.reads[node]) {
                if (component_of[edge.node] == component_of[node]) continue;
                connect(units, index, unit_of[edge.node],
                        join_of(network, graph, node, edge.node, edge.lag));
            }
        }
    }
    return units;
}

std::vector<Unit> make_loop_units(const Network& network, const Graph& graph, const Unit& loop) {
    std::vector<Unit> units;
    for (Node node : loop.nodes) {
        Unit unit;
        unit.nodes = {node};
        unit.kind = is_formula(network, graph, node) ? Unit::Kind::Scan : Unit::Kind::Operator;
        unit.order = Order::Once;
        unit.space = space_of(network, graph.targets[node]);
        units.push_back(std::move(unit));
    }
    const auto find = [&](Node node) {
        const auto found = std::find(loop.nodes.begin(), loop.nodes.end(), node);
        return std::uint32_t(found - loop.nodes.begin());
    };
    for (std::uint32_t i = 0; i < units.size(); ++i) {
        const Node node = loop.nodes[i];
        for (const Edge& edge : graph.reads[node]) {
            const std::uint32_t source = find(edge.node);
            if (edge.lag != 0 || source == units.size()) continue;
            connect(units, i, source, join_of(network, graph, node, edge.node, 0));
        }
    }
    return units;
}

void mark_waiting(const Network& network, const Graph& graph,
                  const std::vector<TensorId>& given_later, std::vector<Unit>& units) {
    const auto reads_later = [&](Node node) {
        const std::vector<Use> reads = reads_of(network, graph.definition(network, node));
        return std::any_of(reads.begin(), reads.end(), [&](const Use& use) {
            return std::find(given_later.begin(), given_later.end(), use.tensor) !=
                   given_later.end();
        });
    };
    for (Unit& unit : units) {
        unit.waits = std::any_of(unit.nodes.begin(), unit.nodes.end(), reads_later) ||
                     std::any_of(unit.needs.begin(), unit.needs.end(),
                                 [&](const Need& need) { return units[need.unit].waits; });
    }
}

}  // namespace snnc::ir::step
