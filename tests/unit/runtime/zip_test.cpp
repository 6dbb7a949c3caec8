#include "runtime/zip.h"

#include <gtest/gtest.h>

#include "tests/support/archives.h"
#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

using snnc::test::write_text;
using snnc::test::ZipMember;
using test::failure_of;
using test::kind_of_failure;
using Method = ZipMember::Method;

class Zip : public testing::Test {
 protected:
    std::string read(const std::string& bytes, const std::string& member = "m") {
        write_text(file_, bytes);
        return read_zip_member(file_, member);
    }
    DataErrorKind refusal(const std::string& bytes) {
        return kind_of_failure([&] { read(bytes); });
    }
    const snnc::test::TemporaryFolder folder_;
    const std::string file_ = folder_.file("a.npz");
};

TEST_F(Zip, MembersAreStoredOrDeflated) {
    const std::string large(100000, 'x');
    const std::string archive =
        snnc::test::zip({{"first", "as it is"}, {"m", large, Method::Deflated}, {"empty", ""}});
    ASSERT_LT(archive.size(), large.size());
    EXPECT_EQ(read(archive, "first"), "as it is");
    EXPECT_EQ(read(archive, "m"), large);
    EXPECT_EQ(read(archive, "empty"), "");
    EXPECT_EQ(zip_members(file_), (std::vector<std::string>{"first", "m", "empty"}));
}

TEST_F(Zip, EmptyMembersMayBeDeflated) {
    EXPECT_EQ(read(snnc::test::zip({{"m", "", Method::Deflated}})), "");
}

TEST_F(Zip, LargeSizesStandInTheExtraField) {
    EXPECT_EQ(read(snnc::test::zip({{"m", "contents", Method::Stored, true}})), "contents");
    EXPECT_EQ(read(snnc::test::zip({{"m", "contents", Method::Deflated, true}})), "contents");
}

TEST_F(Zip, AnArchiveMayHaveNoMembers) {
    write_text(file_, snnc::test::zip({}));
    EXPECT_TRUE(zip_members(file_).empty());
}

TEST_F(Zip, AMissingMemberIsToldWithThoseThatAreThere) {
    const DataError error = failure_of([&] { read(snnc::test::zip({{"a", ""}, {"b", ""}}), "c"); });
    EXPECT_EQ(error.kind, DataErrorKind::TensorMissing);
    EXPECT_STREQ(error.what(), "has no member c (it has a, b)");
}

TEST_F(Zip, OtherFilesAreRefused) {
    EXPECT_EQ(refusal(""), DataErrorKind::FileEmpty);
    EXPECT_EQ(refusal("not an archive"), DataErrorKind::BadFormat);
    EXPECT_EQ(refusal(snnc::test::zip({{"m", "x", Method::Unknown}})), DataErrorKind::BadFormat);
}

TEST_F(Zip, AWrongChecksumIsDamage) {
    std::string archive = snnc::test::zip({{"m", "contents"}});
    archive[archive.find("contents")] = 'C';
    EXPECT_EQ(refusal(archive), DataErrorKind::BadFormat);
}

TEST_F(Zip, APromiseThatDeflateCannotKeepIsNotBelieved) {
    std::string archive = snnc::test::zip({{"m", "contents", Method::Deflated}});
    const std::size_t entry = archive.find("PK\1\2");
    archive.replace(entry + 24, 4, "\xff\xff\xff\x7f");
    EXPECT_EQ(refusal(archive), DataErrorKind::BadFormat);
}

TEST_F(Zip, AnArchiveThatIsCutShort) {
    const std::string archive = snnc::test::zip({{"m", "contents"}});
    EXPECT_EQ(refusal(archive.substr(0, 20)), DataErrorKind::FileTruncated);
    EXPECT_EQ(refusal(archive.substr(0, archive.size() - 4)), DataErrorKind::FileTruncated);
}

TEST_F(Zip, DamageIsRefusedWhereverItIs) {
    const auto read_it = [&](const std::string& bytes) { read(bytes); };
    test::read_damaged(snnc::test::zip({{"m", "contents"}}), read_it);
    test::read_damaged(snnc::test::zip({{"m", "contents", Method::Deflated, true}}), read_it);
}

}  // namespace
}  // namespace snnc::runtime
