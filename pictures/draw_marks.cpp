#include <algorithm>
#include <cmath>

#include "pictures/draw.h"

namespace snnc::pictures {
namespace {

class Marks {
 public:
    Marks(const Frame& frame, Canvas& canvas) : frame_(frame), canvas_(canvas) {}

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
        if (!level.name.empty())
            canvas_.text({frame_.box.right - 4, y - frame_.box.top < 16 ? y + 13 : y - 4},
                         level.name, {Ink::Quiet, Anchor::End, 11});
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
    const Frame& frame_;
    Canvas& canvas_;
    std::size_t series_ = 0;
};

}  // namespace

void draw_marks(const Panel& panel, const Frame& frame, Canvas& canvas) {
    Marks marks(frame, canvas);
    for (const Mark& mark : panel.marks) std::visit(marks, mark);
}

}  // namespace snnc::pictures
