// A sheet of characters to draw on, where each place also has 2 by 4 dots.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snnc::pictures {

class Sheet {
 public:
    Sheet(int rows, int columns)
        : rows_(rows), columns_(columns), places_(std::size_t(rows) * std::size_t(columns)) {}

    int rows() const { return rows_; }
    int columns() const { return columns_; }

    /// What lies outside of the sheet is left out. `colour` is a parameter of the escape sequence
    /// that selects it ("36"), or empty.
    void put(int row, int column, char32_t glyph, const std::string& colour = {});
    void text(int row, int column, std::string_view text, const std::string& colour = {});
    /// Dots go over glyphs. Places count from the upper left: two across, four down each character.
    void dot(int x, int y, const std::string& colour);
    void dotted_line(int x0, int y0, int x1, int y1, const std::string& colour);

    /// Lines without blanks at their ends; escape sequences only if `colour`.
    std::string print(bool colour) const;

 private:
    struct Place {
        char32_t glyph = U' ';
        std::uint8_t dots = 0;
        std::string colour;
    };
    Place* at(int row, int column);

    int rows_, columns_;
    std::vector<Place> places_;
};

}  // namespace snnc::pictures
