#include "runtime/event_trains.h"

#include <gtest/gtest.h>

#include <cmath>

namespace snnc::runtime {
namespace {

TEST(StepOf, is_the_floor_of_time_by_step) {
    EXPECT_EQ(step_of(0, 0.01, 53), 0);
    EXPECT_EQ(step_of(0.0099, 0.01, 53), 0);
    EXPECT_EQ(step_of(0.0101, 0.01, 53), 1);
    EXPECT_EQ(step_of(1.999, 1, 53), 1);
    EXPECT_EQ(step_of(1e30, 1e-3, 53), std::floor(1e30 / 1e-3));
}

TEST(StepOf, an_event_at_the_beginning_of_a_step_lies_in_it) {
    for (const double step_length : {1e-3, 1e-4, 7e-4, 0.01, 0.3}) {
        for (int k = 0; k < 2000; ++k) {
            const double time = k * step_length;
            EXPECT_EQ(step_of(time, step_length, 53), k) << time;
            EXPECT_EQ(step_of(double(float(time)), step_length, 24), k) << time;
        }
    }
    // 9/1000 is less than 9*0.001 in double precision.
    for (int k = 0; k < 2000; ++k) EXPECT_EQ(step_of(k / 1000.0, 0.001, 53), k);
}

TEST(StepOf, takes_no_more_than_the_rounding_of_the_file) {
    const double step_length = 0.01, before = 0.03 * (1 - 1e-6);
    EXPECT_EQ(step_of(before, step_length, 53), 2);
    EXPECT_EQ(step_of(before, step_length, 24), 2);
    EXPECT_EQ(step_of(2.9999999, 1, 0), 2);  // an exact number
}

EventTrains two_samples(bool merge) {
    EventTrains trains({.steps = 2, .cells = 3, .merge = merge});
    trains.add(1, 2);
    trains.add(0, 0);
    trains.add(1, 2);
    trains.end_sample();
    trains.end_sample();  // without events
    return trains;
}

TEST(EventTrains, count_the_events_of_a_step_and_cell) {
    const EventTrains trains = two_samples(false);
    EXPECT_EQ(trains.count(), 2);
    std::vector<float> batch{9, 9};
    const std::int64_t order[] = {1, 0};
    trains.gather(order, batch);
    EXPECT_EQ(batch, (std::vector<float>{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2}));
}

TEST(EventTrains, merge_the_events_of_a_step_and_cell) {
    const EventTrains trains = two_samples(true);
    EXPECT_EQ(trains.places(0).size(), 2u);
    EXPECT_EQ(trains.places(1).size(), 0u);
    std::vector<float> batch;
    const std::int64_t order[] = {0};
    trains.gather(order, batch);
    EXPECT_EQ(batch, (std::vector<float>{1, 0, 0, 0, 0, 1}));
}

TEST(EventTrains, say_where_most_events_are) {
    const auto peak = two_samples(false).peak();
    EXPECT_EQ(peak.events, 2);
    EXPECT_EQ(peak.sample, 0);
    EXPECT_EQ(peak.step, 1);
    EXPECT_EQ(peak.cell, 2);
    EXPECT_EQ(two_samples(true).peak().events, 1);
}

}  // namespace
}  // namespace snnc::runtime
