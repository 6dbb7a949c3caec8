// The marks of a panel on a sheet of characters.
#pragma once

#include <cmath>

#include "pictures/axes.h"
#include "pictures/sheet.h"

namespace snnc::pictures {

/// Where the panel's marks go; places are in dots from the frame's left and the sheet's top.
struct TerminalFrame {
    int left = 0, rows = 0, columns = 0;
    Scale x, y;
    bool downwards = false, colour = false;

    int across(double value) const { return int(std::lround(x.place(value) * (2 * columns - 1))); }
    int down(double value) const {
        const double place = y.place(value);
        return int(std::lround((downwards ? place : 1 - place) * (4 * rows - 1)));
    }
};

void draw_terminal_marks(const Panel& panel, const TerminalFrame& frame, Sheet& sheet);

/// The line below an image that says what its characters or colours stand for.
std::string image_key(const Image& image, bool colour);

}  // namespace snnc::pictures
