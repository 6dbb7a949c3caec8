// Pictures of recorded arrays: when cells spike, how often, and how their variables run.
#pragma once

#include <optional>
#include <string>

#include "pictures/figure.h"
#include "pictures/recording.h"

namespace snnc::pictures {

/// The length of a step, for the time axis; without a unit, time counts steps.
struct StepLength {
    double length = 1;
    std::string unit;  // "ms"
};

/// A row for each cell.
Figure raster(const Recording& spikes, const StepLength& step);

/// The cells that traces() shows when nobody chose: a panel is a few lines high.
constexpr std::size_t most_traces = 8;

struct Traces {
    const Recording* values = nullptr;
    const Recording* spikes = nullptr;  // of the same steps and cells; or none
    std::optional<double> threshold;
    std::string variable;  // "hidden.v", or empty
};
/// A panel for each cell (the first `most_traces`), all over the same time.
Figure traces(const Traces& traces, const StepLength& step);

/// Spikes of each cell, and of all of them in each step.
Figure counts(const Recording& spikes, const StepLength& step);

}  // namespace snnc::pictures
