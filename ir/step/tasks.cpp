#include "ir/step/tasks.h"

#include <algorithm>

namespace snnc::ir::step {

namespace {

bool is_narrow(const Network& network, const Definition& definition) {
    const auto* dense = std::get_if<Dense>(&definition.kind);
    return dense && dense->transposed && network[definition.target].per_step &&
           network[dense->source].per_step && !network[dense->weight].per_step &&
           network[dense->weight].shape.back() <= narrow_terms;
}

/// The one scan over steps that reads the unit, -1: there is none.
std::int64_t only_scan(const Unit& unit, const Groups& groups) {
    std::int64_t only = -1;
    for (std::uint32_t reader : unit.readers) {
        const std::uint32_t group = groups.of_unit[reader];
        if (only >= 0 && only != group) return -1;
        only = group;
    }
    if (only < 0 || groups.groups[only].kind != Unit::Kind::Scan || !groups.groups[only].steps ||
        groups.groups[only].space != unit.space) {
        return -1;
    }
    return only;
}

/// The scan's direction with the product inside; not possible where a formula cannot read it there.
/// Backward only: what a forward scan reads may have to be computed again, and a product cannot.
Direction direction_with(const Network& network, const Graph& graph, const Group& group,
                         Node product) {
    Direction direction{group.order};
    direction.require(Order::Backward);
    for (const Edge& edge : graph.readers[product]) {
        const Definition& reader = graph.definition(network, edge.node);
        const bool formula = std::holds_alternative<Formula>(reader.kind);
        direction.require(formula ? join_of(network, graph, edge.node, product, edge.lag)
                                  : Join::Never);
    }
    return direction;
}

std::vector<TensorId> targets(const Graph& graph, const std::vector<Node>& nodes) {
    std::vector<TensorId> all;
    for (Node node : nodes) all.push_back(graph.targets[node]);
    return all;
}

/// Where any direction will do: adjoints run backward, so that they can compute forward values
/// again.
Order free_direction(const Network& network, const Graph& graph, const std::vector<Node>& body) {
    const bool adjoint = std::all_of(body.begin(), body.end(), [&](Node node) {
        return network[graph.targets[node]].role == Role::Adjoint;
    });
    return adjoint ? Order::Backward : Order::Forward;
}

ScanTask make_scan(const Network& network, const Graph& graph, const std::vector<Unit>& units,
                   const Group& group) {
    std::vector<Node> body;
    std::vector<Node> sums;
    for (std::uint32_t unit : group.units) {
        std::vector<Node>& part = units[unit].kind == Unit::Kind::Sum ? sums : body;
        part.insert(part.end(), units[unit].nodes.begin(), units[unit].nodes.end());
    }
    std::sort(sums.begin(), sums.end());
    ScanTask scan;
    scan.order = group.order.value_or(free_direction(network, graph, body));
    scan.shape = group.space.shape;
    scan.per_sample = group.space.per_sample;
    scan.body = targets(graph, order_within_step(network, graph, body));
    scan.sums = targets(graph, sums);
    return scan;
}

LoopTask make_loop(const Network& network, const Graph& graph, const Unit& unit) {
    LoopTask loop;
    loop.order = *unit.order;
    const std::vector<Unit> inner = make_loop_units(network, graph, unit);
    const Groups groups = fuse(inner);
    for (const Group& group : groups.groups) {
        if (group.kind == Unit::Kind::Scan) {
            loop.tasks.emplace_back(make_scan(network, graph, inner, group));
        } else {
            loop.tasks.emplace_back(OperatorTask{graph.targets[inner[group.units[0]].nodes[0]]});
        }
    }
    return loop;
}

ScanTask make_update_scan(const Graph& graph, const UpdateGroup& group) {
    ScanTask scan;
    scan.shape = group.space.shape;
    scan.per_sample = group.space.per_sample;
    scan.body = targets(graph, group.formulas);
    scan.updates = group.updates;
    return scan;
}

}  // namespace

void join_narrow_products(const Network& network, const Graph& graph,
                          const std::vector<Unit>& units, Groups& groups) {
    for (std::uint32_t i = 0; i < units.size(); ++i) {
        const Unit& unit = units[i];
        if (unit.kind != Unit::Kind::Operator) continue;
        const Node product = unit.nodes[0];
        const std::int64_t goal = only_scan(unit, groups);
        if (goal < 0 || !is_narrow(network, graph.definition(network, product)) ||
            graph.wanted[graph.targets[product].index] || !graph.update_readers[product].empty()) {
            continue;
        }
        const Direction direction = direction_with(network, graph, groups.groups[goal], product);
        if (!direction.possible) continue;
        groups.groups[goal].order = direction.order;
        groups.groups[goal].units.push_back(i);
        groups.groups[groups.of_unit[i]].units.clear();
        groups.of_unit[i] = std::uint32_t(goal);
    }
}

std::vector<Task> make_tasks(const Network& network, const Graph& graph,
                             const std::vector<Unit>& units, const Groups& groups,
                             const UpdateGroups& updates) {
    std::vector<Task> tasks;
    for (const Group& group : groups.groups) {
        if (group.units.empty()) continue;
        const Unit& first = units[group.units[0]];
        switch (group.kind) {
            case Unit::Kind::Scan:
                tasks.emplace_back(make_scan(network, graph, units, group));
                break;
            case Unit::Kind::Loop: tasks.emplace_back(make_loop(network, graph, first)); break;
            case Unit::Kind::Operator:
            case Unit::Kind::Sum:
                tasks.emplace_back(OperatorTask{graph.targets[first.nodes[0]]});
                break;
        }
    }
    for (const UpdateGroup& group : updates.groups) {
        tasks.emplace_back(make_update_scan(graph, group));
    }
    return tasks;
}

}  // namespace snnc::ir::step
