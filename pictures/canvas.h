// What a picture is drawn on: the few things that svg.cpp and png.cpp know how to draw, in pixels
// from the upper left corner. draw.h puts a figure there.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "pictures/colours.h"
#include "pictures/figure.h"

namespace snnc::pictures {

struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
    double width() const { return right - left; }
    double height() const { return bottom - top; }
    Point centre() const { return {(left + right) / 2, (top + bottom) / 2}; }
};

enum class Dash : std::uint8_t { Solid, Dashed, Dotted, LongDashed };
/// Lengths of dash and gap in turn; empty: solid.
std::span<const double> pattern_of(Dash dash);

struct Stroke {
    Ink ink = Ink::Frame;
    double width = 1;
    Dash dash = Dash::Solid;
};

enum class Anchor : std::uint8_t { Start, Middle, End };

struct TextStyle {
    Ink ink = Ink::Text;
    Anchor anchor = Anchor::Start;
    double size = 12;
    bool bold = false;
    bool upwards = false;  // turned by a quarter
};

/// Rows of equal cells, each with a shade or no_shade.
struct Mosaic {
    std::size_t rows = 0, columns = 0;
    std::vector<std::uint8_t> cells;
    Colours colours = Colours::Diverging;
};

class Canvas {
 public:
    virtual ~Canvas() = default;
    virtual void polyline(std::span<const Point> points, const Stroke& stroke) = 0;
    virtual void area(std::span<const Point> outline, Ink ink, double opacity) = 0;
    virtual void box(const Box& box, double corner, std::optional<Ink> fill,
                     const std::optional<Stroke>& edge) = 0;
    virtual void circle(const Point& centre, double radius, Ink ink) = 0;
    /// An upright stroke downwards from each place.
    virtual void ticks(std::span<const Point> tops, double height, const Stroke& stroke) = 0;
    virtual void mosaic(const Box& box, const Mosaic& mosaic) = 0;
    /// The base line begins (is centred, ends) at the place.
    virtual void text(const Point& place, std::string_view text, const TextStyle& style) = 0;
};

}  // namespace snnc::pictures
