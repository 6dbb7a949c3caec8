#include "runtime/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

namespace fs = std::filesystem;
using snnc::test::TemporaryFolder;
using test::failure_of;
using test::kind_of_failure;

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// While alive, no file may become longer: what a full disk does to a writer.
class FullDisk {
 public:
    explicit FullDisk(rlim_t longest) {
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = longest;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

 private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

TEST(AtomicFile, WritesAndReadsEveryByte) {
    const TemporaryFolder folder;
    std::string contents(200000, '\0');
    for (std::size_t i = 0; i < contents.size(); ++i) contents[i] = char(i * 37);
    write_atomically(folder.file("f"), contents);
    EXPECT_EQ(read_file(folder.file("f")), contents);
}

TEST(AtomicFile, JoinsParts) {
    const TemporaryFolder folder;
    const std::string_view parts[] = {"one ", "", "two"};
    write_atomically(folder.file("f"), parts);
    EXPECT_EQ(read_file(folder.file("f")), "one two");
}

TEST(AtomicFile, ReplacesAnOlderFileAndLeavesNoOther) {
    const TemporaryFolder folder;
    write_atomically(folder.file("f"), "older and longer");
    write_atomically(folder.file("f"), "new");
    EXPECT_EQ(read_file(folder.file("f")), "new");
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"f"});
}

TEST(AtomicFile, OthersMayReadItAsTheUmaskAllows) {
    const TemporaryFolder folder;
    const mode_t before = ::umask(027);
    write_atomically(folder.file("f"), "x");
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(folder.file("f").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST(AtomicFile, FailureWhileWritingLeavesTheOldFileAndNoOther) {
    const TemporaryFolder folder;
    write_atomically(folder.file("f"), "old");
    {
        const FullDisk full(100);
        const DataError error =
            failure_of([&] { write_atomically(folder.file("f"), std::string(1000, 'x')); });
        EXPECT_EQ(error.kind, DataErrorKind::WriteFailed);
        EXPECT_EQ(error.file, folder.file("f"));
    }
    EXPECT_EQ(read_file(folder.file("f")), "old");
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"f"});
}

TEST(AtomicFile, FolderThatDoesNotExist) {
    const TemporaryFolder folder;
    EXPECT_EQ(kind_of_failure([&] { write_atomically(folder.file("no/f"), "x"); }),
              DataErrorKind::WriteFailed);
}

TEST(AtomicFile, FoldersAndDevicesAreNotReplaced) {
    const TemporaryFolder folder;
    EXPECT_EQ(kind_of_failure([&] { write_atomically(folder.path().string(), "x"); }),
              DataErrorKind::WriteFailed);
    EXPECT_EQ(kind_of_failure([&] { write_atomically("/dev/null", "x"); }),
              DataErrorKind::WriteFailed);
    EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(AtomicFile, ReadingSaysWhetherTheFileIsMissingOrUnreadable) {
    const TemporaryFolder folder;
    write_atomically(folder.file("f"), "x");
    EXPECT_EQ(kind_of_failure([&] { read_file(folder.file("no")); }), DataErrorKind::FileMissing);
    EXPECT_EQ(kind_of_failure([&] { read_file(folder.file("f/g")); }), DataErrorKind::FileMissing);
    EXPECT_EQ(kind_of_failure([&] { read_file(folder.path().string()); }),
              DataErrorKind::FileUnreadable);
}

}  // namespace
}  // namespace snnc::runtime
