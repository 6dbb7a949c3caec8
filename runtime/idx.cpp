#include "runtime/idx.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "runtime/atomic_file.h"

namespace snnc::runtime {
namespace {

/// gzread passes plain files through, so one reader serves both forms.
std::string read_packed(const std::string& path) {
    read_file(path);  // a missing file is reported in the same words everywhere
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(::gzopen(path.c_str(), "rb"), ::gzclose);
    if (!file) throw DataError(DataErrorKind::FileUnreadable, path, "cannot be opened");
    ::gzbuffer(file.get(), 1 << 18);
    std::string contents;
    std::string buffer(1 << 20, '\0');
    for (;;) {
        const int count = ::gzread(file.get(), buffer.data(), unsigned(buffer.size()));
        if (count < 0)
            throw DataError(DataErrorKind::BadFormat, path, "is damaged: it cannot be unpacked");
        if (count == 0) break;
        contents.append(buffer, 0, std::size_t(count));
    }
    int status = Z_OK;
    ::gzerror(file.get(), &status);
    if (status == Z_BUF_ERROR)
        throw DataError(DataErrorKind::FileTruncated, path,
                        "is cut short: its packed data end early");
    return contents;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::uint8_t(bytes[at + i]);
    return value;
}

}  // namespace

Array read_idx(const std::string& path) {
    const std::string bytes = read_packed(path);
    if (bytes.empty()) throw DataError(DataErrorKind::FileEmpty, path, "is empty");
    if (bytes.size() < 4) throw DataError(DataErrorKind::FileTruncated, path, "is cut short");
    if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 8)
        throw DataError(DataErrorKind::BadFormat, path, "is no IDX file of unsigned bytes");
    const std::size_t rank = std::uint8_t(bytes[3]);
    const std::size_t start = 4 + 4 * rank;
    if (rank == 0 || rank > 8)
        throw DataError(DataErrorKind::BadFormat, path, "has an absurd number of dimensions");
    if (bytes.size() < start)
        throw DataError(DataErrorKind::FileTruncated, path, "is cut short in its header");
    Shape shape;
    for (std::size_t i = 0; i < rank; ++i) shape.push_back(big_endian(bytes, 4 + 4 * i));
    std::int64_t needed = 0;
    try {
        needed = element_count(shape);
    } catch (const std::overflow_error&) {
        throw DataError(DataErrorKind::BadFormat, path, "promises an absurd size");
    }
    const std::int64_t given = std::int64_t(bytes.size() - start);
    const std::string sizes = "its header promises " + to_string(shape) + ", the file has " +
                              std::to_string(given) + " bytes";
    if (given < needed)
        throw DataError(DataErrorKind::FileTruncated, path, "is cut short: " + sizes);
    if (given > needed)
        throw DataError(DataErrorKind::BadFormat, path, "has bytes behind its data: " + sizes);
    Array array(Dtype::U8, shape);
    std::copy(bytes.begin() + std::ptrdiff_t(start), bytes.end(),
              reinterpret_cast<char*>(array.bytes.data()));
    return array;
}

}  // namespace snnc::runtime
