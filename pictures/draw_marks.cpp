#include <algorithm>
#include <cmath>

#include "pictures/draw.h"

namespace snnc::pictures {
namespace {

class Marks {
 public:
    Marks(const Panel& panel, const Frame& frame, Canvas& canvas)
        : panel_(panel), frame_(frame), canvas_(canvas) {}

    void operator()(const Line& line) {
        const Stroke stroke = series_stroke(series_++);
        std::vector<Point> piece;
        const auto finish = [&] {
            if (piece.size() > 1) canvas_.polyline(piece, stroke);
            piece.clear();
        };
        for (const Point& point : line.points) {
            if (!std::isfinite(point.y)) {
                finish();
                continue;
            }
            piece.push_back(frame_.at(point));
            if (line.dots || line.points.size() == 1) canvas_.circle(piece.back(), 3, stroke.ink);
        }
        finish();
    }

    void operator()(const Band& band) {
        std::vector<Point> low, high;
        const auto finish = [&] {
            low.insert(low.end(), high.rbegin(), high.rend());
            if (low.size() > 2) canvas_.area(low, series_ink(series_), 0.22);
            low.clear();
            high.clear();
        };
        for (std::size_t i = 0; i < band.low.size(); ++i) {
            if (!std::isfinite(band.low[i].y) || !std::isfinite(band.high[i].y)) {
                finish();
                continue;
            }
            low.push_back(frame_.at(band.low[i]));
            high.push_back(frame_.at(band.high[i]));
        }
        finish();
    }

    void operator()(const Spikes& spikes) {
        const double row = std::abs(frame_.down(0) - frame_.down(1));
        const double height = std::clamp(0.8 * row, 2.5, 14.0);
        std::vector<Point> tops;
        for (const Point& place : spikes.places) {
            const Point centre = frame_.at(place);
            tops.push_back({centre.x, centre.y - height / 2});
        }
        canvas_.ticks(tops, height, {Ink::Text, 1.2});
    }

    void operator()(const Events& events) {
        std::vector<Point> tops;
        for (const double at : events.at) tops.push_back({frame_.across(at), frame_.box.top + 2});
        canvas_.ticks(tops, 9, {Ink::Second, 1.4});
    }

    void operator()(const Level& level) {
        if (!std::isfinite(level.y)) return;
        const double y = frame_.down(level.y);
        canvas_.polyline(std::vector<Point>{{frame_.box.left, y}, {frame_.box.right, y}},
                         {Ink::Quiet, 1.2, Dash::Dashed});
        if (!level.name.empty()) name_level(level.name, y);
    }

    void operator()(const Bars& bars) {
        const double ground = frame_.down(std::max(0.0, frame_.y.range().low));
        for (std::size_t i = 0; i < bars.heights.size(); ++i) {
            const double left = frame_.across(bars.first + double(i) * bars.width),
                         right = frame_.across(bars.first + double(i + 1) * bars.width),
                         end = frame_.down(bars.heights[i]);
            const double gap = right - left > 4 ? 1 : 0;
            if (end == ground) continue;
            canvas_.box({left + gap, std::min(end, ground), right - gap, std::max(end, ground)}, 0,
                        series_ink(0), {});
        }
    }

    void operator()(const Image& image) {
        const Range range = shade_range(image);
        Mosaic mosaic{image.rows, image.columns, {}, image.colours};
        for (std::size_t row = 0; row < image.rows; ++row) {
            const std::size_t from = frame_.downwards ? row : image.rows - 1 - row;
            for (std::size_t column = 0; column < image.columns; ++column)
                mosaic.cells.push_back(
                    shade_of(image.values[from * image.columns + column], range));
        }
        const double low = frame_.down(image.y.low), high = frame_.down(image.y.high);
        canvas_.mosaic({frame_.across(image.x.low), std::min(low, high),
                        frame_.across(image.x.high), std::max(low, high)},
                       mosaic);
    }

    void operator()(const Graph&) {}  // has a panel of its own (draw_graph)

 private:
    /// At an end of the level, above or below it, where no line runs.
    void name_level(const std::string& name, double y) {
        const Box& box = frame_.box;
        const double width = text_width(name, 11), height = 13;
        struct Place {
            Box box;
            Anchor anchor;
        };
        std::vector<Place> places;
        for (const double bottom : {y - 2, y + height + 3}) {
            if (bottom - height < box.top || bottom > box.bottom) continue;
            const double top = bottom - height;
            places.push_back({{box.right - 4 - width, top, box.right - 4, bottom}, Anchor::End});
            places.push_back({{box.left + 4, top, box.left + 4 + width, bottom}, Anchor::Start});
        }
        if (places.empty()) return;
        const auto free = std::find_if(places.begin(), places.end(),
                                       [&](const Place& place) { return !is_crossed(place.box); });
        const Place& place = free == places.end() ? places.front() : *free;
        canvas_.text(
            {place.anchor == Anchor::End ? place.box.right : place.box.left, place.box.bottom - 2},
            name, {Ink::Quiet, place.anchor, 11});
    }

    bool is_crossed(const Box& box) const {
        for (const Mark& mark : panel_.marks)
            if (const auto* line = std::get_if<Line>(&mark))
                for (std::size_t i = 1; i < line->points.size(); ++i)
                    if (crosses(frame_.at(line->points[i - 1]), frame_.at(line->points[i]), box))
                        return true;
        return false;
    }

    /// Whether the part of the line above the box' width reaches into its height.
    static bool crosses(const Point& from, const Point& to, const Box& box) {
        if (to.x < box.left || from.x > box.right) return false;
        const auto height_at = [&](double x) {
            const double part = to.x > from.x ? (x - from.x) / (to.x - from.x) : 0;
            return from.y + std::clamp(part, 0.0, 1.0) * (to.y - from.y);
        };
        const auto [high, low] = std::minmax({height_at(box.left), height_at(box.right)});
        return high <= box.bottom && low >= box.top;
    }

    const Panel& panel_;
    const Frame& frame_;
    Canvas& canvas_;
    std::size_t series_ = 0;
};

}  // namespace

void draw_marks(const Panel& panel, const Frame& frame, Canvas& canvas) {
    Marks marks(panel, frame, canvas);
    for (const Mark& mark : panel.marks) std::visit(marks, mark);
}

}  // namespace snnc::pictures
