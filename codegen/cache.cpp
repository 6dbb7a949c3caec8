#include "codegen/cache.h"

#include <cstdint>
#include <cstring>
#include <filesystem>

#include "runtime/atomic_file.h"
#include "support/fnv.h"

namespace snnc::codegen {
namespace {

constexpr std::string_view magic = "snnc-objects-1\n";

/// 128 bits from two differently started FNV-1a sums.
std::string digest(std::string_view text) {
    char name[33];
    std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(fnv1a(text)),
                  static_cast<unsigned long long>(fnv1a(text, 0x84222325cbf29ce4u)));
    return name;
}

void append_number(std::string& bytes, std::uint64_t value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes `size` bytes from the front, or nothing if there are fewer.
std::optional<std::string_view> take(std::string_view& bytes, std::uint64_t size) {
    if (bytes.size() < size) return std::nullopt;
    const std::string_view part = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return part;
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
    const auto part = take(bytes, 8);
    if (!part) return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, part->data(), 8);
    return value;
}

std::optional<Objects> parse(std::string_view bytes) {
    if (take(bytes, magic.size()) != magic) return std::nullopt;
    const auto sum = take(bytes, 32);
    if (!sum || *sum != digest(bytes)) return std::nullopt;
    Objects objects;
    while (!bytes.empty()) {
        const auto size = take_number(bytes);
        const auto part = size ? take(bytes, *size) : std::nullopt;
        if (!part) return std::nullopt;
        const auto* begin = reinterpret_cast<const std::byte*>(part->data());
        objects.emplace_back(begin, begin + part->size());
    }
    return objects;
}

}  // namespace

std::string ObjectCache::path(const std::string& key) const { return folder_ + "/" + digest(key); }

std::optional<Objects> ObjectCache::load(const std::string& key) const {
    std::error_code ignored;
    if (folder_.empty() || !std::filesystem::exists(path(key), ignored)) return std::nullopt;
    try {
        return parse(runtime::read_file(path(key)));
    } catch (const runtime::DataError&) {
        return std::nullopt;
    }
}

void ObjectCache::store(const std::string& key, const Objects& objects) const {
    if (folder_.empty()) return;
    std::string body;
    for (const auto& object : objects) {
        append_number(body, object.size());
        body.append(reinterpret_cast<const char*>(object.data()), object.size());
    }
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    try {
        runtime::write_atomically(path(key), std::string(magic) + digest(body) + body);
    } catch (const runtime::DataError&) {
        // A cache that cannot be written costs time, nothing else.
    }
}

}  // namespace snnc::codegen
