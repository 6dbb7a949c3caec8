#include "ir/step/storage.h"

#include <algorithm>
#include <set>

namespace snnc::ir::step {

namespace {

/// The task that computes a node; the inner number only in loops.
struct Place {
    std::int32_t task = -1;
    std::int32_t inner = -1;
    friend bool operator==(const Place&, const Place&) = default;
};

class StoragePlan {
 public:
    StoragePlan(const Network& network, const Graph& graph, std::vector<Task>& tasks)
        : network_(network),
          graph_(graph),
          tasks_(tasks),
          places_(graph.size()),
          update_places_(network.updates.size()),
          stored_(graph.size(), false) {
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            locate(tasks[i], {std::int32_t(i), -1});
        }
    }

    std::vector<Storage> run() {
        for (Node node = 0; node < graph_.size(); ++node) stored_[node] = must_store(node);
        for (Task& task : tasks_) {
            auto* scan = std::get_if<ScanTask>(&task);
            if (scan && scan->order == Order::Backward) add_recompute(*scan);
        }
        prune(tasks_);
        return storage();
    }

 private:
    void locate(const Task& task, Place place) {
        if (const auto* scan = std::get_if<ScanTask>(&task)) {
            for (TensorId target : scan->body) places_[graph_.node_of[target.index]] = place;
            for (TensorId target : scan->sums) places_[graph_.node_of[target.index]] = place;
            for (std::uint32_t update : scan->updates) update_places_[update] = place;
        } else if (const auto* single = std::get_if<OperatorTask>(&task)) {
            places_[graph_.node_of[single->target.index]] = place;
        } else {
            const auto& loop = std::get<LoopTask>(task);
            for (std::size_t i = 0; i < loop.tasks.size(); ++i) {
                locate(loop.tasks[i], {place.task, std::int32_t(i)});
            }
        }
    }

    const Definition& definition(Node node) const { return graph_.definition(network_, node); }
    bool is_formula(Node node) const {
        return std::holds_alternative<Formula>(definition(node).kind);
    }
    Space space(Node node) const { return space_of(network_, graph_.targets[node]); }

    Order direction(Place place) const {
        const Task& task = tasks_[place.task];
        if (const auto* scan = std::get_if<ScanTask>(&task)) return scan->order;
        if (const auto* loop = std::get_if<LoopTask>(&task)) return loop->order;
        return Order::Once;
    }

    /// Whether the reader can compute the value again instead of loading it.
    bool recomputable(Node node, Node reader) const {
        const Place place = places_[reader];
        return place.inner < 0 && direction(place) == Order::Backward && is_formula(reader) &&
               is_formula(node) && network_[graph_.targets[node]].per_step &&
               direction(places_[node]) == Order::Forward && space(node) == space(reader);
    }

    bool must_store(Node node) const {
        if (graph_.wanted[graph_.targets[node].index]) return true;
        const Place place = places_[node];
        for (const Edge& edge : graph_.readers[node]) {
            const bool inside = places_[edge.node] == place && (place.inner < 0 || edge.lag == 0);
            if (!inside && !recomputable(node, edge.node)) return true;
        }
        const std::vector<std::uint32_t>& updates = graph_.update_readers[node];
        return std::any_of(updates.begin(), updates.end(), [&](std::uint32_t update) {
            return !(update_places_[update] == place);
        });
    }

    /// The forward values that the body needs and memory has not, with what they need in turn.
    void add_recompute(ScanTask& scan) {
        std::set<Node> again;
        std::vector<Node> open;
        for (TensorId target : scan.body) open.push_back(Node(graph_.node_of[target.index]));
        if (open.empty()) return;
        const Place place = places_[open[0]];
        while (!open.empty()) {
            const Node reader = open.back();
            open.pop_back();
            for (const Edge& edge : graph_.reads[reader]) {
                const bool here = places_[edge.node] == place;
                if (here || stored_[edge.node] || !again.insert(edge.node).second) continue;
                open.push_back(edge.node);
            }
        }
        const std::vector<Node> nodes(again.begin(), again.end());
        for (Node node : order_within_step(network_, graph_, nodes)) {
            scan.recompute.push_back(graph_.targets[node]);
        }
    }

    /// Drops from every scan what is neither stored nor read by what stays, then empty tasks.
    void prune(std::vector<Task>& tasks) const {
        for (Task& task : tasks) {
            if (auto* scan = std::get_if<ScanTask>(&task)) prune(*scan);
            if (auto* loop = std::get_if<LoopTask>(&task)) prune(loop->tasks);
        }
        std::erase_if(tasks, [](const Task& task) {
            const auto* scan = std::get_if<ScanTask>(&task);
            return scan && scan->body.empty() && scan->sums.empty() && scan->updates.empty();
        });
    }

    void prune(ScanTask& scan) const {
        if (!scan.updates.empty()) return;
        std::set<Node> inside;
        for (TensorId target : scan.body) inside.insert(Node(graph_.node_of[target.index]));
        std::set<Node> live;
        std::vector<Node> open;
        const auto keep = [&](Node node) {
            if (live.insert(node).second) open.push_back(node);
        };
        for (Node node : inside) {
            if (stored_[node]) keep(node);
        }
        for (TensorId target : scan.sums) keep(Node(graph_.node_of[target.index]));
        while (!open.empty()) {
            const Node node = open.back();
            open.pop_back();
            for (const Edge& edge : graph_.reads[node]) {
                if (inside.count(edge.node)) keep(edge.node);
            }
        }
        std::erase_if(scan.body, [&](TensorId target) {
            return live.count(Node(graph_.node_of[target.index])) == 0;
        });
    }

    Storage kind_of_storage(TensorId id) const {
        const Tensor& tensor = network_[id];
        if (tensor.kind == DataKind::Index) return Storage::Int;
        const std::int32_t node = graph_.node_of[id.index];
        const bool spikes = tensor.kind == DataKind::Spike && tensor.per_step &&
                            tensor.per_sample && node >= 0 && is_formula(Node(node));
        return spikes && is_read_elsewhere(Node(node)) ? Storage::Bits : Storage::Float;
    }

    bool is_read_elsewhere(Node node) const {
        const Place place = places_[node];
        for (const Edge& edge : graph_.readers[node]) {
            const bool inside = places_[edge.node] == place && (place.inner < 0 || edge.lag == 0);
            if (!inside) return true;
        }
        return false;
    }

    std::vector<Storage> storage() const {
        std::vector<Storage> all(network_.tensors.size(), Storage::None);
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            const std::int32_t node = graph_.node_of[i];
            if (!graph_.used[i] || (node >= 0 && !stored_[node])) continue;
            all[i] = kind_of_storage({i});
        }
        return all;
    }

    const Network& network_;
    const Graph& graph_;
    std::vector<Task>& tasks_;
    std::vector<Place> places_;         // by node
    std::vector<Place> update_places_;  // by update
    std::vector<bool> stored_;          // by node
};

}  // namespace

std::vector<Storage> decide_storage(const Network& network, const Graph& graph,
                                    std::vector<Task>& tasks) {
    return StoragePlan(network, graph, tasks).run();
}

}  // namespace snnc::ir::step
