#include "pictures/colours.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace snnc::pictures {
namespace {

struct InkRow {
    const char* name;
    Colour light, dark;
};

constexpr std::array<InkRow, ink_count> inks{{
    {"paper", {255, 255, 255}, {22, 27, 34}},
    {"text", {36, 41, 47}, {230, 237, 243}},
    {"quiet", {101, 109, 118}, {155, 164, 174}},
    {"frame", {175, 184, 193}, {92, 100, 110}},
    {"grid", {230, 233, 237}, {44, 50, 58}},
    {"first", {0, 114, 178}, {86, 180, 233}},
    {"second", {213, 94, 0}, {240, 136, 62}},
    {"third", {0, 158, 115}, {46, 196, 150}},
    {"fourth", {204, 121, 167}, {226, 160, 200}},
    {"fifth", {230, 159, 0}, {230, 159, 0}},
    {"sixth", {86, 180, 233}, {160, 205, 250}},
}};

using Shades = std::array<Colour, shade_count>;

/// Through these colours in equal steps.
Shades between(const std::vector<Colour>& stops) {
    Shades shades;
    for (int i = 0; i < shade_count; ++i) {
        const double place = double(i) / (shade_count - 1) * double(stops.size() - 1);
        const auto stop = std::min(std::size_t(place), stops.size() - 2);
        const double share = place - double(stop);
        const auto mix = [&](std::uint8_t Colour::*part) {
            return std::uint8_t(
                std::lround((1 - share) * stops[stop].*part + share * stops[stop + 1].*part));
        };
        shades[std::size_t(i)] = {mix(&Colour::red), mix(&Colour::green), mix(&Colour::blue)};
    }
    return shades;
}

}  // namespace

std::string hexadecimal(const Colour& colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

const char* name_of(Ink ink) { return inks[std::size_t(ink)].name; }
Colour on_light(Ink ink) { return inks[std::size_t(ink)].light; }
Colour on_dark(Ink ink) { return inks[std::size_t(ink)].dark; }
Ink series_ink(std::size_t i) { return Ink(std::size_t(Ink::First) + i % series_count); }

const std::array<Colour, shade_count>& shades(Colours colours) {
    // Blue below 0, red above, lightness the same on both sides: told apart by people who do not
    // see green.
    static const Shades diverging = between({{5, 48, 97},
                                             {67, 147, 195},
                                             {209, 229, 240},
                                             {247, 247, 247},
                                             {253, 219, 199},
                                             {214, 96, 77},
                                             {103, 0, 31}});
    static const Shades sequential =
        between({{247, 251, 255}, {158, 202, 225}, {66, 146, 198}, {8, 48, 107}});
    return colours == Colours::Diverging ? diverging : sequential;
}

Range shade_range(const Image& image) {
    double largest = 0;
    for (const float value : image.values)
        if (std::isfinite(value)) largest = std::max(largest, std::abs(double(value)));
    if (largest == 0) largest = 1;
    return {image.colours == Colours::Diverging ? -largest : 0, largest};
}

std::uint8_t shade_of(float value, const Range& range) {
    if (!std::isfinite(value)) return no_shade;
    const double place = (value - range.low) / range.length() * (shade_count - 1);
    return std::uint8_t(std::clamp(std::lround(place), 0L, long(shade_count - 1)));
}

}  // namespace snnc::pictures
