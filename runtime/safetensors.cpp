#include "runtime/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "runtime/atomic_file.h"

namespace snnc::runtime {
namespace {

using nlohmann::json;

constexpr std::pair<Dtype, const char*> dtype_names[] = {
    {Dtype::F32, "F32"}, {Dtype::F64, "F64"}, {Dtype::U8, "U8"},
    {Dtype::I32, "I32"}, {Dtype::I64, "I64"}, {Dtype::Bool, "BOOL"}};

[[noreturn]] void damaged(const std::string& path, const std::string& what) {
    throw DataError(DataErrorKind::BadFormat, path, "is no sound .safetensors file: " + what);
}

Dtype dtype_of(const std::string& text, const std::string& name, const std::string& path) {
    for (const auto& [dtype, known] : dtype_names)
        if (text == known) return dtype;
    throw DataError(DataErrorKind::BadDtype, path,
                    "tensor " + name + " has dtype " + text + ", which cannot be read");
}

struct Place {
    std::uint64_t begin, end;
};

/// One entry of the header; every field is checked because files come from anywhere.
Array read_entry(const json& entry, const std::string& name, std::string_view data,
                 const std::string& path, std::vector<Place>& places) {
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string() ||
        !entry.contains("shape") || !entry["shape"].is_array() || !entry.contains("data_offsets") ||
        !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2)
        damaged(path, "the entry of " + name + " is incomplete");
    Shape shape;
    for (const json& size : entry["shape"]) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > INT64_MAX)
            damaged(path, "the shape of " + name + " is no list of sizes");
        shape.push_back(size.get<std::int64_t>());
    }
    for (const json& offset : entry["data_offsets"])
        if (!offset.is_number_unsigned()) damaged(path, "the place of " + name + " is no number");
    const Place place{entry["data_offsets"][0].get<std::uint64_t>(),
                      entry["data_offsets"][1].get<std::uint64_t>()};
    const Dtype dtype = dtype_of(entry["dtype"].get<std::string>(), name, path);
    if (place.begin > place.end) damaged(path, "the place of " + name + " is reversed");
    if (place.end > data.size())
        throw DataError(DataErrorKind::FileTruncated, path,
                        "is cut short: tensor " + name + " ends beyond the file");
    std::int64_t needed = 0;
    try {
        if (__builtin_mul_overflow(element_count(shape), std::int64_t(size_of(dtype)), &needed))
            damaged(path, "the shape of " + name + " is absurd");
    } catch (const std::overflow_error&) {
        damaged(path, "the shape of " + name + " is absurd");
    }
    if (std::uint64_t(needed) != place.end - place.begin)
        damaged(path, "tensor " + name + " of shape " + to_string(shape) + " has " +
                          std::to_string(place.end - place.begin) + " bytes");
    places.push_back(place);
    Array array(dtype, std::move(shape));
    std::copy_n(data.data() + place.begin, std::size_t(needed),
                reinterpret_cast<char*>(array.bytes.data()));
    return array;
}

void refuse_overlap(std::vector<Place> places, const std::string& path) {
    std::erase_if(places, [](const Place& place) { return place.begin == place.end; });
    std::sort(places.begin(), places.end(),
              [](const Place& a, const Place& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < places.size(); ++i)
        if (places[i].begin < places[i - 1].end) damaged(path, "tensors overlap");
}

}  // namespace

TensorFile read_safetensors(const std::string& path) {
    const std::string bytes = read_file(path);
    if (bytes.empty()) throw DataError(DataErrorKind::FileEmpty, path, "is empty");
    std::uint64_t length = 0;
    if (bytes.size() < 8) throw DataError(DataErrorKind::FileTruncated, path, "is cut short");
    std::memcpy(&length, bytes.data(), 8);
    if (bytes.starts_with("PK"))  // a zip archive
        damaged(path, "PyTorch's own files are converted by safetensors.torch.save_file");
    if (length > (std::uint64_t(100) << 20)) damaged(path, "its header has an absurd length");
    if (length > bytes.size() - 8)
        throw DataError(DataErrorKind::FileTruncated, path, "is cut short in its header");
    const json header = json::parse(bytes.substr(8, length), nullptr, false);
    if (!header.is_object()) damaged(path, "its header is no JSON object");
    const std::string_view data = std::string_view(bytes).substr(8 + length);

    TensorFile file;
    std::vector<Place> places;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            if (!entry.is_object()) damaged(path, "its metadata are no JSON object");
            for (const auto& [key, value] : entry.items()) {
                if (!value.is_string()) damaged(path, "its metadata " + key + " are no text");
                file.metadata[key] = value.get<std::string>();
            }
        } else {
            file.tensors[name] = read_entry(entry, name, data, path, places);
        }
    }
    refuse_overlap(std::move(places), path);
    return file;
}

void write_safetensors(const std::string& path, const TensorFile& file) {
    json header = json::object();
    if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
    std::uint64_t offset = 0;
    std::vector<std::string_view> parts(2);
    for (const auto& [name, array] : file.tensors) {
        const char* dtype = "";
        for (const auto& [known, text] : dtype_names)
            if (known == array.dtype) dtype = text;
        header[name] = {{"dtype", dtype},
                        {"shape", array.shape},
                        {"data_offsets", {offset, offset + array.bytes.size()}}};
        offset += array.bytes.size();
        parts.push_back({reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size()});
    }
    std::string text = header.dump();
    while (text.size() % 8 != 0) text += ' ';
    const std::uint64_t length = text.size();
    parts[0] = {reinterpret_cast<const char*>(&length), 8};
    parts[1] = text;
    write_atomically(path, parts);
}

}  // namespace snnc::runtime
