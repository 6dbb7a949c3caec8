// The cache of compiled code: what was stored comes back; anything damaged is as if it were absent.
#include "codegen/cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/process.h"

namespace snnc::codegen {
namespace {

Objects sample() {
    return {{std::byte{1}, std::byte{2}}, {}, std::vector<std::byte>(1000, std::byte{7})};
}

std::filesystem::path only_file(const std::string& folder) {
    return std::filesystem::directory_iterator(folder)->path();
}

TEST(ObjectCache, GivesBackWhatWasStored) {
    const test::TemporaryFolder folder;
    const ObjectCache cache(folder.path().string());
    EXPECT_FALSE(cache.load("key"));
    cache.store("key", sample());
    EXPECT_EQ(cache.load("key"), sample());
    EXPECT_FALSE(cache.load("another key"));
}

TEST(ObjectCache, IgnoresEveryTruncation) {
    const test::TemporaryFolder folder;
    const ObjectCache cache(folder.path().string());
    cache.store("key", sample());
    const auto file = only_file(folder.path().string());
    for (auto size = std::filesystem::file_size(file); size-- > 0;) {
        std::filesystem::resize_file(file, size);
        EXPECT_FALSE(cache.load("key")) << size;
    }
}

TEST(ObjectCache, IgnoresAChangedByteAndIsMendedByTheNextStore) {
    const test::TemporaryFolder folder;
    const ObjectCache cache(folder.path().string());
    cache.store("key", sample());
    std::fstream file(only_file(folder.path().string()),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put('\x55');
    file.close();
    EXPECT_FALSE(cache.load("key"));
    cache.store("key", sample());
    EXPECT_EQ(cache.load("key"), sample());
}

TEST(ObjectCache, IsOffWithoutAFolder) {
    const ObjectCache cache("");
    cache.store("key", sample());
    EXPECT_FALSE(cache.load("key"));
}

TEST(ObjectCache, DoesWithoutAFolderThatCannotBeWritten) {
    const ObjectCache cache("/proc/no such folder");
    cache.store("key", sample());
    EXPECT_FALSE(cache.load("key"));
}

}  // namespace
}  // namespace snnc::codegen
