#include "runtime/event_file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/event_members.h"

namespace snnc::runtime {
namespace {

[[noreturn]] void bad(DataErrorKind kind, const std::string& file, const std::string& message) {
    throw DataError(kind, file, message);
}

std::string event_text(std::int64_t sample, std::size_t event) {
    return "event " + std::to_string(event) + " of sample " + std::to_string(sample);
}

/// A time as a user would write it.
std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

class EventReader {
 public:
    EventReader(const std::string& path, const EventGrid& grid)
        : path_(path), grid_(grid), members_(path) {}

    EventSamples read() {
        const std::int64_t count = check_counts();
        EventSamples samples{EventTrains(grid_), members_.read_labels()};
        for (std::int64_t sample = 0; sample < count; ++sample) add_sample(samples.trains, sample);
        check_end();
        return samples;
    }

 private:
    std::int64_t check_counts() const {
        const auto [times, units, labels] = members_.counts();
        if (times != units || times != labels)
            bad(DataErrorKind::CountMismatch, path_,
                "has times of " + std::to_string(times) + " samples, units of " +
                    std::to_string(units) + " and labels of " + std::to_string(labels));
        if (times == 0) bad(DataErrorKind::CountMismatch, path_, "has no samples");
        return times;
    }

    void add_sample(EventTrains& trains, std::int64_t sample) {
        members_.read_times(sample, times_);
        members_.read_units(sample, units_);
        if (times_.size() != units_.size())
            bad(DataErrorKind::CountMismatch, path_,
                "has " + std::to_string(times_.size()) + " times, but " +
                    std::to_string(units_.size()) + " units in sample " + std::to_string(sample));
        for (std::size_t event = 0; event < times_.size(); ++event) add(trains, sample, event);
        trains.end_sample();
    }

    void add(EventTrains& trains, std::int64_t sample, std::size_t event) {
        const double time = times_[event];
        const std::int64_t unit = units_[event];
        if (!std::isfinite(time))
            bad(DataErrorKind::NotFinite, path_,
                "has the time " + number_text(time) + " at " + event_text(sample, event));
        if (time < 0)
            bad(DataErrorKind::EventOutOfRange, path_,
                "has the negative time " + number_text(time) + " at " + event_text(sample, event));
        if (unit < 0 || unit >= grid_.cells)
            bad(DataErrorKind::EventOutOfRange, path_,
                "has the unit " + std::to_string(unit) + " at " + event_text(sample, event) +
                    ", but the input has the cells 0 to " + std::to_string(grid_.cells - 1));
        const double step = step_of(time, grid_.step_length, rounding());
        if (step < double(grid_.steps))
            trains.add(std::int64_t(step), unit);
        else
            note_beyond(sample, time, step);
    }

    /// Bits that times were rounded to. Half precision is coarser than steps often are: there a
    /// time counts as it is stored, or a good part of all events would move.
    int rounding() const { return members_.precision() < 24 ? 0 : members_.precision(); }

    void note_beyond(std::int64_t sample, double time, double step) {
        if (beyond_.events++ == 0) beyond_ = {1, sample, time, step, step};
        beyond_.last_step = std::max(beyond_.last_step, step);
    }

    /// All events are looked at first, so that the message can say what would hold them.
    void check_end() const {
        if (grid_.crop || beyond_.events == 0) return;
        bad(DataErrorKind::EventBeyondRun, path_,
            "has " + std::to_string(beyond_.events) + " event" + (beyond_.events == 1 ? "" : "s") +
                " beyond the run of " + std::to_string(grid_.steps) + " steps, the first at time " +
                number_text(beyond_.time) + ", in step " + number_text(beyond_.step) +
                " of sample " + std::to_string(beyond_.sample) + "; a run of " +
                number_text(beyond_.last_step + 1) + " steps would hold all");
    }

    struct Beyond {
        std::int64_t events = 0, sample = 0;
        double time = 0, step = 0, last_step = 0;
    };

    const std::string& path_;
    const EventGrid grid_;
    EventMembers members_;
    std::vector<double> times_;
    std::vector<std::int64_t> units_;
    Beyond beyond_;
};

}  // namespace

EventSamples read_event_file(const std::string& path, const EventGrid& grid) {
    return EventReader(path, grid).read();
}

}  // namespace snnc::runtime
