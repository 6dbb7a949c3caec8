#include "pictures/learning_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace snnc::pictures {
namespace {

constexpr std::size_t bins = 120;

/// What the finite ones of some losses cover; NaN where there are none.
struct Summary {
    double mean = left_free, low = left_free, high = left_free;
};

Summary summary(std::span<const Point> losses) {
    Summary summary;
    double sum = 0;
    std::size_t count = 0;
    for (const Point& loss : losses) {
        if (!std::isfinite(loss.y)) continue;
        sum += loss.y;
        ++count;
        summary.low = std::fmin(summary.low, loss.y);
        summary.high = std::fmax(summary.high, loss.y);
    }
    if (count > 0) summary.mean = sum / double(count);
    return summary;
}

/// Neighbouring updates together: their mean, with the band that they fill.
void add_losses(const std::vector<Point>& losses, Panel& panel) {
    const std::size_t every = (losses.size() + bins - 1) / bins;
    Band band;
    Line mean{"update", {}, false};
    for (std::size_t i = 0; i < losses.size(); i += every) {
        const std::size_t end = std::min(i + every, losses.size());
        const double x = (losses[i].x + losses[end - 1].x) / 2;
        const Summary bin = summary({losses.data() + i, end - i});
        mean.points.push_back({x, bin.mean});
        band.low.push_back({x, bin.low});
        band.high.push_back({x, bin.high});
    }
    if (every > 1) {
        panel.title += fmt::format(" (means of {} updates, with their range)", every);
        panel.marks.emplace_back(std::move(band));
    }
    panel.marks.emplace_back(std::move(mean));
}

void add_measured(const std::vector<Measured>& series, Panel& panel) {
    for (const Measured& measured : series)
        panel.marks.emplace_back(Line{measured.name, measured.values, true});
}

/// Losses fall by factors; a scale of factors suits them where they fall by more than four.
bool falls_by_factors(const std::vector<Point>& losses) {
    const Summary all = summary(losses);
    return all.low > 0 && all.high > 4 * all.low;
}

/// Adds a value to the series of that name, which is made if it is not there.
void add(std::vector<Measured>& series, const std::string& name, const Point& value) {
    const auto known = std::find_if(series.begin(), series.end(), [&](const Measured& measured) {
        return measured.name == name;
    });
    if (known == series.end()) {
        series.push_back({name, {value}});
    } else {
        known->values.push_back(value);
    }
}

}  // namespace

void Learning::add_score(const std::string& part, const std::string& name, const Point& value) {
    add(name == "loss" ? epoch_losses : metrics, part + " " + name, value);
}

void Learning::add_rate(const std::string& layer, const Point& value) { add(rates, layer, value); }

void Learning::forget_from(double update) {
    const auto cut = [&](std::vector<Point>& values) {
        while (!values.empty() && values.back().x >= update) values.pop_back();
    };
    cut(losses);
    for (auto* group : {&epoch_losses, &metrics, &rates})
        for (Measured& measured : *group) cut(measured.values);
}

Figure learning_curve(const Learning& learning) {
    Figure figure{learning.title, {}, true};
    Axis updates{"update", {}, false, true, false};
    double last = 1;
    for (const Point& loss : learning.losses) last = std::max(last, loss.x);
    for (const auto* group : {&learning.epoch_losses, &learning.metrics, &learning.rates})
        for (const Measured& measured : *group)
            for (const Point& value : measured.values) last = std::max(last, value.x);
    updates.range = {{0, last}};
    const auto add_panel = [&](const std::string& title) -> Panel& {
        figure.panels.push_back({title, updates, {}, {}, 0.85});
        return figure.panels.back();
    };
    if (!learning.losses.empty() || !learning.epoch_losses.empty()) {
        Panel& panel = add_panel("loss");
        panel.y.logarithmic = falls_by_factors(learning.losses);
        if (!learning.losses.empty()) add_losses(learning.losses, panel);
        add_measured(learning.epoch_losses, panel);
    }
    if (!learning.metrics.empty()) add_measured(learning.metrics, add_panel("after each epoch"));
    if (!learning.rates.empty())
        add_measured(learning.rates, add_panel("spikes of a cell in a step"));
    return figure;
}

}  // namespace snnc::pictures
