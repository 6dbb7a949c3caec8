#include "runtime/npy.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "runtime/atomic_file.h"
#include "runtime/zip.h"

namespace snnc::runtime {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little endian");

constexpr std::string_view magic = "\x93NUMPY";

[[noreturn]] void bad(DataErrorKind kind, const std::string& file, const std::string& message) {
    throw DataError(kind, file, message);
}

std::optional<Dtype> dtype_of(std::string_view descr) {
    if (descr == "<f4") return Dtype::F32;
    if (descr == "<f8") return Dtype::F64;
    if (descr == "|u1" || descr == "<u1") return Dtype::U8;
    if (descr == "<i4") return Dtype::I32;
    if (descr == "<i8") return Dtype::I64;
    if (descr == "|b1") return Dtype::Bool;
    return std::nullopt;
}

const char* descr_of(Dtype dtype) {
    switch (dtype) {
        case Dtype::F32: return "<f4";
        case Dtype::F64: return "<f8";
        case Dtype::U8: return "|u1";
        case Dtype::I32: return "<i4";
        case Dtype::I64: return "<i8";
        case Dtype::Bool: return "|b1";
    }
    return "";
}

/// The header is a Python literal, {'descr': …, 'fortran_order': …, 'shape': …}. What stands behind
/// one of its keys; read by hand, because headers are long and come from anywhere.
std::string_view entry(std::string_view header, const std::string& key, const std::string& file) {
    const auto skip = [&](std::size_t at) {
        return std::min(header.find_first_not_of(" \t\n", at), header.size());
    };
    const std::size_t place = header.find("'" + key + "'");
    if (place != std::string_view::npos) {
        const std::size_t colon = skip(place + key.size() + 2);
        if (header.substr(colon, 1) == ":") return header.substr(skip(colon + 1));
    }
    bad(DataErrorKind::BadFormat, file, "has a damaged .npy header");
}

/// A text in quotes; the list of a structured type goes on to the next key.
Dtype parse_dtype(std::string_view text, const std::string& file) {
    const bool quoted = text.starts_with('\'');
    const std::size_t end = quoted ? text.find('\'', 1) : text.find(", 'fortran_order'");
    if (end == std::string_view::npos)
        bad(DataErrorKind::BadFormat, file, "has a damaged .npy header");
    if (quoted)
        if (const auto dtype = dtype_of(text.substr(1, end - 1))) return *dtype;
    constexpr std::size_t shown = 60;
    std::string name(text.substr(0, quoted ? end + 1 : end));
    if (name.size() > shown) name = name.substr(0, shown) + "…";
    bad(DataErrorKind::BadDtype, file,
        "has dtype " + name + "; float32, float64, uint8, int32, int64 and bool can be read");
}

/// A tuple of sizes: (), (3,), (2, 3).
Shape parse_shape(std::string_view text, const std::string& file) {
    const std::size_t end = text.find(')');
    if (!text.starts_with('(') || end == std::string_view::npos ||
        text.substr(1, end - 1).find_first_not_of("0123456789, \t\n") != std::string_view::npos)
        bad(DataErrorKind::BadFormat, file, "has a damaged .npy header");
    Shape shape;
    bool inside = false;  // a number
    for (const char c : text.substr(1, end)) {
        const bool digit = c >= '0' && c <= '9';
        if (digit && !inside) shape.push_back(0);
        inside = digit;
        if (!digit) continue;
        std::int64_t& size = shape.back();
        if (__builtin_mul_overflow(size, 10, &size) || __builtin_add_overflow(size, c - '0', &size))
            bad(DataErrorKind::BadFormat, file, "has an absurd shape");
    }
    return shape;
}

/// Length of the header and where it starts, by the file's version.
std::pair<std::size_t, std::size_t> header_place(std::string_view bytes, const std::string& file) {
    if (bytes.empty()) bad(DataErrorKind::FileEmpty, file, "is empty");
    if (bytes.substr(0, magic.size()) != magic.substr(0, std::min(magic.size(), bytes.size())))
        bad(DataErrorKind::BadFormat, file,
            bytes.starts_with("PK") ? "is an archive; an array of it is called FILE.npz:NAME"
                                    : "is not a .npy file");
    if (bytes.size() < 12) bad(DataErrorKind::FileTruncated, file, "is cut short in its header");
    const auto byte = [&](std::size_t i) { return std::size_t((unsigned char)bytes[i]); };
    const std::size_t version = byte(6);
    if (version < 1 || version > 3)
        bad(DataErrorKind::BadFormat, file,
            "has .npy version " + std::to_string(version) + ", which is unknown");
    if (version == 1) return {byte(8) | byte(9) << 8, 10};
    return {byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24, 12};
}

/// From column-major order, the first index fastest (NumPy's Fortran order, what `x.T` is saved
/// in).
void copy_from_column_major(std::span<const std::byte> elements, Array& array) {
    const std::size_t size = size_of(array.dtype);
    std::vector<std::int64_t> index(array.shape.size(), 0);
    std::vector<std::size_t> strides(array.shape.size(), size);
    for (std::size_t axis = strides.size(); axis-- > 1;)
        strides[axis - 1] = strides[axis] * std::size_t(array.shape[axis]);
    std::size_t place = 0;
    for (; !elements.empty(); elements = elements.subspan(size)) {
        std::copy_n(elements.begin(), size, array.bytes.begin() + std::ptrdiff_t(place));
        for (std::size_t axis = 0; axis < index.size(); ++axis) {
            place += strides[axis];
            if (++index[axis] < array.shape[axis]) break;
            place -= strides[axis] * std::size_t(array.shape[axis]);
            index[axis] = 0;
        }
    }
}

}  // namespace

Array parse_npy(std::string_view bytes, const std::string& file) {
    const auto [length, start] = header_place(bytes, file);
    if (length > 65536) bad(DataErrorKind::BadFormat, file, "has a damaged .npy header");
    if (bytes.size() < start + length)
        bad(DataErrorKind::FileTruncated, file, "is cut short in its header");
    const std::string_view header = bytes.substr(start, length);
    const Dtype dtype = parse_dtype(entry(header, "descr", file), file);
    const std::string_view order = entry(header, "fortran_order", file);
    const Shape shape = parse_shape(entry(header, "shape", file), file);
    const bool fortran = order.starts_with("True");
    if (!fortran && !order.starts_with("False"))
        bad(DataErrorKind::BadFormat, file, "has a damaged .npy header");

    const std::string_view data = bytes.substr(start + length);
    std::int64_t count = 0, needed = 0;
    try {
        count = element_count(shape);
    } catch (const std::overflow_error&) {
        bad(DataErrorKind::BadFormat, file, "has an absurd shape");
    }
    if (__builtin_mul_overflow(count, std::int64_t(size_of(dtype)), &needed))
        bad(DataErrorKind::BadFormat, file, "has an absurd shape");
    const std::string sizes = "shape " + to_string(shape) + " needs " + std::to_string(needed) +
                              " bytes of data, the file has " + std::to_string(data.size());
    if (std::int64_t(data.size()) < needed)
        bad(DataErrorKind::FileTruncated, file, "is cut short: " + sizes);
    if (std::int64_t(data.size()) > needed)
        bad(DataErrorKind::BadFormat, file, "has bytes behind its data: " + sizes);
    Array array(dtype, shape);
    const std::span elements(reinterpret_cast<const std::byte*>(data.data()), data.size());
    if (fortran)
        copy_from_column_major(elements, array);
    else
        std::ranges::copy(elements, array.bytes.begin());
    return array;
}

Array read_npy(const std::string& path) {
    const std::size_t colon = path.rfind(".npz:");
    if (colon != std::string::npos) {
        const std::string archive = path.substr(0, colon + 4), member = path.substr(colon + 5);
        return parse_npy(read_zip_member(archive, member + ".npy"), path);
    }
    return parse_npy(read_file(path), path);
}

std::vector<std::string> npz_members(const std::string& path) {
    std::vector<std::string> names;
    for (const std::string& name : zip_members(path))
        if (name.ends_with(".npy")) names.push_back(name.substr(0, name.size() - 4));
    return names;
}

void write_npy(const std::string& path, const Array& array) {
    std::string shape;
    for (const std::int64_t size : array.shape) shape += std::to_string(size) + ", ";
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    if (array.shape.size() == 1) shape.resize(shape.size() - 1);
    std::string header = std::string("{'descr': '") + descr_of(array.dtype) +
                         "', 'fortran_order': False, 'shape': (" + shape + "), }";
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::string start(magic);
    start += {'\x01', '\x00', char(header.size() & 255), char(header.size() >> 8)};
    const std::string_view parts[] = {
        start, header, {reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size()}};
    write_atomically(path, parts);
}

}  // namespace snnc::runtime
