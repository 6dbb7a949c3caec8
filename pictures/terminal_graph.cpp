#include <algorithm>

#include "pictures/graph_ranks.h"
#include "pictures/terminal_panel.h"
#include "support/unicode.h"

namespace snnc::pictures {
namespace {

std::string padded(const std::string& text, int width) {
    return text + std::string(std::size_t(std::max(0, width - display_width(text))), ' ');
}

std::string sources_of(const Graph& graph, std::size_t node) {
    std::string text;
    for (const Graph::Edge& edge : graph.edges) {
        if (edge.to != node) continue;
        text += (text.empty() ? "← " : ", ") + graph.nodes[edge.from].name;
        if (!edge.label.empty()) text += " (" + edge.label + ")";
    }
    return text;
}

const char* sign_of(Graph::Kind kind) {
    switch (kind) {
        case Graph::Kind::Input: return "▶";
        case Graph::Kind::Layer: return "▪";
        case Graph::Kind::Population: return "●";
    }
    return "";
}

}  // namespace

std::string graph_text(const Graph& graph, bool colour) {
    int name_width = 0, detail_width = 0;
    for (const Graph::Node& node : graph.nodes) {
        name_width = std::max(name_width, display_width(node.name));
        detail_width = std::max(detail_width, display_width(node.detail));
    }
    std::string text;
    for (const auto& row : graph_rows(graph)) {
        for (const std::size_t i : row) {
            const Graph::Node& node = graph.nodes[i];
            const std::string name = padded(node.name, name_width);
            std::string line = std::string(sign_of(node.kind)) + " " +
                               (colour ? "\x1b[1m" + name + "\x1b[0m" : name) + "  " +
                               padded(node.detail, detail_width) + "  " + sources_of(graph, i);
            while (line.ends_with(' ')) line.pop_back();
            text += line + "\n";
        }
    }
    return text;
}

}  // namespace snnc::pictures
