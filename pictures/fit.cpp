#include "pictures/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace snnc::pictures {
namespace {

std::size_t divided_up(std::size_t count, std::size_t by) { return (count + by - 1) / by; }

/// The first, smallest, largest and last point of each column, in their order.
std::vector<Point> thinned(const std::vector<Point>& points, const Room& room, const Scale& x) {
    if (points.size() <= 4 * room.columns) return points;
    const auto column = [&](const Point& point) {
        return std::floor(x.place(point.x) * double(room.columns));
    };
    const auto below = [](const Point& a, const Point& b) { return a.y < b.y; };
    std::vector<Point> kept;
    for (auto begin = points.begin(); begin != points.end();) {
        auto end = std::find_if(begin, points.end(), [&](const Point& point) {
            return column(point) != column(*begin) ||
                   std::isfinite(point.y) != std::isfinite(begin->y);
        });
        const auto [low, high] = std::minmax_element(begin, end, below);
        std::vector places{begin, low, high, end - 1};
        std::sort(places.begin(), places.end());
        places.erase(std::unique(places.begin(), places.end()), places.end());
        for (const auto place : places) kept.push_back(*place);
        begin = end;
    }
    return kept;
}

class Fitting {
 public:
    Fitting(const Room& room, const Scale& x) : room_(room), x_(x) {}

    Mark operator()(Line line) {
        line.points = thinned(line.points, room_, x_);
        return line;
    }
    Mark operator()(Band band) {
        const std::size_t every = divided_up(band.low.size(), room_.columns);
        if (every > 1) band = {ends(band.low, every, true), ends(band.high, every, false)};
        return band;
    }
    Mark operator()(Events events) { return events; }
    Mark operator()(Level level) { return level; }
    Mark operator()(Graph graph) { return graph; }

    Mark operator()(Bars bars) {
        const std::size_t every = divided_up(bars.heights.size(), room_.columns / 2);
        if (every <= 1) return bars;
        Bars means{bars.first, bars.width * double(every), {}};
        for (std::size_t i = 0; i < bars.heights.size(); i += every) {
            const std::size_t end = std::min(i + every, bars.heights.size());
            double sum = 0;
            for (std::size_t j = i; j < end; ++j) sum += bars.heights[j];
            means.heights.push_back(sum / double(end - i));
        }
        say(fmt::format("means of {}", every));
        return means;
    }

    Mark operator()(Image image) {
        const std::size_t down = divided_up(image.rows, room_.cells_down),
                          across = divided_up(image.columns, room_.cells_across);
        if (down <= 1 && across <= 1) return image;
        say(fmt::format("means of {} × {}", down, across));
        return shrunk(image, down, across);
    }

    /// Too many strokes are a dark area; how many of the steps have a spike says more.
    Mark operator()(Spikes spikes) {
        if (spikes.places.size() <= room_.spikes) return spikes;
        return density(spikes);
    }

    const std::string& note() const { return note_; }

 private:
    static std::vector<Point> ends(const std::vector<Point>& points, std::size_t every, bool low) {
        std::vector<Point> kept;
        for (std::size_t i = 0; i < points.size(); i += every) {
            Point end = points[i];
            for (std::size_t j = i; j < std::min(i + every, points.size()); ++j)
                end.y = low ? std::fmin(end.y, points[j].y) : std::fmax(end.y, points[j].y);
            kept.push_back(end);
        }
        return kept;
    }

    static Image shrunk(const Image& image, std::size_t down, std::size_t across) {
        Image small = image;
        small.rows = divided_up(image.rows, down);
        small.columns = divided_up(image.columns, across);
        std::vector<double> sums(small.rows * small.columns, 0.0), counts = sums;
        for (std::size_t row = 0; row < image.rows; ++row) {
            for (std::size_t column = 0; column < image.columns; ++column) {
                const float value = image.values[row * image.columns + column];
                if (!std::isfinite(value)) continue;
                const std::size_t place = row / down * small.columns + column / across;
                sums[place] += value;
                ++counts[place];
            }
        }
        small.values.resize(sums.size());
        for (std::size_t i = 0; i < sums.size(); ++i)
            small.values[i] = counts[i] > 0 ? float(sums[i] / counts[i]) : left_free;
        return small;
    }

    Mark density(const Spikes& spikes) {
        double low = spikes.places.front().y, high = low;
        for (const Point& place : spikes.places) {
            low = std::min(low, place.y);
            high = std::max(high, place.y);
        }
        Image image;
        image.name = "spikes";
        image.colours = Colours::Sequential;
        image.x = x_.range();
        const auto cells = std::size_t(high - low) + 1;
        const std::size_t down = divided_up(cells, room_.cells_down);
        image.rows = divided_up(cells, down);
        image.columns = room_.cells_across;
        image.y = {low - 0.5, high + 0.5};
        image.values.assign(image.rows * image.columns, 0.0f);
        for (const Point& place : spikes.places) {
            const auto column =
                std::min(std::size_t(std::max(0.0, x_.place(place.x)) * double(image.columns)),
                         image.columns - 1);
            ++image.values[std::size_t(place.y - low) / down * image.columns + column];
        }
        say(fmt::format("{} spikes, counted in {} × {} fields", spikes.places.size(), image.rows,
                        image.columns));
        return image;
    }

    void say(const std::string& text) {
        if (note_.find(text) == std::string::npos) note_ += (note_.empty() ? "" : "; ") + text;
    }

    const Room& room_;
    const Scale& x_;
    std::string note_;
};

}  // namespace

Panel fit(const Panel& panel, const Room& room, const Scale& x) {
    Panel fitted = panel;
    Fitting fitting(room, x);
    for (Mark& mark : fitted.marks) mark = std::visit(fitting, std::move(mark));
    if (!fitting.note().empty())
        fitted.title += fmt::format("{}({})", fitted.title.empty() ? "" : " ", fitting.note());
    return fitted;
}

}  // namespace snnc::pictures
