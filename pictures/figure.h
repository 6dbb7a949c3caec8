// What a picture says, as plain data: panels one over another, each with axes and marks.
//
// Builders (recordings.h, weights.h …) make figures of numbers; to_svg(), to_png() and
// to_terminal() draw any figure. Data go in at full length: what does not fit into the picture is
// summarised when it is drawn (fit.h), and the panel's title says how.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace snnc::pictures {

struct Point {
    double x = 0, y = 0;
};

struct Range {
    double low = 0, high = 1;
    double length() const { return high - low; }
    double middle() const { return low + length() / 2; }
};

struct Axis {
    std::string label;           // with its unit: "time (ms)"
    std::optional<Range> range;  // else that of the marks
    bool logarithmic = false;    // where all values are above 0
    bool whole = false;          // counts steps, cells, spikes: no ticks between whole numbers
    bool downwards = false;      // y only: the smallest value is on top, as rows of a matrix
    bool ticks = true;           // places along it mean something
};

/// Values in the order of x, joined by a line; a value that is not finite leaves a gap.
struct Line {
    std::string name;
    std::vector<Point> points;
    bool dots = false;  // each value is marked
};

/// Of each x the smallest and the largest value, behind a line that runs between them; values that
/// are not finite leave a gap.
struct Band {
    std::vector<Point> low, high;  // the same x in both
};

/// A short upright stroke for each spike: x its time, y the cell, whose row is 1 high.
struct Spikes {
    std::vector<Point> places;
};

/// Short upright strokes along the upper edge of the panel: the spikes of the cell whose trace it
/// shows.
struct Events {
    std::vector<double> at;
};

/// A height that values are compared with: a threshold.
struct Level {
    std::string name;
    double y = 0;
};

/// Bar i stands on [first + i*width, first + (i + 1)*width].
struct Bars {
    double first = 0, width = 1;
    std::vector<double> heights;
};

enum class Colours { Diverging /* around 0 */, Sequential /* from 0 */ };

/// A matrix over the rectangle x by y; row 0 lies at y.low. What is not finite is left free.
struct Image {
    std::string name;  // what the colours say
    std::size_t rows = 0, columns = 0;
    std::vector<float> values;
    Range x, y;
    Colours colours = Colours::Diverging;
};

constexpr float left_free = std::numeric_limits<float>::quiet_NaN();

/// A graph of named boxes, from top to bottom. It fills its panel, which has no axes.
struct Graph {
    enum class Kind { Input, Layer, Population };
    struct Node {
        std::string name, detail;  // "hidden", "Leaky [1000]"
        Kind kind = Kind::Layer;
    };
    struct Edge {
        std::size_t from = 0, to = 0;
        std::string label;    // "1 step later"
        bool lagged = false;  // arrives in a later step: it may close a loop
    };
    std::vector<Node> nodes;
    std::vector<Edge> edges;
};

using Mark = std::variant<Image, Band, Bars, Level, Line, Spikes, Events, Graph>;

struct Panel {
    std::string title;
    Axis x, y;
    std::vector<Mark> marks;
    double height = 1;    // relative to the other panels
    bool square = false;  // the cells of its image are, if there is one
};

struct Figure {
    std::string title;
    std::vector<Panel> panels;
    bool shared_x = false;  // the panels have one x axis, which stands below the last
};

/// In pixels; 0: what suits the figure.
struct Size {
    int width = 0, height = 0;
};

}  // namespace snnc::pictures
