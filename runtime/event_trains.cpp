#include "runtime/event_trains.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnc::runtime {

double step_of(double time, double step_length, int precision) {
    const double step = std::floor(time / step_length);
    // How far rounding may have moved the time from where it was, and the product below.
    double slack = 4 * std::numeric_limits<double>::epsilon() * time;
    if (precision > 0) {
        int exponent = 0;
        std::frexp(time, &exponent);  // time = fraction*2^exponent with 0.5 <= fraction < 1
        slack += std::ldexp(0.5, exponent - precision);
    }
    return (step + 1) * step_length - time <= slack ? step + 1 : step;
}

void EventTrains::end_sample() {
    if (grid_.merge) {
        taken_.resize(std::size_t(grid_.steps * grid_.cells));
        const auto first = places_.begin() + std::ptrdiff_t(start(count()));
        places_.erase(std::remove_if(first, places_.end(),
                                     [&](std::uint32_t place) {
                                         const bool again = taken_[place];
                                         taken_[place] = true;
                                         return again;
                                     }),
                      places_.end());
        for (auto place = first; place != places_.end(); ++place) taken_[*place] = false;
    }
    ends_.push_back(places_.size());
}

std::span<const std::uint32_t> EventTrains::places(std::int64_t sample) const {
    const std::size_t first = start(sample);
    return std::span(places_).subspan(first, ends_[std::size_t(sample)] - first);
}

void EventTrains::gather(std::span<const std::int64_t> samples, std::vector<float>& batch) const {
    const auto cells = std::size_t(grid_.cells);
    const std::size_t row = samples.size() * cells;  // of one step
    batch.assign(std::size_t(grid_.steps) * row, 0);
    for (std::size_t i = 0; i < samples.size(); ++i)
        for (const std::uint32_t place : places(samples[i]))
            batch[place / cells * row + i * cells + place % cells] += 1;
}

EventTrains::Peak EventTrains::peak() const {
    Peak peak;
    std::vector<std::uint32_t> events(std::size_t(grid_.steps * grid_.cells));
    for (std::int64_t sample = 0; sample < count(); ++sample) {
        for (const std::uint32_t place : places(sample)) {
            if (++events[place] <= peak.events) continue;
            peak = {events[place], sample, place / grid_.cells, place % grid_.cells};
        }
        for (const std::uint32_t place : places(sample)) events[place] = 0;
    }
    return peak;
}

}  // namespace snnc::runtime
