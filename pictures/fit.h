// Summaries of what a picture has no room for. Each says what it did in the panel's title, and
// none hides an extreme without a word: lines keep the smallest and largest value of each column,
// bars, cells of images and crowded spikes become means.
#pragma once

#include "pictures/axes.h"

namespace snnc::pictures {

/// What a panel has room for.
struct Room {
    std::size_t columns = 600, rows = 200;             // of a line; a bar takes two columns
    std::size_t cells_across = 240, cells_down = 160;  // of an image
    std::size_t spikes = 20000;
};

Panel fit(const Panel& panel, const Room& room, const Scale& x);

}  // namespace snnc::pictures
