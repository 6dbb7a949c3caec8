#include "runtime/zip.h"

#include <zlib.h>

#include <cstdint>

#include "runtime/atomic_file.h"

namespace snnc::runtime {
namespace {

[[noreturn]] void damaged(const std::string& archive, const std::string& what) {
    throw DataError(DataErrorKind::BadFormat, archive, "is a damaged .npz archive: " + what);
}

struct Member {
    std::string name;
    std::uint64_t method = 0, crc = 0, packed = 0, unpacked = 0, offset = 0;
};

class Archive {
 public:
    explicit Archive(const std::string& path) : path_(path), bytes_(read_file(path)) {
        if (bytes_.empty()) throw DataError(DataErrorKind::FileEmpty, path, "is empty");
        if (bytes_.compare(0, 2, "PK") != 0)
            throw DataError(DataErrorKind::BadFormat, path, "is not an .npz archive");
        read_directory();
    }

    const std::vector<Member>& members() const { return members_; }

    std::string contents(const Member& member) const {
        const std::uint64_t at = member.offset;
        if (number(at, 4) != 0x04034b50) damaged(path_, "no member at its place");
        const std::uint64_t start = at + 30 + number(at + 26, 2) + number(at + 28, 2);
        if (start > bytes_.size() || member.packed > bytes_.size() - start)
            throw DataError(DataErrorKind::FileTruncated, path_, "is cut short");
        std::string data =
            member.method == 0 ? bytes_.substr(start, member.packed) : inflate(member, start);
        if (data.size() != member.unpacked) damaged(path_, member.name + " has a wrong size");
        const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size());
        if (crc != member.crc) damaged(path_, member.name + " has a wrong checksum");
        return data;
    }

 private:
    std::uint64_t number(std::uint64_t at, int size) const {
        if (at > bytes_.size() || std::uint64_t(size) > bytes_.size() - at)
            throw DataError(DataErrorKind::FileTruncated, path_, "is cut short");
        std::uint64_t value = 0;
        for (int i = size; i-- > 0;)
            value = value << 8 | std::uint8_t(bytes_[at + std::uint64_t(i)]);
        return value;
    }

    void read_directory() {
        const std::size_t end = bytes_.rfind("PK\5\6");
        if (end == std::string::npos)
            throw DataError(DataErrorKind::FileTruncated, path_, "is cut short (no directory)");
        number(end + 22 + number(end + 20, 2), 0);  // the comment is there, too
        const std::uint64_t count = number(end + 10, 2);
        std::uint64_t at = number(end + 16, 4);
        for (std::uint64_t i = 0; i < count; ++i) {
            if (number(at, 4) != 0x02014b50) damaged(path_, "bad directory");
            Member member;
            member.method = number(at + 10, 2);
            member.crc = number(at + 16, 4);
            member.packed = number(at + 20, 4);
            member.unpacked = number(at + 24, 4);
            member.offset = number(at + 42, 4);
            const std::uint64_t name = number(at + 28, 2), extra = number(at + 30, 2);
            number(at + 46 + name + extra, 0);
            member.name = bytes_.substr(at + 46, name);
            read_large_sizes(member, at + 46 + name, extra);
            at += 46 + name + extra + number(at + 32, 2);
            if (member.method != 0 && member.method != 8)
                damaged(path_, member.name + " is packed by an unknown method");
            members_.push_back(std::move(member));
        }
    }

    /// Zip64: sizes that do not fit 32 bits stand in an extra field, in this order.
    void read_large_sizes(Member& member, std::uint64_t at, std::uint64_t length) const {
        const std::uint64_t end = at + length;
        while (at + 4 <= end) {
            const std::uint64_t id = number(at, 2), size = number(at + 2, 2);
            std::uint64_t field = at + 4;
            if (id == 1)
                for (std::uint64_t* value : {&member.unpacked, &member.packed, &member.offset})
                    if (*value == 0xffffffff) {
                        *value = number(field, 8);
                        field += 8;
                    }
            at += 4 + size;
        }
    }

    std::string inflate(const Member& member, std::uint64_t start) const {
        // Deflate packs at most 1032 to 1: a larger promise is damage, not data.
        if (member.unpacked > member.packed * 1032 + 1024)
            damaged(path_, member.name + " promises an absurd size");
        std::string out(member.unpacked, '\0');
        z_stream stream{};
        if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) damaged(path_, "cannot unpack");
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes_.data() + start));
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        std::uint64_t in = member.packed, room = out.size();
        int status = Z_OK;
        while (status == Z_OK) {
            const uInt chunk_in = uInt(std::min<std::uint64_t>(in, 1u << 30));
            const uInt chunk_out = uInt(std::min<std::uint64_t>(room, 1u << 30));
            stream.avail_in = chunk_in;
            stream.avail_out = chunk_out;
            status = ::inflate(&stream, Z_NO_FLUSH);
            in -= chunk_in - stream.avail_in;
            room -= chunk_out - stream.avail_out;
            if (chunk_in == stream.avail_in && chunk_out == stream.avail_out) break;
        }
        inflateEnd(&stream);
        if (status != Z_STREAM_END || room != 0)
            damaged(path_, member.name + " cannot be unpacked");
        return out;
    }

    std::string path_, bytes_;
    std::vector<Member> members_;
};

}  // namespace

std::string read_zip_member(const std::string& archive, const std::string& member) {
    const Archive file(archive);
    std::string names;
    for (const Member& entry : file.members()) {
        if (entry.name == member) return file.contents(entry);
        names += (names.empty() ? "" : ", ") + entry.name;
    }
    throw DataError(DataErrorKind::TensorMissing, archive,
                    "has no member " + member + " (it has " + names + ")");
}

std::vector<std::string> zip_members(const std::string& archive) {
    std::vector<std::string> names;
    const Archive file(archive);
    for (const Member& entry : file.members()) names.push_back(entry.name);
    return names;
}

}  // namespace snnc::runtime
