// Weights as images, with how often which value occurs.
#pragma once

#include <optional>
#include <string>

#include "pictures/figure.h"
#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::pictures {

/// The size of a tile, for the weights of each cell that belong to an image.
struct Tile {
    std::size_t rows = 0, columns = 0;
};

/// [out, in]: a row for each cell, or with `tile` (rows*columns = in) an image for each;
/// [out, in, (kh,) kw]: kernels, a row for each output; [n]: bars. `file` stands in messages.
/// Throws runtime::DataError: BadShape (nothing there; a tile that does not fit), NotFinite.
Figure weights(const std::string& name, const runtime::ArrayView& array, const std::string& file,
               const std::optional<Tile>& tile = {});

}  // namespace snnc::pictures
