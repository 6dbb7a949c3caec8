#include "ir/step/components.h"

#include <algorithm>

namespace snnc::ir::step {

namespace {

class Tarjan {
 public:
    explicit Tarjan(const Graph& graph)
        : graph_(graph), index_(graph.size(), 0), low_(graph.size(), 0), open_(graph.size()) {}

    std::vector<std::vector<Node>> run() {
        for (Node node = 0; node < graph_.size(); ++node) {
            if (index_[node] == 0) visit_from(node);
        }
        return std::move(components_);
    }

 private:
    struct Frame {
        Node node;
        std::size_t next = 0;  // edge to follow
    };

    void enter(Node node) {
        index_[node] = low_[node] = ++count_;
        open_[node] = true;
        path_.push_back(node);
        frames_.push_back({node});
    }

    void visit_from(Node root) {
        enter(root);
        while (!frames_.empty()) {
            Frame& frame = frames_.back();
            const std::vector<Edge>& edges = graph_.reads[frame.node];
            if (frame.next == edges.size()) {
                leave();
                continue;
            }
            const Node node = frame.node;
            const Node read = edges[frame.next++].node;
            if (index_[read] == 0) {
                enter(read);
            } else if (open_[read]) {
                low_[node] = std::min(low_[node], index_[read]);
            }
        }
    }

    void leave() {
        const Node node = frames_.back().node;
        frames_.pop_back();
        if (!frames_.empty()) {
            Node above = frames_.back().node;
            low_[above] = std::min(low_[above], low_[node]);
        }
        if (low_[node] != index_[node]) return;
        std::vector<Node> component;
        do {
            component.push_back(path_.back());
            open_[path_.back()] = false;
            path_.pop_back();
        } while (component.back() != node);
        std::sort(component.begin(), component.end());
        components_.push_back(std::move(component));
    }

    const Graph& graph_;
    std::vector<std::uint32_t> index_;  // order of discovery from 1; 0: not seen
    std::vector<std::uint32_t> low_;
    std::vector<bool> open_;  // on the path
    std::vector<Node> path_;
    std::vector<Frame> frames_;
    std::uint32_t count_ = 0;
    std::vector<std::vector<Node>> components_;
};

}  // namespace

std::vector<std::vector<Node>> strong_components(const Graph& graph) { return Tarjan(graph).run(); }

}  // namespace snnc::ir::step
