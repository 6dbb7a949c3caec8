#include "runtime/event_set.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

namespace fs = std::filesystem;
using test::failure_of;

class EventSets : public testing::Test {
 protected:
    ~EventSets() override { ::unsetenv("SNNC_DATA"); }
    void write(const std::vector<std::string>& names) {
        fs::create_directories(set_);
        for (const std::string& name : names) snnc::test::write_text(set_ / name, "");
    }
    std::string refusal() {
        const DataError error = failure_of([&] { find_event_set(set_.string()); });
        EXPECT_EQ(error.kind, DataErrorKind::DataSetMissing);
        return error.what();
    }
    const snnc::test::TemporaryFolder folder_;
    const fs::path set_ = folder_.path() / "shd";
};

TEST_F(EventSets, a_folder_with_both_parts) {
    write({"shd_train.h5", "shd_valid.h5", "shd_test.h5", "README", "shd_train.h5.gz"});
    const auto set = find_event_set(set_.string());
    ASSERT_TRUE(set);
    EXPECT_EQ(set->train, (set_ / "shd_train.h5").string());
    EXPECT_EQ(set->test, (set_ / "shd_test.h5").string());
    EXPECT_FALSE(set->one_file());
}

TEST_F(EventSets, a_known_name) {
    write({"train.hdf5", "test.hdf5"});
    ::setenv("SNNC_DATA", folder_.path().c_str(), 1);
    const auto set = find_event_set("shd");
    ASSERT_TRUE(set);
    EXPECT_EQ(set->test, (set_ / "test.hdf5").string());
}

TEST_F(EventSets, one_file_is_both_parts) {
    const auto set = find_event_set("mine.h5");
    ASSERT_TRUE(set);
    EXPECT_EQ(set->train, "mine.h5");
    EXPECT_TRUE(set->one_file());
}

TEST_F(EventSets, folders_without_event_files_are_others) {
    EXPECT_FALSE(find_event_set(set_.string()));
    write({"train-images-idx3-ubyte"});
    EXPECT_FALSE(find_event_set(set_.string()));
}

TEST_F(EventSets, refused_folders_say_why) {
    write({"shd_train.h5.gz", "shd_test.h5.gz"});
    EXPECT_EQ(refusal(),
              "has packed event files only; `gunzip` makes HDF5 files of shd_test.h5.gz and the "
              "others");
    write({"shd_train.h5"});
    EXPECT_EQ(refusal(),
              "has event files, but none is called test.h5 or ends in _test.h5; a single file can "
              "be named in place of the folder");
    write({"shd_test.h5", "ssc_train.h5"});
    EXPECT_EQ(refusal(),
              "has both shd_train.h5 and ssc_train.h5; name one file in place of the folder");
}

}  // namespace
}  // namespace snnc::runtime
