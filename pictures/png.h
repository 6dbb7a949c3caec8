// Pictures as PNG, on light paper; two pixels for each of the layout, so that they stay sharp.
#pragma once

#include <string>

#include "pictures/figure.h"

namespace snnc::pictures {

/// The bytes of the file, of 2*width by 2*height pixels. Throws std::bad_alloc where the picture
/// does not fit into memory, std::runtime_error where Cairo cannot make one of that size.
std::string to_png(const Figure& figure, const Size& size = {});

}  // namespace snnc::pictures
