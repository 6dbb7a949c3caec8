// Events of samples, laid out in the steps and cells of an input with a value per step.
//
// An event is one number, so that the 65 million events of a set such as SHD take 260 MB; what a
// network reads, a value for each step and cell, is made of them for one batch at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace snnc::runtime {

/// What events are laid out in.
struct EventGrid {
    std::int64_t steps = 1, cells = 1;  // steps*cells is at most 2^32
    double step_length = 1;             // in the unit of the events' times
    bool crop = false;                  // events beyond the run are left out, not refused
    bool merge = false;                 // several events of a cell in a step count as one
};

/// The step of an event, floor(time/step_length), as a whole number. The time was rounded to
/// `precision` significant bits when it was stored (0: not at all): one that is k*step_length
/// but for this rounding lies in step k.
double step_of(double time, double step_length, int precision);

class EventTrains {
 public:
    explicit EventTrains(const EventGrid& grid) : grid_(grid) {}

    /// Ends a sample, that of the events added since the last call.
    void end_sample();
    /// 0 <= step < grid.steps, 0 <= cell < grid.cells.
    void add(std::int64_t step, std::int64_t cell) {
        places_.push_back(std::uint32_t(step * grid_.cells + cell));
    }

    const EventGrid& grid() const { return grid_; }
    std::int64_t count() const { return std::int64_t(ends_.size()); }
    /// step*cells + cell of each event, in no order.
    std::span<const std::uint32_t> places(std::int64_t sample) const;
    /// The number of events in each step and cell of those samples: [steps, samples, cells].
    void gather(std::span<const std::int64_t> samples, std::vector<float>& batch) const;
    /// The largest number of events in one step and cell, and where it is first reached.
    struct Peak {
        std::int64_t events = 0, sample = 0, step = 0, cell = 0;
    };
    Peak peak() const;

 private:
    std::size_t start(std::int64_t sample) const {
        return sample == 0 ? 0 : ends_[std::size_t(sample - 1)];
    }

    EventGrid grid_;
    std::vector<std::uint32_t> places_;
    std::vector<std::size_t> ends_;  // of samples, in places_
    std::vector<bool> taken_;        // by step and cell, for merging; all false between samples
};

}  // namespace snnc::runtime
