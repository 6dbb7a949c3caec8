#include "driver/schedule.h"

#include <gtest/gtest.h>

namespace snnc::driver {
namespace {

using Segment = ir::ScheduleSegment;
using Kind = Segment::Kind;

Segment segment(Kind kind, std::optional<double> updates, double from = 1, double to = 0) {
    return {kind, updates, {}, from, to};
}

TEST(Schedule, is_constant_without_segments) { EXPECT_EQ(schedule_factor({}, 7, 100, 10), 1); }

TEST(Schedule, cosine_falls_to_its_end_and_stays_there) {
    const std::vector<Segment> schedule{segment(Kind::Cosine, {}, 1, 0.2)};
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 0, 100, 10), 1);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 50, 100, 10), 0.6);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 100, 100, 10), 0.2);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 150, 100, 10), 0.2);
}

TEST(Schedule, epochs_count_in_updates) {
    Segment linear = segment(Kind::Linear, {}, 0.5, 1);
    linear.epochs = 2;
    EXPECT_DOUBLE_EQ(schedule_factor({linear}, 0, 100, 10), 0.5);
    EXPECT_DOUBLE_EQ(schedule_factor({linear}, 10, 100, 10), 0.75);
    EXPECT_DOUBLE_EQ(schedule_factor({linear}, 20, 100, 10), 1);
}

TEST(Schedule, stairs_multiply) {
    const std::vector<Segment> schedule{segment(Kind::Step, 10, 1, 0.5)};
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 9, 100, 10), 1);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 10, 100, 10), 0.5);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 39, 100, 10), 0.125);
}

TEST(Schedule, segments_follow_one_another) {
    const std::vector<Segment> schedule{segment(Kind::Warmup, 4), segment(Kind::Cosine, {})};
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 0, 104, 10), 0.25);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 3, 104, 10), 1);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 4, 104, 10), 1);
    EXPECT_DOUBLE_EQ(schedule_factor(schedule, 54, 104, 10), 0.5);  // half of the 100 that are left
}

}  // namespace
}  // namespace snnc::driver
