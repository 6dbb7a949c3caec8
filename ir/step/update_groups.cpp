#include "ir/step/update_groups.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace snnc::ir::step {

namespace {

/// The update that writes a tensor, -1: none.
std::vector<std::int32_t> writers(const Network& network) {
    std::vector<std::int32_t> writer(network.tensors.size(), -1);
    for (std::size_t i = 0; i < network.updates.size(); ++i) {
        writer[network.updates[i].target.index] = std::int32_t(i);
    }
    return writer;
}

std::uint32_t find_root(std::vector<std::uint32_t>& parent, std::uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

/// By update: the number of its group; updates over one space that read each other's targets.
std::vector<std::uint32_t> connect(const Network& network,
                                   const std::vector<std::int32_t>& writer) {
    std::vector<std::uint32_t> parent(network.updates.size());
    std::iota(parent.begin(), parent.end(), 0U);
    for (std::uint32_t i = 0; i < parent.size(); ++i) {
        const Space space = space_of(network, network.updates[i].target);
        for (const Use& use : reads_of(network, network.updates[i])) {
            const std::int32_t other = writer[use.tensor.index];
            if (other < 0 || space_of(network, use.tensor) != space) continue;
            const std::uint32_t a = find_root(parent, i);
            const std::uint32_t b = find_root(parent, std::uint32_t(other));
            parent[std::max(a, b)] = std::min(a, b);
        }
    }
    for (std::uint32_t i = 0; i < parent.size(); ++i) parent[i] = find_root(parent, i);
    return parent;
}

/// The group that alone needs the node, -1: none. Readers must have been asked before.
std::int32_t only_group(const Network& network, const Graph& graph, const UpdateGroups& all,
                        const std::vector<std::uint32_t>& group_of_update, Node node) {
    const TensorId target = graph.targets[node];
    const bool formula = std::holds_alternative<Formula>(graph.definition(network, node).kind);
    if (!formula || network[target].per_step || graph.wanted[target.index]) return -1;
    std::int32_t group = -2;
    const auto meet = [&](std::int32_t other) {
        group = group == -2 || group == other ? other : -1;
    };
    for (std::uint32_t update : graph.update_readers[node]) {
        meet(std::int32_t(group_of_update[update]));
    }
    for (const Edge& edge : graph.readers[node]) meet(all.of_node[edge.node]);
    if (group < 0) return -1;
    return all.groups[group].space == space_of(network, target) ? group : -1;
}

/// Nodes with their readers first. Nodes on a cycle are left out (no update group takes them).
std::vector<Node> readers_first(const Graph& graph) {
    std::vector<std::size_t> pending(graph.size());
    std::vector<Node> order;
    for (Node node = 0; node < graph.size(); ++node) {
        pending[node] = graph.readers[node].size();
        if (pending[node] == 0) order.push_back(node);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (const Edge& edge : graph.reads[order[i]]) {
            if (--pending[edge.node] == 0) order.push_back(edge.node);
        }
    }
    return order;
}

void take_formulas(const Network& network, const Graph& graph,
                   const std::vector<std::uint32_t>& group_of_update, UpdateGroups& all) {
    for (Node node : readers_first(graph)) {
        const std::int32_t group = only_group(network, graph, all, group_of_update, node);
        if (group < 0) continue;
        all.of_node[node] = group;
        all.groups[group].formulas.push_back(node);
    }
    for (UpdateGroup& group : all.groups) {
        group.formulas = order_within_step(network, graph, group.formulas);
    }
}

/// Puts readers of a tensor before the group that changes it.
std::vector<UpdateGroup> in_order(const Network& network, const Graph& graph,
                                  const std::vector<std::int32_t>& writer,
                                  const std::vector<std::uint32_t>& group_of_update,
                                  std::vector<UpdateGroup>& groups,
                                  std::vector<std::uint32_t>& position) {
    const std::size_t count = groups.size();
    std::vector<std::vector<std::uint32_t>> later(count);
    std::vector<std::size_t> pending(count, 0);
    for (std::uint32_t g = 0; g < count; ++g) {
        const auto before_writer = [&](const std::vector<Use>& reads) {
            for (const Use& use : reads) {
                const std::int32_t other = writer[use.tensor.index];
                if (other < 0 || group_of_update[other] == g) continue;
                later[g].push_back(group_of_update[other]);
                ++pending[group_of_update[other]];
            }
        };
        for (std::uint32_t i : groups[g].updates) {
            before_writer(reads_of(network, network.updates[i]));
        }
        for (Node node : groups[g].formulas) {
            before_writer(reads_of(network, graph.definition(network, node)));
        }
    }
    std::vector<UpdateGroup> order;
    std::vector<bool> done(count, false);
    position.assign(count, 0);
    while (order.size() < count) {
        std::uint32_t g = 0;
        while (g < count && (done[g] || pending[g] > 0)) ++g;
        if (g == count) throw std::logic_error("lowering: updates need each other's old values");
        done[g] = true;
        position[g] = std::uint32_t(order.size());
        for (std::uint32_t next : later[g]) --pending[next];
        order.push_back(std::move(groups[g]));
    }
    return order;
}

}  // namespace

UpdateGroups group_updates(const Network& network, const Graph& graph,
                           const LoweringOptions& options) {
    UpdateGroups all;
    all.of_node.assign(graph.size(), -1);
    if (!options.updates) return all;
    const std::vector<std::int32_t> writer = writers(network);
    const std::vector<std::uint32_t> root = connect(network, writer);
    std::vector<std::uint32_t> group_of_update(root.size());
    for (std::uint32_t i = 0; i < root.size(); ++i) {
        if (root[i] == i) {
            group_of_update[i] = std::uint32_t(all.groups.size());
            all.groups.push_back({space_of(network, network.updates[i].target), {}, {}});
        } else {
            group_of_update[i] = group_of_update[root[i]];
        }
        all.groups[group_of_update[i]].updates.push_back(i);
    }
    take_formulas(network, graph, group_of_update, all);
    std::vector<std::uint32_t> position;
    all.groups = in_order(network, graph, writer, group_of_update, all.groups, position);
    for (std::int32_t& group : all.of_node) {
        if (group >= 0) group = std::int32_t(position[group]);
    }
    return all;
}

}  // namespace snnc::ir::step
