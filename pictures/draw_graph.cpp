// Boxes in rows, arrows between neighbouring rows, and lanes at the right for all other edges.
#include <algorithm>
#include <cmath>
#include <map>

#include "pictures/draw.h"
#include "pictures/graph_ranks.h"

namespace snnc::pictures {
namespace {

constexpr double box_height = 40, row_height = 68, between = 24, lane_width = 16, padding = 14,
                 beside = 14, above = 14;

double width_of(const Graph::Node& node) {
    return 2 * padding + std::max(text_width(node.name, 13), text_width(node.detail, 11));
}

class GraphDrawing {
 public:
    explicit GraphDrawing(const Graph& graph) : graph_(graph), rows_(graph_rows(graph)) {
        for (std::size_t row = 0; row < rows_.size(); ++row)
            for (const std::size_t node : rows_[row]) row_of_[node] = row;
        for (const Graph::Edge& edge : graph.edges)
            if (takes_lane(edge)) ++lanes_;
    }

    Size size() const {
        double width = 0;
        for (const auto& row : rows_) width = std::max(width, row_width(row));
        return {int(std::ceil(width + 2 * lanes_width())),
                int(row_height * double(rows_.size()) + above)};
    }

    void draw(const Box& box, Canvas& canvas) {
        place(box);
        for (const Graph::Edge& edge : graph_.edges)
            if (!takes_lane(edge)) draw_arrow(edge, canvas);
        // The longest first, which run outside.
        lane_ += lane_width * double(lanes_);
        for (const Graph::Edge& edge : lanes()) draw_lane(edge, canvas);
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node)
            draw_node(graph_.nodes[node], boxes_[node], canvas);
    }

 private:
    /// Anything but a way down to the next row.
    bool takes_lane(const Graph::Edge& edge) const {
        return edge.lagged || row_of_.at(edge.to) != row_of_.at(edge.from) + 1;
    }
    std::vector<Graph::Edge> lanes() const {
        std::vector<Graph::Edge> edges;
        std::copy_if(graph_.edges.begin(), graph_.edges.end(), std::back_inserter(edges),
                     [&](const Graph::Edge& edge) { return takes_lane(edge); });
        const auto length = [&](const Graph::Edge& edge) {
            return std::abs(double(row_of_.at(edge.to)) - double(row_of_.at(edge.from)));
        };
        std::stable_sort(
            edges.begin(), edges.end(),
            [&](const Graph::Edge& a, const Graph::Edge& b) { return length(a) > length(b); });
        return edges;
    }
    double lanes_width() const {
        double widest = 0;
        for (const Graph::Edge& edge : graph_.edges)
            if (takes_lane(edge)) widest = std::max(widest, text_width(edge.label, 11));
        return lanes_ ? lane_width * double(lanes_ + 1) + widest : 0;
    }
    double row_width(const std::vector<std::size_t>& row) const {
        double width = between * double(row.size() - 1);
        for (const std::size_t node : row) width += width_of(graph_.nodes[node]);
        return width;
    }

    void place(const Box& box) {
        boxes_.resize(graph_.nodes.size());
        const double height = std::min(row_height, box.height() / double(rows_.size()));
        double top = box.top + above;
        for (const auto& row : rows_) {
            double left = box.centre().x - row_width(row) / 2;
            for (const std::size_t node : row) {
                const double width = width_of(graph_.nodes[node]);
                boxes_[node] = {left, top, left + width, top + std::min(box_height, 0.7 * height)};
                left += width + between;
                lane_ = std::max(lane_, boxes_[node].right);
            }
            top += height;
        }
    }

    void draw_arrow(const Graph::Edge& edge, Canvas& canvas) const {
        const Box &from = boxes_[edge.from], &to = boxes_[edge.to];
        const Point start{from.centre().x, from.bottom}, end{to.centre().x, to.top};
        canvas.polyline(std::vector<Point>{start, end}, stroke_of(edge));
        draw_head(end, {start.x - end.x, start.y - end.y}, canvas);
        if (!edge.label.empty())
            canvas.text({(start.x + end.x) / 2 + 6, (start.y + end.y) / 2 + 4}, edge.label,
                        {Ink::Quiet, Anchor::Start, 11});
    }

    /// Down from the box, along the free line below it to the lane, and from above into its target:
    /// no box lies on this way.
    void draw_lane(const Graph::Edge& edge, Canvas& canvas) {
        const Box &from = boxes_[edge.from], &to = boxes_[edge.to];
        const double start = from.centre().x + beside, end = to.centre().x + beside,
                     down = from.bottom + turn_, up = to.top - turn_;
        canvas.polyline(std::vector<Point>{{start, from.bottom},
                                           {start, down},
                                           {lane_, down},
                                           {lane_, up},
                                           {end, up},
                                           {end, to.top}},
                        stroke_of(edge));
        draw_head({end, to.top}, {0, -1}, canvas);
        if (!edge.label.empty()) draw_label({lane_ + 5, (down + up) / 2}, edge.label, canvas);
        lane_ -= lane_width;
        turn_ = turn_ > 10 ? 6 : turn_ + 3;
    }

    /// Lanes further out pass below the label.
    static void draw_label(const Point& place, const std::string& label, Canvas& canvas) {
        canvas.box({place.x - 2, place.y - 7, place.x + text_width(label, 11), place.y + 7}, 0,
                   Ink::Paper, {});
        canvas.text({place.x, place.y + 4}, label, {Ink::Quiet, Anchor::Start, 11});
    }

    static Stroke stroke_of(const Graph::Edge& edge) {
        return {Ink::Quiet, 1.4, edge.lagged ? Dash::Dashed : Dash::Solid};
    }

    /// A triangle with its tip there; the edge comes from that direction.
    static void draw_head(const Point& tip, const Point& from, Canvas& canvas) {
        const double length = std::hypot(from.x, from.y);
        const Point back{from.x / length * 8, from.y / length * 8};
        canvas.area(std::vector<Point>{tip,
                                       {tip.x + back.x - back.y / 2, tip.y + back.y + back.x / 2},
                                       {tip.x + back.x + back.y / 2, tip.y + back.y - back.x / 2}},
                    Ink::Quiet, 1);
    }

    static void draw_node(const Graph::Node& node, const Box& box, Canvas& canvas) {
        using Kind = Graph::Kind;
        const bool population = node.kind == Kind::Population;
        const Ink ink = population                 ? Ink::First
                        : node.kind == Kind::Input ? Ink::Third
                                                   : Ink::Frame;
        canvas.box(box, population ? 14 : 3, Ink::Paper, Stroke{ink, population ? 2 : 1.4});
        const double x = box.centre().x, y = box.centre().y;
        canvas.text({x, y - 2}, node.name, {Ink::Text, Anchor::Middle, 13, true});
        canvas.text({x, y + 13}, node.detail, {Ink::Quiet, Anchor::Middle, 11});
    }

    const Graph& graph_;
    std::vector<std::vector<std::size_t>> rows_;
    std::map<std::size_t, std::size_t> row_of_;
    std::vector<Box> boxes_;
    std::size_t lanes_ = 0;
    double lane_ = 0, turn_ = 6;  // where the next lane runs, and leaves its box
};

}  // namespace

Size graph_size(const Graph& graph) { return GraphDrawing(graph).size(); }

void draw_graph(const Graph& graph, const Box& box, Canvas& canvas) {
    if (!graph.nodes.empty()) GraphDrawing(graph).draw(box, canvas);
}

}  // namespace snnc::pictures
