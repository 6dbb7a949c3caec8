// 64 bits of FNV-1a (Fowler, Noll, Vo): names of what was made from a text. Not for secrets.
#pragma once

#include <cstdint>
#include <string_view>

namespace snnc {

inline std::uint64_t fnv1a(std::string_view text, std::uint64_t start = 0xcbf29ce484222325u) {
    for (const char c : text) start = (start ^ std::uint8_t(c)) * 0x100000001b3u;
    return start;
}

}  // namespace snnc
