#include "runtime/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace snnc::runtime {
namespace {

/// A temporary file that removes itself unless it was kept.
class TemporaryFile {
 public:
    explicit TemporaryFile(const std::string& path) : final_(path) {
        temporary_ = path + ".XXXXXX";
        descriptor_ = ::mkstemp(temporary_.data());
        if (descriptor_ < 0) fail();
        const mode_t mask = ::umask(0);
        ::umask(mask);
        ::fchmod(descriptor_, 0666 & ~mask);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!kept_) ::unlink(temporary_.c_str());
    }

    void write(std::string_view part) {
        while (!part.empty()) {
            const ssize_t written = ::write(descriptor_, part.data(), part.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            part.remove_prefix(std::size_t(written));
        }
    }

    void keep() {
        if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) fail();
        const int descriptor = descriptor_;
        descriptor_ = -1;
        if (::close(descriptor) != 0) fail();
        if (::rename(temporary_.c_str(), final_.c_str()) != 0) fail();
        kept_ = true;
        sync_folder();
    }

 private:
    [[noreturn]] void fail() {
        const std::string reason = std::strerror(errno);
        if (!kept_ && descriptor_ >= 0) ::unlink(temporary_.c_str());
        throw DataError(DataErrorKind::WriteFailed, final_, "cannot be written: " + reason);
    }

    void sync_folder() const {
        std::string folder = std::filesystem::path(final_).parent_path().string();
        if (folder.empty()) folder = ".";
        const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
        if (descriptor < 0) return;  // the data are synced; the name appears at the next sync
        ::fsync(descriptor);
        ::close(descriptor);
    }

    std::string final_, temporary_;
    int descriptor_ = -1;
    bool kept_ = false;
};

}  // namespace

void write_atomically(const std::string& path, std::span<const std::string_view> parts) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
        throw DataError(DataErrorKind::WriteFailed, path, "is not a regular file");
    TemporaryFile file(path);
    for (const std::string_view part : parts) file.write(part);
    file.keep();
}

void write_atomically(const std::string& path, std::string_view contents) {
    write_atomically(path, std::span(&contents, 1));
}

std::string read_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY);
    if (descriptor < 0) {
        const auto kind = errno == ENOENT || errno == ENOTDIR ? DataErrorKind::FileMissing
                                                              : DataErrorKind::FileUnreadable;
        throw DataError(kind, path, std::string("cannot be opened: ") + std::strerror(errno));
    }
    std::string contents;
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        contents.reserve(std::size_t(status.st_size));
    char buffer[1 << 16];
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const std::string reason = std::strerror(errno);
            ::close(descriptor);
            throw DataError(DataErrorKind::FileUnreadable, path, "cannot be read: " + reason);
        }
        if (count == 0) break;
        contents.append(buffer, std::size_t(count));
    }
    ::close(descriptor);
    return contents;
}

}  // namespace snnc::runtime
