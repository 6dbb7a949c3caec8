#include "ir/step/graph.h"

#include <functional>
#include <queue>
#include <stdexcept>
#include <unordered_map>

namespace snnc::ir::step {

Space space_of(const Network& network, TensorId tensor) {
    return {network[tensor].shape, network[tensor].per_sample};
}

namespace {

void add_use(const Network& network, std::vector<Use>& all, TensorId tensor, int lag) {
    const Tensor& read = network[tensor];
    all.push_back({tensor, read.per_step ? lag : 0});
    if (read.per_step && lag > 0 && read.initial.valid()) all.push_back({read.initial, 0});
}

bool is_external(const Network& network, const Graph& graph, TensorId tensor) {
    return graph.given[tensor.index] || !network.definition(tensor);
}

/// Marks tensors as used, from the results down.
class Marker {
 public:
    Marker(const Network& network, Graph& graph) : network_(network), graph_(graph) {}

    void mark(TensorId tensor) {
        if (graph_.used[tensor.index]) return;
        graph_.used[tensor.index] = true;
        open_.push_back(tensor);
    }
    void close() {
        while (!open_.empty()) {
            const TensorId tensor = open_.back();
            open_.pop_back();
            if (is_external(network_, graph_, tensor)) continue;
            for (const Use& use : reads_of(network_, *network_.definition(tensor))) {
                mark(use.tensor);
            }
        }
    }

 private:
    const Network& network_;
    Graph& graph_;
    std::vector<TensorId> open_;
};

void mark_used(const Network& network, const LoweringOptions& options, Graph& graph) {
    Marker marker(network, graph);
    for (TensorId result : options.results) marker.mark(result);
    if (options.updates) {
        for (const Update& update : network.updates) {
            for (const Use& use : reads_of(network, update)) marker.mark(use.tensor);
        }
    }
    marker.close();
}

void add_edges(const Network& network, Graph& graph, Node node) {
    for (const Use& use : reads_of(network, graph.definition(network, node))) {
        const std::int32_t source = graph.node_of[use.tensor.index];
        if (source < 0) continue;
        graph.reads[node].push_back({Node(source), use.lag});
        graph.readers[source].push_back({node, use.lag});
    }
}

}  // namespace

std::vector<Use> reads_of(const Network& network, const Definition& definition) {
    std::vector<Use> all;
    for (const Use& use : uses(network, definition)) add_use(network, all, use.tensor, use.lag);
    return all;
}

std::vector<Use> reads_of(const Network& network, const Update& update) {
    std::vector<Use> all;
    for_each_read(network.pool, update.value,
                  [&](const ExprNode& node) { add_use(network, all, node.tensor, node.lag); });
    return all;
}

Graph build_graph(const Network& network, const LoweringOptions& options) {
    Graph graph;
    const std::size_t tensors = network.tensors.size();
    graph.node_of.assign(tensors, -1);
    graph.wanted.assign(tensors, false);
    graph.used.assign(tensors, false);
    graph.given.assign(tensors, false);
    for (TensorId result : options.results) graph.wanted[result.index] = true;
    for (TensorId initial : options.given_initials) graph.given[initial.index] = true;
    mark_used(network, options, graph);
    for (const Definition& definition : network.definitions) {
        const TensorId target = definition.target;
        if (!graph.used[target.index] || graph.given[target.index]) continue;
        graph.node_of[target.index] = std::int32_t(graph.targets.size());
        graph.targets.push_back(target);
    }
    graph.reads.resize(graph.size());
    graph.readers.resize(graph.size());
    graph.update_readers.resize(graph.size());
    for (Node node = 0; node < graph.size(); ++node) add_edges(network, graph, node);
    for (std::uint32_t i = 0; options.updates && i < network.updates.size(); ++i) {
        for (const Use& use : reads_of(network, network.updates[i])) {
            const std::int32_t node = graph.node_of[use.tensor.index];
            if (node >= 0) graph.update_readers[node].push_back(i);
        }
    }
    return graph;
}

std::vector<Node> order_within_step(const Network& network, const Graph& graph,
                                    const std::vector<Node>& some) {
    std::unordered_map<Node, int> pending;
    for (Node node : some) pending[node] = 0;
    for (Node node : some) {
        for (const Edge& edge : graph.reads[node]) {
            if (edge.lag == 0 && pending.count(edge.node)) ++pending[node];
        }
    }
    std::priority_queue<Node, std::vector<Node>, std::greater<>> ready;
    for (Node node : some) {
        if (pending[node] == 0) ready.push(node);
    }
    std::vector<Node> order;
    while (!ready.empty()) {
        const Node node = ready.top();
        ready.pop();
        order.push_back(node);
        for (const Edge& edge : graph.readers[node]) {
            const auto found = edge.lag == 0 ? pending.find(edge.node) : pending.end();
            if (found != pending.end() && --found->second == 0) ready.push(edge.node);
        }
    }
    if (order.size() == some.size()) return order;
    std::string names;
    for (Node node : some) {
        if (pending[node] > 0) names += " " + network[graph.targets[node]].name;
    }
    throw std::logic_error("lowering: a cycle within one step:" + names);
}

}  // namespace snnc::ir::step
