// Array files of the tests. Written apart from runtime/, so that a mistake there in reading and
// writing cannot cancel out.
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text = "(";
    for (const std::int64_t extent : shape) text += std::to_string(extent) + ", ";
    return text + ")";
}

void write_npy_bytes(const std::filesystem::path& path, const std::string& dtype,
                     const std::vector<std::int64_t>& shape, const void* data, std::size_t bytes) {
    std::string header =
        "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    std::string text = std::string("\x93NUMPY\x01\x00", 8);
    text += char(header.size() & 0xff);
    text += char(header.size() >> 8);
    text += header;
    text.append(static_cast<const char*>(data), bytes);
    write_text(path, text);
}

std::vector<float> floats(const char* data, std::size_t bytes) {
    std::vector<float> result(bytes / sizeof(float));
    std::memcpy(result.data(), data, result.size() * sizeof(float));
    return result;
}

}  // namespace

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
    write_npy_bytes(path, "<f4", tensor.shape, tensor.data.data(),
                    tensor.data.size() * sizeof(float));
}

void write_npy_labels(const std::filesystem::path& path, const Json& labels) {
    const auto data = labels.at("data").get<std::vector<std::int64_t>>();
    write_npy_bytes(path, "<i8", labels.at("shape").get<std::vector<std::int64_t>>(), data.data(),
                    data.size() * sizeof(std::int64_t));
}

Tensor read_npy(const std::filesystem::path& path) {
    const std::string text = read_text(path);
    const std::size_t length = (unsigned char)text.at(8) + 256u * (unsigned char)text.at(9);
    const std::string header = text.substr(10, length);
    if (header.find("'<f4'") == std::string::npos) {
        throw std::runtime_error(path.string() + " does not hold float32: " + header);
    }
    Tensor result;
    std::istringstream shape(header.substr(header.find('(') + 1));
    for (std::int64_t extent; shape >> extent; shape.ignore(1)) result.shape.push_back(extent);
    result.data = floats(text.data() + 10 + length, text.size() - 10 - length);
    return result;
}

void write_safetensors(const std::filesystem::path& path, const Tensors& tensors) {
    Json header = Json::object();
    std::string data;
    for (const auto& [name, tensor] : tensors) {
        const std::size_t begin = data.size();
        data.append(reinterpret_cast<const char*>(tensor.data.data()),
                    tensor.data.size() * sizeof(float));
        header[name] = {
            {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
    const std::string text = header.dump();
    const std::uint64_t length = text.size();
    std::string file(reinterpret_cast<const char*>(&length), sizeof length);
    write_text(path, file + text + data);
}

Tensors read_safetensors(const std::filesystem::path& path) {
    const std::string text = read_text(path);
    std::uint64_t length = 0;
    std::memcpy(&length, text.data(), sizeof length);
    const Json header = Json::parse(text.substr(8, length));
    Tensors result;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") continue;
        const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
        const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
        result[name] = {entry.at("shape").get<std::vector<std::int64_t>>(),
                        floats(text.data() + 8 + length + begin, end - begin)};
    }
    return result;
}

}  // namespace snnc::test
