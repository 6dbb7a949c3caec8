#include "runtime/event_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/archives.h"
#include "tests/support/event_files.h"
#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

using snnc::test::EventFile;
using snnc::test::read_text;
using snnc::test::write_events;
using snnc::test::write_text;
using test::failure_of;

/// A file of three samples for a run of five steps of 10 ms and four cells.
class EventFiles : public testing::Test {
 protected:
    EventFiles() {
        file_.times = {{0.001, 0.021, 0.049}, {}, {0.03, 0.031}};
        file_.units = {{0, 3, 1}, {}, {2, 2}};
        file_.labels = {1, 0, 2};
    }
    EventSamples read() {
        write_events(path_, file_);
        testing::internal::CaptureStderr();
        try {
            EventSamples samples = read_event_file(path_, grid_);
            EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
            return samples;
        } catch (...) {
            // HDF5's own messages must not reach the user.
            EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
            throw;
        }
    }
    void expect_refused(DataErrorKind kind, const std::string& message) {
        const DataError error = failure_of([&] { read(); });
        EXPECT_EQ(error.kind, kind) << error.what();
        EXPECT_EQ(error.what(), message);
        EXPECT_EQ(error.file, path_);
    }
    /// Of a file with these bytes.
    DataError refusal(const std::string& bytes) {
        write_text(path_, bytes);
        return failure_of([&] { read_event_file(path_, grid_); });
    }

    const snnc::test::TemporaryFolder folder_;
    const std::string path_ = folder_.file("events.h5");
    EventFile file_;
    EventGrid grid_{.steps = 5, .cells = 4, .step_length = 0.01};
};

std::vector<std::uint32_t> places(const EventSamples& samples, std::int64_t sample) {
    const auto found = samples.trains.places(sample);
    return {found.begin(), found.end()};
}

TEST_F(EventFiles, are_read_in_each_precision) {
    for (const auto real : {EventFile::Real::F16, EventFile::Real::F32, EventFile::Real::F64}) {
        file_.real = real;
        const EventSamples samples = read();
        EXPECT_EQ(samples.trains.count(), 3);
        EXPECT_EQ(places(samples, 0), (std::vector<std::uint32_t>{0, 2 * 4 + 3, 4 * 4 + 1}));
        EXPECT_EQ(places(samples, 1), (std::vector<std::uint32_t>{}));
        // 0.03 is less in half and in single precision; only the latter is taken for rounding.
        const std::uint32_t step = real == EventFile::Real::F16 ? 2 : 3;
        EXPECT_EQ(places(samples, 2), (std::vector<std::uint32_t>{step * 4 + 2, 3 * 4 + 2}));
        EXPECT_EQ(samples.labels.to_i32(), (std::vector<std::int32_t>{1, 0, 2}));
    }
}

TEST_F(EventFiles, events_beyond_the_run) {
    file_.times = {{0.001, 0.06}, {0.049, 0.0999}, {0.05}};
    file_.units = {{0, 0}, {1, 1}, {1}};
    expect_refused(DataErrorKind::EventBeyondRun,
                   "has 3 events beyond the run of 5 steps, the first at time 0.06, in step 6 of "
                   "sample 0; a run of 10 steps would hold all");
    grid_.crop = true;
    const EventSamples samples = read();
    EXPECT_EQ(places(samples, 0), (std::vector<std::uint32_t>{0}));
    EXPECT_EQ(places(samples, 1), (std::vector<std::uint32_t>{4 * 4 + 1}));
    EXPECT_EQ(places(samples, 2), (std::vector<std::uint32_t>{}));
}

TEST_F(EventFiles, times_that_are_none) {
    file_.times[2][1] = NAN;
    expect_refused(DataErrorKind::NotFinite, "has the time nan at event 1 of sample 2");
    file_.times[2][1] = INFINITY;
    expect_refused(DataErrorKind::NotFinite, "has the time inf at event 1 of sample 2");
    file_.times[2][1] = -0.5;
    expect_refused(DataErrorKind::EventOutOfRange,
                   "has the negative time -0.5 at event 1 of sample 2");
}

TEST_F(EventFiles, units_beyond_the_input) {
    file_.units[0][2] = 4;
    expect_refused(DataErrorKind::EventOutOfRange,
                   "has the unit 4 at event 2 of sample 0, but the input has the cells 0 to 3");
    file_.units[0][2] = -1;
    expect_refused(DataErrorKind::EventOutOfRange,
                   "has the unit -1 at event 2 of sample 0, but the input has the cells 0 to 3");
}

TEST_F(EventFiles, unequal_numbers) {
    file_.units[2].push_back(0);
    expect_refused(DataErrorKind::CountMismatch, "has 2 times, but 3 units in sample 2");
    file_.units.pop_back();
    expect_refused(DataErrorKind::CountMismatch,
                   "has times of 3 samples, units of 2 and labels of 3");
    file_ = {};
    expect_refused(DataErrorKind::CountMismatch, "has no samples");
}

TEST_F(EventFiles, missing_members) {
    file_.without = {"spikes/units"};
    expect_refused(DataErrorKind::TensorMissing, "has no `spikes/units`");
    file_.without = {"spikes/times", "spikes/units", "labels"};
    expect_refused(DataErrorKind::TensorMissing, "has no `spikes/times`, `spikes/units`, `labels`");
}

TEST_F(EventFiles, that_are_none) {
    EXPECT_EQ(failure_of([&] { read_event_file(path_, grid_); }).kind, DataErrorKind::FileMissing);
    EXPECT_EQ(failure_of([&] { read_event_file(folder_.path(), grid_); }).kind,
              DataErrorKind::FileUnreadable);
    EXPECT_EQ(refusal("").kind, DataErrorKind::FileEmpty);
    EXPECT_EQ(refusal("this is no HDF5 file, whatever its name says").kind,
              DataErrorKind::BadFormat);
    write_events(path_, file_);
    EXPECT_STREQ(refusal(snnc::test::gzip(read_text(path_))).what(),
                 "is packed by gzip; `gunzip` makes an HDF5 file of it");
}

TEST_F(EventFiles, that_end_early) {
    write_events(path_, file_);
    const std::string whole = read_text(path_);
    for (std::size_t length = 1; length < whole.size(); length += 97) {
        const DataError error = refusal(whole.substr(0, length));
        EXPECT_TRUE(error.kind == DataErrorKind::FileTruncated ||
                    error.kind == DataErrorKind::BadFormat)
            << length << ": " << error.what();
    }
    EXPECT_EQ(refusal(whole.substr(0, whole.size() - 1)).kind, DataErrorKind::FileTruncated);
}

TEST_F(EventFiles, the_damaged_sample_is_named) {
    write_events(path_, file_);
    std::string bytes = read_text(path_);
    // Lists lie in heaps that begin so; without the mark what lies in them is not to be found.
    std::size_t heaps = 0;
    for (auto at = bytes.find("GCOL"); at != std::string::npos; at = bytes.find("GCOL", at)) {
        bytes[at] = 'X';
        ++heaps;
    }
    ASSERT_GT(heaps, 0u);
    EXPECT_STREQ(refusal(bytes).what(), "is damaged: sample 0 of `spikes/times` cannot be read");
}

}  // namespace
}  // namespace snnc::runtime
