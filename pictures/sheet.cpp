#include "pictures/sheet.h"

#include <algorithm>
#include <cstdlib>

#include "support/unicode.h"

namespace snnc::pictures {

Sheet::Place* Sheet::at(int row, int column) {
    if (row < 0 || row >= rows_ || column < 0 || column >= columns_) return nullptr;
    return &places_[std::size_t(row) * std::size_t(columns_) + std::size_t(column)];
}

void Sheet::put(int row, int column, char32_t glyph, const std::string& colour) {
    if (Place* place = at(row, column)) *place = {glyph, 0, colour};
}

void Sheet::text(int row, int column, std::string_view text, const std::string& colour) {
    for (const char32_t glyph : to_code_points(text)) put(row, column++, glyph, colour);
}

void Sheet::dot(int x, int y, const std::string& colour) {
    // The bits of Unicode's braille patterns, by column and row.
    static constexpr std::uint8_t bits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    if (x < 0 || y < 0) return;
    Place* place = at(y / 4, x / 2);
    if (!place) return;
    place->dots |= bits[x % 2][y % 4];
    place->colour = colour;
}

void Sheet::dotted_line(int x0, int y0, int x1, int y1, const std::string& colour) {
    const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
    for (int i = 0; i <= steps; ++i) {
        const auto between = [&](int from, int to) {
            return from +
                   int(std::lldiv(2LL * (to - from) * i + (to < from ? -steps : steps), 2LL * steps)
                           .quot);
        };
        dot(between(x0, x1), between(y0, y1), colour);
    }
}

std::string Sheet::print(bool colour) const {
    std::string result;
    for (int row = 0; row < rows_; ++row) {
        std::string line, current;
        std::size_t end = 0;  // behind the last place that shows something
        for (int column = 0; column < columns_; ++column) {
            const Place& place =
                places_[std::size_t(row) * std::size_t(columns_) + std::size_t(column)];
            const bool blank = place.dots == 0 && place.glyph == U' ';
            if (colour && !blank && place.colour != current) {
                line += "\x1b[0" + (place.colour.empty() ? "" : ";" + place.colour) + "m";
                current = place.colour;
            }
            append_utf8(line, place.dots ? char32_t(0x2800 + place.dots) : place.glyph);
            if (!blank) end = line.size();
        }
        line.resize(end);
        if (!current.empty()) line += "\x1b[0m";
        result += line + "\n";
    }
    return result;
}

}  // namespace snnc::pictures
