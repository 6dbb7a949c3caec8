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
};

/// What the ticks of the panel's y axis need.
int tick_width(const Panel& panel, int lines);

/// What the names at the ends of the panel's lines need.
int name_width(const Panel& panel);

/// A graph as text: each box with what it is and what it takes.
std::string graph_text(const Graph& graph, bool colour);

}  // namespace snnc::pictures
