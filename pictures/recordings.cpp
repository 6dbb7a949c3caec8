#include "pictures/recordings.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace snnc::pictures {
namespace {

Axis time_axis(const Recording& recording, const StepLength& step) {
    Axis axis;
    axis.label = step.unit.empty() ? "step" : fmt::format("time ({})", step.unit);
    axis.whole = step.unit.empty();
    // A single step still has a length.
    axis.range = {{0, step.length * double(std::max<std::size_t>(recording.steps, 2) - 1)}};
    return axis;
}

/// With room around the first and the last step.
Range whole_steps(const Recording& recording, const StepLength& step) {
    return {-step.length / 2, step.length * (double(recording.steps) - 0.5)};
}

/// The cells shown, where it is not all of them.
std::string part_text(const Recording& recording, std::size_t shown) {
    if (shown == recording.all_cells) return {};
    return fmt::format("cells {} to {} of {}", recording.first_cell,
                       recording.first_cell + shown - 1, recording.all_cells);
}

/// The times at which a cell spikes.
std::vector<double> times(const Recording& spikes, std::size_t cell, const StepLength& step) {
    std::vector<double> times;
    for (std::size_t t = 0; t < spikes.steps; ++t)
        if (spikes.at(t, cell) != 0) times.push_back(step.length * double(t));
    return times;
}

}  // namespace

Figure raster(const Recording& spikes, const StepLength& step) {
    Spikes marks;
    for (std::size_t cell = 0; cell < spikes.cells; ++cell)
        for (const double time : times(spikes, cell, step))
            marks.places.push_back({time, double(spikes.first_cell + cell)});
    const double low = double(spikes.first_cell) - 0.5;
    Panel panel;
    panel.title = part_text(spikes, spikes.cells);
    panel.x = time_axis(spikes, step);
    panel.x.range = whole_steps(spikes, step);
    panel.y = {"cell", {{low, low + double(spikes.cells)}}, false, true, false};
    panel.marks = {std::move(marks)};
    panel.height = spikes.cells > 20 ? 1.6 : 1;
    return {"", {std::move(panel)}, false};
}

Figure traces(const Traces& given, const StepLength& step) {
    const Recording& values = *given.values;
    const std::size_t shown = std::min(values.cells, most_traces);
    Figure figure{part_text(values, shown), {}, true};
    for (std::size_t cell = 0; cell < shown; ++cell) {
        Line line;
        for (std::size_t t = 0; t < values.steps; ++t)
            line.points.push_back({step.length * double(t), values.at(t, cell)});
        Panel panel;
        const std::string number = fmt::format("cell {}", values.first_cell + cell);
        panel.title =
            given.variable.empty() ? number : fmt::format("{}, {}", given.variable, number);
        panel.x = time_axis(values, step);
        if (given.threshold) panel.marks.emplace_back(Level{"threshold", *given.threshold});
        panel.marks.emplace_back(std::move(line));
        if (given.spikes) panel.marks.emplace_back(Events{times(*given.spikes, cell, step)});
        panel.height = shown > 3 ? 0.6 : 0.8;
        figure.panels.push_back(std::move(panel));
    }
    return figure;
}

Figure counts(const Recording& spikes, const StepLength& step) {
    std::vector<double> of_cell(spikes.cells, 0.0), of_step(spikes.steps, 0.0);
    for (std::size_t t = 0; t < spikes.steps; ++t) {
        for (std::size_t cell = 0; cell < spikes.cells; ++cell) {
            of_cell[cell] += spikes.at(t, cell);
            of_step[t] += spikes.at(t, cell);
        }
    }
    const double all = std::accumulate(of_cell.begin(), of_cell.end(), 0.0);
    const auto silent = std::count(of_cell.begin(), of_cell.end(), 0.0);
    Panel cells, steps;
    cells.title = fmt::format("{} spikes of {} cells in {} steps, {} silent", all, spikes.cells,
                              spikes.steps, silent);
    cells.x = {"cell", {}, false, true, false};
    cells.y = {"spikes of the cell", {}, false, true, false};
    cells.marks = {Bars{double(spikes.first_cell) - 0.5, 1, of_cell}};
    steps.x = time_axis(spikes, step);
    steps.x.range = whole_steps(spikes, step);
    steps.y = {"spikes in the step", {}, false, true, false};
    steps.marks = {Bars{-step.length / 2, step.length, of_step}};
    return {part_text(spikes, spikes.cells), {std::move(cells), std::move(steps)}, false};
}

}  // namespace snnc::pictures
