#include "runtime/array.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace snnc::runtime {

std::size_t size_of(Dtype dtype) {
    switch (dtype) {
        case Dtype::F32:
        case Dtype::I32: return 4;
        case Dtype::F64:
        case Dtype::I64: return 8;
        case Dtype::U8:
        case Dtype::Bool: return 1;
    }
    return 1;
}

const char* name_of(Dtype dtype) {
    switch (dtype) {
        case Dtype::F32: return "float32";
        case Dtype::F64: return "float64";
        case Dtype::U8: return "uint8";
        case Dtype::I32: return "int32";
        case Dtype::I64: return "int64";
        case Dtype::Bool: return "bool";
    }
    return "";
}

bool is_integer(Dtype dtype) { return dtype != Dtype::F32 && dtype != Dtype::F64; }

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i)
        text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

std::int64_t element_count(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        if (size < 0 || __builtin_mul_overflow(count, size, &count))
            throw std::overflow_error("shape " + to_string(shape) + " is too large");
    return count;
}

Array::Array(Dtype type, Shape dims) : dtype(type), shape(std::move(dims)) {
    std::int64_t needed = 0;
    if (__builtin_mul_overflow(element_count(shape), std::int64_t(size_of(dtype)), &needed))
        throw std::overflow_error("shape " + to_string(shape) + " is too large");
    bytes.resize(std::size_t(needed));
}

namespace {

template <class To, class From>
To converted(From value) {
    if constexpr (std::is_integral_v<To>) {
        if constexpr (std::is_floating_point_v<From>)
            if (value != value) return 0;
        const auto low = std::numeric_limits<To>::min(), high = std::numeric_limits<To>::max();
        if (double(value) <= double(low)) return low;
        if (double(value) >= double(high)) return high;
    }
    return To(value);
}

template <class To>
std::vector<To> convert(const ArrayView& array) {
    std::vector<To> out(std::size_t(array.size()));
    const auto from = [&]<class From>(std::span<const From> values) {
        std::transform(values.begin(), values.end(), out.begin(),
                       [](From value) { return converted<To>(value); });
    };
    switch (array.dtype) {
        case Dtype::F32: from(array.as<float>()); break;
        case Dtype::F64: from(array.as<double>()); break;
        case Dtype::I32: from(array.as<std::int32_t>()); break;
        case Dtype::I64: from(array.as<std::int64_t>()); break;
        case Dtype::U8:
        case Dtype::Bool: from(array.as<std::uint8_t>()); break;
    }
    return out;
}

}  // namespace

std::vector<float> ArrayView::to_f32() const { return convert<float>(*this); }
std::vector<double> ArrayView::to_f64() const { return convert<double>(*this); }
std::vector<std::int32_t> ArrayView::to_i32() const { return convert<std::int32_t>(*this); }

Array Array::of_f32(Shape shape, std::span<const float> values) {
    Array array(Dtype::F32, std::move(shape));
    std::copy(values.begin(), values.end(), array.as<float>().begin());
    return array;
}

Array Array::of_i32(Shape shape, std::span<const std::int32_t> values) {
    Array array(Dtype::I32, std::move(shape));
    std::copy(values.begin(), values.end(), array.as<std::int32_t>().begin());
    return array;
}

}  // namespace snnc::runtime
