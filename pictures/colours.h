// The colours of pictures: roles that each output gives a colour, and the shades of images.
//
// Series have the colours of Okabe and Ito (2008), which people who see few colours tell apart;
// dashes, marks and names say the same without colour.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "pictures/figure.h"

namespace snnc::pictures {

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0;
};
std::string hexadecimal(const Colour& colour);  // "#0072b2"

/// What something is; outputs know its colour on light and on dark paper.
enum class Ink : std::uint8_t {
    Paper,
    Text,
    Quiet,
    Frame,
    Grid,
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Sixth,
};
constexpr std::size_t ink_count = 11, series_count = 6;
const char* name_of(Ink ink);  // "paper"
Colour on_light(Ink ink);
Colour on_dark(Ink ink);
/// The ink of the i-th series; they repeat.
Ink series_ink(std::size_t i);

/// The shades of an image, from its lowest value to its highest.
constexpr int shade_count = 33;
constexpr std::uint8_t no_shade = 255;
const std::array<Colour, shade_count>& shades(Colours colours);

/// The values at both ends of the shades: symmetric around 0, or from 0.
Range shade_range(const Image& image);
std::uint8_t shade_of(float value, const Range& range);

}  // namespace snnc::pictures
