// The part of an array that a picture shows, and arrays that are no recordings.
#include "pictures/recording.h"

#include <gtest/gtest.h>

#include <limits>

#include "pictures/recordings.h"

namespace snnc::pictures {
namespace {

using runtime::Array;
using runtime::DataError;
using runtime::DataErrorKind;

/// [steps, 2, cells], each value 100*step + 10*sample + cell.
Array numbered(std::int64_t steps, std::int64_t cells) {
    std::vector<float> values;
    for (int t = 0; t < steps; ++t)
        for (int sample = 0; sample < 2; ++sample)
            for (int cell = 0; cell < cells; ++cell)
                values.push_back(float(100 * t + 10 * sample + cell));
    return Array::of_f32({steps, 2, cells}, values);
}

DataError failure(const Array& array, const Choice& choice) {
    try {
        take(array, "x.npy", choice);
    } catch (const DataError& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was refused";
    return {DataErrorKind::BadFormat, "", ""};
}

TEST(Recording, a_sample_and_some_of_its_cells) {
    const Recording recording = take(numbered(3, 4), "x.npy", {1, 1, 3});
    EXPECT_EQ(recording.steps, 3u);
    EXPECT_EQ(recording.cells, 2u);
    EXPECT_EQ(recording.all_cells, 4u);
    EXPECT_EQ(recording.values, (std::vector<float>{11, 12, 111, 112, 211, 212}));
}

TEST(Recording, the_shape_behind_the_batch_is_counted_row_by_row) {
    const Recording recording = take(Array({}, {5, 1, 2, 3, 4}), "x.npy", {});
    EXPECT_EQ(recording.cells, 24u);
    EXPECT_EQ(take(Array({}, {5, 1}), "x.npy", {}).cells, 1u);
}

TEST(Recording, what_is_no_recording_is_refused) {
    EXPECT_EQ(failure(Array({}, {5}), {}).kind, DataErrorKind::BadShape);
    EXPECT_EQ(failure(Array({}, {5, 0, 3}), {}).kind, DataErrorKind::BadShape);
    EXPECT_STREQ(failure(numbered(2, 3), {2, {}, {}}).what(),
                 "there is no sample 2: the array holds 2 samples, 0 to 1");
    EXPECT_STREQ(failure(numbered(2, 3), {0, 1, 4}).what(),
                 "there are no cells 1:4: the array holds 3 cells, 0 to 2");
    EXPECT_EQ(failure(numbered(2, 3), {0, 2, 2}).kind, DataErrorKind::PartMissing);
}

TEST(Recording, values_that_are_no_numbers_are_refused_with_their_place) {
    Array array = numbered(3, 4);
    array.as<float>()[2 * 8 + 3] = std::numeric_limits<float>::infinity();
    EXPECT_STREQ(failure(array, {}).what(), "holds inf in step 2 at cell 3");
}

TEST(Recording, spikes_are_0_or_1) {
    const Recording recording = take(numbered(2, 3), "x.npy", {});
    EXPECT_THROW(check_spikes(recording, "x.npy"), DataError);
}

TEST(Recordings, counts_say_how_many_cells_are_silent) {
    Array array({}, {4, 1, 3});
    for (std::size_t t = 0; t < 4; ++t) array.as<float>()[3 * t + 1] = 1;
    const Figure figure = counts(take(array, "x.npy", {}), {});
    EXPECT_EQ(figure.panels[0].title, "4 spikes of 3 cells in 4 steps, 2 silent");
    EXPECT_EQ(std::get<Bars>(figure.panels[0].marks[0]).heights, (std::vector<double>{0, 4, 0}));
}

TEST(Recordings, traces_show_the_first_cells_and_say_so) {
    const Recording recording = take(numbered(5, 20), "x.npy", {});
    const Figure figure = traces({&recording, nullptr, 1.0, "v"}, {0.5, "ms"});
    EXPECT_EQ(figure.panels.size(), most_traces);
    EXPECT_EQ(figure.title, "cells 0 to 7 of 20");
    EXPECT_EQ(figure.panels[0].x.label, "time (ms)");
    EXPECT_EQ(figure.panels[0].x.range->high, 2);
}

}  // namespace
}  // namespace snnc::pictures
