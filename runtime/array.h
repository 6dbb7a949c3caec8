// Arrays in memory: a type, a shape, bytes in row-major order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace snnc::runtime {

enum class Dtype { F32, F64, U8, I32, I64, Bool };

std::size_t size_of(Dtype dtype);
const char* name_of(Dtype dtype);  // "float32"
bool is_integer(Dtype dtype);      // also true for Bool

using Shape = std::vector<std::int64_t>;
std::string to_string(const Shape& shape);  // "[25, 128, 10]"

/// The number of elements; throws std::overflow_error if it does not fit or a size is negative.
std::int64_t element_count(const Shape& shape);

/// An array that somebody else keeps.
struct ArrayView {
    Dtype dtype = Dtype::F32;
    Shape shape;
    std::span<const std::byte> bytes;

    std::int64_t size() const { return std::int64_t(bytes.size() / size_of(dtype)); }
    template <class T>
    std::span<const T> as() const {
        return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
    }

    /// The values as float32 or int32; an integer that does not fit saturates.
    std::vector<float> to_f32() const;
    std::vector<double> to_f64() const;
    std::vector<std::int32_t> to_i32() const;
};

struct Array {
    Dtype dtype = Dtype::F32;
    Shape shape;
    std::vector<std::byte> bytes;

    Array() = default;
    /// Zeros; throws std::overflow_error where the shape or its bytes do not fit.
    Array(Dtype dtype, Shape shape);

    std::int64_t size() const { return std::int64_t(bytes.size() / size_of(dtype)); }
    template <class T>
    std::span<T> as() {
        return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
    }
    template <class T>
    std::span<const T> as() const {
        return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
    }

    operator ArrayView() const { return {dtype, shape, bytes}; }
    std::vector<float> to_f32() const { return ArrayView(*this).to_f32(); }
    std::vector<double> to_f64() const { return ArrayView(*this).to_f64(); }
    std::vector<std::int32_t> to_i32() const { return ArrayView(*this).to_i32(); }

    static Array of_f32(Shape shape, std::span<const float> values);
    static Array of_i32(Shape shape, std::span<const std::int32_t> values);
};

}  // namespace snnc::runtime
