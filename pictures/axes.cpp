#include "pictures/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace snnc::pictures {
namespace {

/// The extent of what was seen.
struct Extent {
    double low = std::numeric_limits<double>::infinity(), high = -low;

    void see(double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool empty() const { return low > high; }
};

/// What a mark covers of each axis.
struct Covered {
    Extent x, y;

    void operator()(const Line& line) { see(line.points); }
    void operator()(const Band& band) {
        see(band.low);
        see(band.high);
    }
    void operator()(const Spikes& spikes) {
        for (const Point& place : spikes.places) {
            x.see(place.x);
            y.see(place.y - 0.5);
            y.see(place.y + 0.5);
        }
    }
    void operator()(const Events& events) {
        for (const double at : events.at) x.see(at);
    }
    void operator()(const Level& level) { y.see(level.y); }
    void operator()(const Bars& bars) {
        x.see(bars.first);
        x.see(bars.first + bars.width * double(bars.heights.size()));
        y.see(0);
        for (const double height : bars.heights) y.see(height);
    }
    void operator()(const Image& image) {
        for (const double end : {image.x.low, image.x.high}) x.see(end);
        for (const double end : {image.y.low, image.y.high}) y.see(end);
    }
    void operator()(const Graph&) {}

    void see(const std::vector<Point>& points) {
        for (const Point& point : points) {
            x.see(point.x);
            y.see(point.y);
        }
    }
};

Covered covered(const Panel& panel) {
    Covered covered;
    for (const Mark& mark : panel.marks) std::visit(covered, mark);
    return covered;
}

/// Lines keep away from the frame; bars stand on it, and images fill it.
bool wants_air(const Panel& panel) {
    return std::any_of(panel.marks.begin(), panel.marks.end(), [](const Mark& mark) {
        return std::holds_alternative<Line>(mark) || std::holds_alternative<Band>(mark) ||
               std::holds_alternative<Bars>(mark);
    });
}

Range with_air(const Extent& extent, bool logarithmic) {
    constexpr double share = 0.05;
    if (logarithmic) {
        const double factor = std::pow(extent.high / extent.low, share);
        return {extent.low / factor, extent.high * factor};
    }
    const double air = share * (extent.high - extent.low);
    // What stands on 0 or hangs from it stays there.
    return {extent.low == 0 ? 0 : extent.low - air, extent.high == 0 ? 0 : extent.high + air};
}

Scale scale_of(const Axis& axis, const Extent& extent, bool air) {
    if (extent.empty()) return {axis, {0, 1}};
    const bool logarithmic = axis.logarithmic && extent.low > 0;
    return {axis, air ? with_air(extent, logarithmic) : Range{extent.low, extent.high}};
}

double round_step(double length, int count) {
    const double rough = length / std::max(count, 1);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough * 0.999) return factor * power;
    return 10 * power;
}

}  // namespace

Scale::Scale(const Axis& axis, const Range& data)
    : range_(axis.range.value_or(data)),
      logarithmic_(axis.logarithmic && range_.low > 0),
      whole_(axis.whole),
      has_ticks_(axis.ticks) {
    if (range_.high > range_.low) return;
    const double half = range_.low == 0 ? 0.5 : 0.1 * std::abs(range_.low);  // a single value
    range_ = {range_.low - half, range_.low + half};
}

double Scale::place(double value) const {
    if (logarithmic_) return std::log(value / range_.low) / std::log(range_.high / range_.low);
    return (value - range_.low) / range_.length();
}

std::vector<Scale::Tick> Scale::ticks(int count) const {
    if (!has_ticks_) return {};
    if (logarithmic_) return logarithmic_ticks(count);
    double step = round_step(range_.length(), count);
    if (whole_) step = std::max(1.0, step);
    const int digits = std::max(0, -int(std::floor(std::log10(step) + 1e-9)));
    std::vector<Tick> ticks;
    const double slack = 1e-9 * range_.length();
    for (double i = std::ceil((range_.low - slack) / step); i * step <= range_.high + slack; ++i) {
        const double value = i == 0 ? 0 : i * step;
        const bool short_form = digits <= 4 && std::abs(value) < 1e6;
        ticks.push_back(
            {value, short_form ? fmt::format("{:.{}f}", value, digits) : number_text(value)});
    }
    return ticks;
}

/// Powers of ten; where the range holds few of them, 2 and 5 times as well.
std::vector<Scale::Tick> Scale::logarithmic_ticks(int count) const {
    const double decades = std::log10(range_.high / range_.low);
    if (decades < 0.5) {  // hardly bent
        Scale straight;
        straight.range_ = range_;
        return straight.ticks(count);
    }
    const int every = std::max(1, int(std::ceil(decades / std::max(count, 1))));
    std::vector<Tick> ticks;
    for (int power = int(std::floor(std::log10(range_.low))); std::pow(10.0, power) <= range_.high;
         ++power) {
        if (power % every) continue;
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (factor != 1 && decades * 2 > count) continue;
            const double value = factor * std::pow(10.0, power);
            if (value >= range_.low && value <= range_.high)
                ticks.push_back({value, number_text(value)});
        }
    }
    return ticks;
}

Scale x_scale(const Panel& panel) { return scale_of(panel.x, covered(panel).x, false); }

Scale y_scale(const Panel& panel) { return scale_of(panel.y, covered(panel).y, wants_air(panel)); }

std::vector<Scale> x_scales(const Figure& figure) {
    std::vector<Scale> scales;
    if (!figure.shared_x) {
        for (const Panel& panel : figure.panels) scales.push_back(x_scale(panel));
        return scales;
    }
    Extent all;
    for (const Panel& panel : figure.panels) {
        const Extent own = covered(panel).x;
        const Range range = panel.x.range.value_or(Range{own.low, own.high});
        all.see(range.low);
        all.see(range.high);
    }
    for (const Panel& panel : figure.panels) {
        Axis axis = panel.x;
        axis.range.reset();
        scales.push_back(scale_of(axis, all, false));
    }
    return scales;
}

std::string number_text(double value) { return fmt::format("{:.4g}", value); }

}  // namespace snnc::pictures
