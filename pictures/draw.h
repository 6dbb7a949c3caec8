// The layout of a picture, the same for every canvas: where panels, axes, names and marks go.
#pragma once

#include "pictures/axes.h"
#include "pictures/canvas.h"

namespace snnc::pictures {

/// `size`, with what suits the figure where it says nothing.
Size full_size(const Figure& figure, const Size& size);

/// `size` must be full. The figure may have any number of panels, none included.
void draw(const Figure& figure, const Size& size, Canvas& canvas);

/// A part of draw(): the panel's marks inside of its frame.
struct Frame {
    Box box;
    Scale x, y;
    bool downwards = false;

    double across(double value) const { return box.left + box.width() * x.place(value); }
    double down(double value) const {
        const double place = y.place(value);
        return downwards ? box.top + box.height() * place : box.bottom - box.height() * place;
    }
    Point at(const Point& point) const { return {across(point.x), down(point.y)}; }
};
void draw_marks(const Panel& panel, const Frame& frame, Canvas& canvas);

/// The i-th line of a panel: ink and dashes go round at different lengths.
Stroke series_stroke(std::size_t i);

/// A part of draw(): a graph, and the size that it needs.
Size graph_size(const Graph& graph);
void draw_graph(const Graph& graph, const Box& box, Canvas& canvas);

/// About how wide text of 12 pixels is in a sans-serif face.
double text_width(std::string_view text, double size = 12);

}  // namespace snnc::pictures
