#include "runtime/idx.h"

#include <gtest/gtest.h>

#include "tests/support/archives.h"
#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

using snnc::test::gzip;
using snnc::test::idx;
using test::kind_of_failure;

class Idx : public testing::Test {
 protected:
    Array read(const std::string& bytes) {
        snnc::test::write_text(file_, bytes);
        return read_idx(file_);
    }
    DataErrorKind refusal(const std::string& bytes) {
        return kind_of_failure([&] { read(bytes); });
    }
    const snnc::test::TemporaryFolder folder_;
    const std::string file_ = folder_.file("images");
};

TEST_F(Idx, PlainAndPackedFilesAreTheSame) {
    const std::string bytes = idx({2, 3}, "abcdef");
    for (const std::string& form : {bytes, gzip(bytes)}) {
        const Array array = read(form);
        EXPECT_EQ(array.dtype, Dtype::U8);
        EXPECT_EQ(array.shape, (Shape{2, 3}));
        EXPECT_EQ(array.to_i32(), (std::vector<std::int32_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
    }
}

TEST_F(Idx, SizesAreBigEndian) {
    EXPECT_EQ(read(idx({0x0102}, std::string(0x0102, 'x'))).shape, Shape{0x0102});
}

TEST_F(Idx, AFileMayHoldNothing) { EXPECT_EQ(read(idx({0, 3}, "")).shape, (Shape{0, 3})); }

TEST_F(Idx, FilesThatAreCutShort) {
    const std::string bytes = idx({2, 3}, "abcdef");
    EXPECT_EQ(refusal(""), DataErrorKind::FileEmpty);
    EXPECT_EQ(refusal(bytes.substr(0, 3)), DataErrorKind::FileTruncated);
    EXPECT_EQ(refusal(bytes.substr(0, 10)), DataErrorKind::FileTruncated);
    EXPECT_EQ(refusal(bytes.substr(0, bytes.size() - 1)), DataErrorKind::FileTruncated);
    EXPECT_EQ(refusal(gzip(bytes.substr(0, bytes.size() - 1))), DataErrorKind::FileTruncated);
}

TEST_F(Idx, APackedFileThatIsCutShort) {
    const std::string packed = gzip(idx({1000}, std::string(1000, 'x')));
    EXPECT_EQ(refusal(packed.substr(0, packed.size() / 2)), DataErrorKind::FileTruncated);
}

TEST_F(Idx, APackedFileWithAWrongChecksum) {
    std::string packed = gzip(idx({1000}, std::string(1000, 'x')));
    packed[packed.size() - 6] ^= 1;
    EXPECT_EQ(refusal(packed), DataErrorKind::BadFormat);
}

TEST_F(Idx, OtherFiles) {
    EXPECT_EQ(refusal("P5 28 28 255 ..."), DataErrorKind::BadFormat);
    std::string floats = idx({1}, "abcd");
    floats[2] = '\x0d';
    EXPECT_EQ(refusal(floats), DataErrorKind::BadFormat);
    EXPECT_EQ(refusal(idx({}, "x")), DataErrorKind::BadFormat);
    EXPECT_EQ(refusal(idx({1, 1, 1, 1, 1, 1, 1, 1, 1}, "x")), DataErrorKind::BadFormat);
    EXPECT_EQ(refusal(idx({0xffffffff, 0xffffffff, 0xffffffff}, "x")), DataErrorKind::BadFormat);
}

TEST_F(Idx, BytesBehindTheDataAreDamage) {
    EXPECT_EQ(refusal(idx({2, 3}, "abcdefg")), DataErrorKind::BadFormat);
}

TEST_F(Idx, MissingFilesAndFolders) {
    EXPECT_EQ(kind_of_failure([&] { read_idx(folder_.file("no")); }), DataErrorKind::FileMissing);
    EXPECT_EQ(kind_of_failure([&] { read_idx(folder_.path().string()); }),
              DataErrorKind::FileUnreadable);
}

TEST_F(Idx, DamageIsRefusedWhereverItIs) {
    test::read_damaged(idx({2, 3}, "abcdef"), [&](const std::string& bytes) { read(bytes); });
}

}  // namespace
}  // namespace snnc::runtime
