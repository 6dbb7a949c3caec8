#include "tests/support/archives.h"

#include <zlib.h>

#include <stdexcept>

namespace snnc::test {
namespace {

/// zlib's `window_bits` choose the form: negative: bare, with 16 added: gzip.
std::string packed(const std::string& contents, int window_bits) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib");
    std::string out(deflateBound(&stream, contents.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
    stream.avail_in = uInt(contents.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(out.size());
    const int status = ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) throw std::runtime_error("zlib");
    return out;
}

std::string little(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += char(value >> (8 * i));
    return text;
}

}  // namespace

std::string gzip(const std::string& contents) { return packed(contents, 15 + 16); }

std::string zip(const std::vector<ZipMember>& members) {
    constexpr std::uint64_t elsewhere = 0xffffffff;
    std::string out, directory;
    for (const ZipMember& member : members) {
        const std::string data = member.method == ZipMember::Method::Deflated
                                     ? packed(member.contents, -15)
                                     : member.contents;
        const std::uint64_t offset = out.size();
        const std::string extra = !member.zip64 ? ""
                                                : little(1, 2) + little(16, 2) +
                                                      little(member.contents.size(), 8) +
                                                      little(data.size(), 8);
        const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(member.contents.data()),
                                   member.contents.size());
        // What the header of a member and its entry in the directory have in common.
        const std::string common =
            little(20, 2) + little(0, 2) + little(std::uint64_t(member.method), 2) + little(0, 4) +
            little(crc, 4) + little(member.zip64 ? elsewhere : data.size(), 4) +
            little(member.zip64 ? elsewhere : member.contents.size(), 4) +
            little(member.name.size(), 2) + little(extra.size(), 2);
        out += "PK\3\4" + common + member.name + extra + data;
        directory += "PK\1\2" + little(20, 2) + common + std::string(2 + 2 + 2 + 4, '\0') +
                     little(offset, 4) + member.name + extra;
    }
    const std::uint64_t start = out.size(), count = members.size();
    return out + directory + "PK\5\6" + little(0, 4) + little(count, 2) + little(count, 2) +
           little(directory.size(), 4) + little(start, 4) + little(0, 2);
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                const std::string& order) {
    std::string header =
        "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    return "\x93NUMPY\x01" + little(0, 1) + little(header.size(), 2) + header + data;
}

std::string idx(const std::vector<std::uint32_t>& shape, const std::string& data) {
    std::string text = little(0, 2) + '\x08' + char(shape.size());
    for (const std::uint32_t size : shape)
        for (int i = 3; i >= 0; --i) text += char(size >> (8 * i));
    return text + data;
}

}  // namespace snnc::test
