// Packed files for the tests of their readers, written apart from runtime/.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace snnc::test {

std::string gzip(const std::string& contents);

struct ZipMember {
    std::string name;
    std::string contents;
    enum class Method : std::uint8_t { Stored = 0, Deflated = 8, Unknown = 12 };
    Method method = Method::Stored;
    bool zip64 = false;  // sizes stand in the extra field, as numpy.savez writes large files
};

std::string zip(const std::vector<ZipMember>& members);

/// One array of `data` (little endian) with the header that NumPy would write.
std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                const std::string& order = "False");

/// An IDX file of unsigned bytes.
std::string idx(const std::vector<std::uint32_t>& shape, const std::string& data);

}  // namespace snnc::test
