// One panel as text: frame, ticks and marks; a graph as one line for each of its boxes.
#pragma once

#include <string>

#include "pictures/axes.h"

namespace snnc::pictures {

struct TerminalPanel {
    int width = 80, lines = 10;
    int left = 0, right = 0;  // margins: for the ticks of the y axis, and for the names of lines
    bool colour = false, x_axis = true;

    std::string print(const Panel& panel, const Scale& x) const;

    /// Makes the margins wide enough for that panel as well.
    void make_room(const Panel& panel, const Scale& x);

 private:
    int columns() const;
    Panel fitted(const Panel& panel, const Scale& x) const;
};

/// A graph as text: each box with what it is and what it takes.
std::string graph_text(const Graph& graph, bool colour);

}  // namespace snnc::pictures
