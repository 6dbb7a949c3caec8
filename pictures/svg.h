// Pictures as SVG: text that can be searched, one byte for byte the same on every machine, with
// colours of their own for dark pages.
#pragma once

#include <string>

#include "pictures/figure.h"

namespace snnc::pictures {

std::string to_svg(const Figure& figure, const Size& size = {});

}  // namespace snnc::pictures
