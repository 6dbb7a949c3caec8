#include "driver/network_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>

namespace snnc::driver {
namespace {

using pictures::Graph;

/// How the text writes the layers of all networks, by the place that their tensors name.
class LayerTexts {
 public:
    LayerTexts(const SourceManager& sources, const frontend::Module& module) {
        for (const auto& program : module.programs)
            for (const frontend::Declaration& declaration : program->declarations)
                if (const auto* network = std::get_if<frontend::NetworkDecl>(&declaration.node))
                    for (const frontend::NetworkStatement& statement : network->statements)
                        if (const auto* chain = std::get_if<frontend::Chain>(&statement.node))
                            for (const frontend::Element& element : chain->elements)
                                add(sources, element);
    }

    /// Empty where no element stands there.
    std::string at(const SourceRange& range) const {
        const auto found = texts_.find(key(range));
        return found == texts_.end() ? "" : found->second;
    }

 private:
    using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
    static Key key(const SourceRange& range) { return {range.file.index, range.begin, range.end}; }

    void add(const SourceManager& sources, const frontend::Element& element) {
        const SourceRange& place = element.as_name ? element.as_name->range : element.path.range;
        texts_[key(place)] = on_one_line(sources.text(element.path.range));
    }

    static std::string on_one_line(std::string_view text) {
        std::string line;
        for (const char c : text) {
            const bool blank = std::isspace(static_cast<unsigned char>(c));
            if (!blank)
                line += c;
            else if (!line.empty() && line.back() != ' ')
                line += ' ';
        }
        return line;
    }

    std::map<Key, std::string> texts_;
};

class GraphBuilder {
 public:
    GraphBuilder(const LayerTexts& texts, const ir::Network& network)
        : texts_(texts), network_(network) {}

    Graph build() {
        for (const ir::TensorId input : network_.inputs)
            add_node(network_[input].name, "input " + ir::to_string(network_[input].shape),
                     Graph::Kind::Input);
        for (const ir::Population& population : network_.populations)
            add_node(population.name, population.cell + " " + ir::to_string(population.shape),
                     Graph::Kind::Population);
        add_layers();
        for (const ir::Definition& definition : network_.definitions) add_edges(definition);
        leave_out_views();
        return std::move(graph_);
    }

 private:
    void add_node(const std::string& name, const std::string& detail, Graph::Kind kind) {
        if (nodes_.emplace(name, graph_.nodes.size()).second)
            graph_.nodes.push_back({name, detail, kind});
    }

    /// The shortest names first: `fc1` goes before `fc1.product`, which is a part of it.
    void add_layers() {
        std::vector<const ir::Tensor*> variables;
        for (const ir::Tensor& tensor : network_.tensors)
            if (tensor.role == ir::Role::Variable) variables.push_back(&tensor);
        std::stable_sort(variables.begin(), variables.end(),
                         [](const ir::Tensor* a, const ir::Tensor* b) {
                             return a->name.size() < b->name.size();
                         });
        for (const ir::Tensor* tensor : variables) {
            const bool feedback = tensor->name.ends_with(".recurrent");
            if (feedback || !owner(tensor->name))
                add_node(tensor->name, detail_of(*tensor, feedback), Graph::Kind::Layer);
        }
    }

    std::string detail_of(const ir::Tensor& tensor, bool feedback) const {
        const std::string shape = ir::to_string(tensor.shape);
        if (feedback) return "recurrent " + shape;
        const std::string text = texts_.at(tensor.range);
        return text.empty() ? shape : text + " " + shape;
    }

    /// The node that a variable is a part of: `hidden` of `hidden.v`.
    std::optional<std::size_t> owner(std::string name) const {
        for (;;) {
            if (const auto found = nodes_.find(name); found != nodes_.end()) return found->second;
            const auto dot = name.rfind('.');
            if (dot == std::string::npos) return std::nullopt;
            name.resize(dot);
        }
    }

    std::optional<std::size_t> owner(ir::TensorId id) const {
        const ir::Tensor& tensor = network_[id];
        if (tensor.role != ir::Role::Variable && tensor.role != ir::Role::Input)
            return std::nullopt;
        return owner(tensor.name);
    }

    void add_edges(const ir::Definition& definition) {
        const auto to = owner(definition.target);
        if (!to) return;
        for (const ir::Use& use : ir::uses(network_, definition)) {
            const auto from = owner(use.tensor);
            if (!from || from == to || !edges_.emplace(*from, *to, use.lag).second) continue;
            std::string label;
            if (use.lag > 0)
                label = fmt::format("{} step{} later", use.lag, use.lag == 1 ? "" : "s");
            graph_.edges.push_back({*from, *to, label, use.lag > 0});
        }
    }

    /// A layer that only renames elements (`flatten`) is read through: nothing takes its values.
    void leave_out_views() {
        std::vector<bool> read(graph_.nodes.size(), false);
        for (const Graph::Edge& edge : graph_.edges) read[edge.from] = true;
        for (const ir::TensorId output : network_.outputs)
            if (const auto node = owner(output)) read[*node] = true;
        std::vector<std::size_t> place(graph_.nodes.size());
        std::vector<Graph::Node> kept;
        for (std::size_t node = 0; node < read.size(); ++node) {
            place[node] = kept.size();
            read[node] = read[node] || graph_.nodes[node].kind != Graph::Kind::Layer;
            if (read[node]) kept.push_back(graph_.nodes[node]);
        }
        std::erase_if(graph_.edges, [&](const Graph::Edge& edge) { return !read[edge.to]; });
        for (Graph::Edge& edge : graph_.edges) {
            edge.from = place[edge.from];
            edge.to = place[edge.to];
        }
        graph_.nodes = std::move(kept);
    }

    const LayerTexts& texts_;
    const ir::Network& network_;
    Graph graph_;
    std::map<std::string, std::size_t> nodes_;
    std::set<std::tuple<std::size_t, std::size_t, int>> edges_;
};

}  // namespace

Graph network_graph(const SourceManager& sources, const frontend::Module& module,
                    const ir::Network& network) {
    const LayerTexts texts(sources, module);
    return GraphBuilder(texts, network).build();
}

}  // namespace snnc::driver
