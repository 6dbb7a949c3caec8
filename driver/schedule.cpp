#include "driver/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace snnc::driver {
namespace {

using Segment = ir::ScheduleSegment;

double length_of(const Segment& segment, double rest, double updates_per_epoch) {
    if (segment.updates) return *segment.updates;
    if (segment.epochs) return *segment.epochs * updates_per_epoch;
    return rest;
}

/// `k` updates after the beginning of a segment of that length.
double factor_at(const Segment& segment, double k, double length) {
    const double share = length > 0 ? std::min(1.0, k / length) : 1.0;
    switch (segment.kind) {
        case Segment::Kind::Warmup: return std::min(1.0, (k + 1) / length);
        case Segment::Kind::Cosine:
            return segment.to + (1 - segment.to) * (1 + std::cos(std::numbers::pi * share)) / 2;
        case Segment::Kind::Linear: return segment.from + (segment.to - segment.from) * share;
        case Segment::Kind::Step: return std::pow(segment.to, std::floor(k / length));
    }
    return 1;
}

}  // namespace

double schedule_factor(const std::vector<Segment>& schedule, std::int64_t update,
                       std::int64_t updates, std::int64_t updates_per_epoch) {
    double k = double(update), rest = double(updates);
    for (std::size_t i = 0; i < schedule.size(); ++i) {
        const double length = length_of(schedule[i], rest, double(updates_per_epoch));
        if (k < length || i + 1 == schedule.size()) return factor_at(schedule[i], k, length);
        k -= length;
        rest = std::max(0.0, rest - length);
    }
    return 1;
}

}  // namespace snnc::driver
