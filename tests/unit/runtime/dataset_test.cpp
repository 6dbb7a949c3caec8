#include "runtime/dataset.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/archives.h"
#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

namespace fs = std::filesystem;
using snnc::test::gzip;
using snnc::test::idx;
using snnc::test::npy;
using snnc::test::write_text;
using test::failure_of;
using test::kind_of_failure;

const PortNames picture_and_label{{"picture"}, {"label"}};

/// A folder with the four files of a set: three samples of two pixels for training, one for test.
class DataSets : public testing::Test {
 protected:
    DataSets() {
        write("train-images-idx3-ubyte", idx({3, 1, 2}, "abcdef"));
        write("train-labels-idx1-ubyte", idx({3}, {"\0\1\2", 3}));
        write("t10k-images-idx3-ubyte", idx({1, 1, 2}, "gh"));
        write("t10k-labels-idx1-ubyte", idx({1}, "\1"));
    }
    ~DataSets() override { ::unsetenv("SNNC_DATA"); }

    void write(const std::string& name, const std::string& bytes) {
        fs::create_directories(set_);
        write_text(set_ / name, bytes);
    }
    void expect_the_set(const DataSet& set) {
        EXPECT_EQ(set.train.count(), 3);
        EXPECT_EQ(set.train.inputs[0].shape, (Shape{3, 1, 2}));
        EXPECT_EQ(set.train.targets[0].to_i32(), (std::vector<std::int32_t>{0, 1, 2}));
        EXPECT_EQ(set.test.count(), 1);
        EXPECT_EQ(set.test.inputs[0].to_i32(), (std::vector<std::int32_t>{'g', 'h'}));
    }
    DataErrorKind refusal() {
        return kind_of_failure([&] { load_data_set(set_.string(), picture_and_label); });
    }

    const snnc::test::TemporaryFolder folder_;
    const fs::path set_ = folder_.path() / "tiny-set";
};

TEST_F(DataSets, AFolderOfIdxFiles) {
    expect_the_set(load_data_set(set_.string(), picture_and_label));
}

TEST_F(DataSets, PackedFilesServeAsWell) {
    for (const auto& entry : fs::directory_iterator(fs::path(set_))) {
        const std::string bytes = snnc::test::read_text(entry.path());
        fs::remove(entry.path());
        write_text(entry.path().string() + ".gz", gzip(bytes));
    }
    expect_the_set(load_data_set(set_.string(), picture_and_label));
}

TEST_F(DataSets, AKnownNameIsLookedForInTheUsersFolder) {
    ::setenv("SNNC_DATA", folder_.path().c_str(), 1);
    const DataSet set = load_data_set("tiny-set", picture_and_label);
    EXPECT_EQ(set.name, "tiny-set");
    expect_the_set(set);
}

TEST_F(DataSets, AMissingSetSaysWhereItWasLookedFor) {
    ::setenv("SNNC_DATA", folder_.path().c_str(), 1);
    const DataError error = failure_of([] { load_data_set("no-such-set", picture_and_label); });
    EXPECT_EQ(error.kind, DataErrorKind::DataSetMissing);
    const std::string text = error.what();
    EXPECT_NE(text.find(folder_.file("no-such-set")), std::string::npos) << text;
    EXPECT_NE(text.find("/usr/share/datasets/no-such-set"), std::string::npos) << text;
}

TEST_F(DataSets, AMissingFileIsNamed) {
    fs::remove(set_ / "t10k-labels-idx1-ubyte");
    const DataError error = failure_of([&] { load_data_set(set_.string(), picture_and_label); });
    EXPECT_EQ(error.kind, DataErrorKind::DataSetMissing);
    EXPECT_STREQ(error.what(), "has no file t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz");
}

TEST_F(DataSets, AMissingFolder) {
    EXPECT_EQ(kind_of_failure([&] { load_data_set(folder_.file("no"), picture_and_label); }),
              DataErrorKind::DataSetMissing);
}

TEST_F(DataSets, AFileThatCannotBeLookedAt) {
    const fs::path labels = set_ / "train-labels-idx1-ubyte";
    fs::remove(labels);
    fs::create_symlink(labels, labels);  // a loop
    EXPECT_EQ(refusal(), DataErrorKind::DataSetMissing);
}

TEST_F(DataSets, EverySampleNeedsALabel) {
    write("train-labels-idx1-ubyte", idx({2}, "\1\1"));
    const DataError error = failure_of([&] { load_data_set(set_.string(), picture_and_label); });
    EXPECT_EQ(error.kind, DataErrorKind::CountMismatch);
    EXPECT_STREQ(error.what(), "has 3 samples, but also an array of shape [2]");
}

TEST_F(DataSets, APartNeedsSamples) {
    write("t10k-images-idx3-ubyte", idx({0, 1, 2}, ""));
    write("t10k-labels-idx1-ubyte", idx({0}, ""));
    EXPECT_EQ(refusal(), DataErrorKind::CountMismatch);
}

TEST_F(DataSets, ATruncatedFileIsNamed) {
    write("train-images-idx3-ubyte", idx({3, 1, 2}, "abcde"));
    const DataError error = failure_of([&] { load_data_set(set_.string(), picture_and_label); });
    EXPECT_EQ(error.kind, DataErrorKind::FileTruncated);
    EXPECT_EQ(error.file, (set_ / "train-images-idx3-ubyte").string());
}

TEST_F(DataSets, ANetworkWithSeveralInputsNeedsNames) {
    const DataError error = failure_of([&] {
        load_data_set(set_.string(), {{"left", "right"}, {"label"}});
    });
    EXPECT_EQ(error.kind, DataErrorKind::PortsDiffer);
    EXPECT_STREQ(error.what(),
                 "feeds one input and one target, but the network has the inputs `left`, `right` "
                 "and the training the targets `label`");
}

// Labels are bytes of any value here: how many classes there are is known to the network only,
// which the driver checks them against (driver/samples.h).

class NpzDataSets : public testing::Test {
 protected:
    void write(const std::string& labels_shape = "(3,)") {
        write_text(file_, snnc::test::zip({{"x_train.npy", npy("'|u1'", "(3, 2)", "abcdef")},
                                           {"y_train.npy", npy("'|u1'", labels_shape, "\1\2\3")},
                                           {"x_test.npy", npy("'|u1'", "(1, 2)", "gh")},
                                           {"y_test.npy", npy("'|u1'", "(1,)", "\1")}}));
    }
    const snnc::test::TemporaryFolder folder_;
    const std::string file_ = folder_.file("set.npz");
};

TEST_F(NpzDataSets, FourMembers) {
    write();
    const DataSet set = load_data_set(file_, picture_and_label);
    EXPECT_EQ(set.train.count(), 3);
    EXPECT_EQ(set.train.targets[0].to_i32(), (std::vector<std::int32_t>{1, 2, 3}));
    EXPECT_EQ(set.test.inputs[0].to_i32(), (std::vector<std::int32_t>{'g', 'h'}));
}

TEST_F(NpzDataSets, LabelsOfAnotherCount) {
    write("(1, 3)");
    EXPECT_EQ(kind_of_failure([&] { load_data_set(file_, picture_and_label); }),
              DataErrorKind::CountMismatch);
}

TEST_F(NpzDataSets, MembersForEachInputAndTarget) {
    write_text(file_, snnc::test::zip({{"left_train.npy", npy("'|u1'", "(3, 2)", "abcdef")},
                                       {"right_train.npy", npy("'|u1'", "(3, 1)", "ghi")},
                                       {"y_train.npy", npy("'|u1'", "(3,)", "\1\2\3")},
                                       {"left_test.npy", npy("'|u1'", "(1, 2)", "jk")},
                                       {"right_test.npy", npy("'|u1'", "(1, 1)", "l")},
                                       {"label_test.npy", npy("'|u1'", "(1,)", "\1")},
                                       {"y_test.npy", npy("'|u1'", "(1,)", "\2")}}));
    const DataSet set = load_data_set(file_, {{"right", "left"}, {"label"}});
    EXPECT_EQ(set.train.inputs[0].to_i32(), (std::vector<std::int32_t>{'g', 'h', 'i'}));
    EXPECT_EQ(set.train.inputs[1].shape, (Shape{3, 2}));
    EXPECT_EQ(set.train.targets[0].to_i32(), (std::vector<std::int32_t>{1, 2, 3}));
    EXPECT_EQ(set.test.inputs[0].to_i32(), (std::vector<std::int32_t>{'l'}));
    // The name goes before the usual one.
    EXPECT_EQ(set.test.targets[0].to_i32(), (std::vector<std::int32_t>{1}));
}

TEST_F(NpzDataSets, AllMissingMembersAreNamed) {
    write();
    const DataError error = failure_of([&] {
        load_data_set(file_, {{"left", "right"}, {"label"}});
    });
    EXPECT_EQ(error.kind, DataErrorKind::TensorMissing);
    EXPECT_STREQ(error.what(), "has no `left_train`, `right_train`, `left_test`, `right_test`");
}

TEST_F(NpzDataSets, AMissingMember) {
    write_text(file_, snnc::test::zip({{"x_train.npy", npy("'|u1'", "(3, 2)", "abcdef")}}));
    EXPECT_EQ(kind_of_failure([&] { load_data_set(file_, picture_and_label); }),
              DataErrorKind::TensorMissing);
}

TEST_F(NpzDataSets, AMissingFile) {
    EXPECT_EQ(kind_of_failure([&] { load_data_set(file_, picture_and_label); }),
              DataErrorKind::FileMissing);
}

}  // namespace
}  // namespace snnc::runtime
