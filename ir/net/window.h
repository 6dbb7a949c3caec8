// How convolutions and pools walk over planes: the geometry that all of them share.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace snnc::ir {

using Shape = std::vector<std::int64_t>;  // without time and batch; {} is a scalar

/// A shape as planes of rows and columns: [c, h, w], or [c, l] as planes of one row.
struct Planes {
    std::int64_t channels = 1, rows = 1, columns = 1;
    std::int64_t elements() const { return channels * rows * columns; }
    std::int64_t plane() const { return rows * columns; }
};
Planes planes_of(const Shape& shape);
/// Back to a shape of `rank` 2 or 3.
Shape shape_of(const Planes& planes, std::size_t rank);

/// A window that moves over rows (axis 0) and columns (axis 1). Its place (r, c) at the output
/// (y, x) lies over the input (y*stride + r*dilation - padding, …), which may be outside of the
/// plane. The words and the arithmetic are PyTorch's.
struct Window {
    using Pair = std::array<std::int64_t, 2>;
    Pair size{1, 1};
    Pair stride{1, 1};
    Pair padding{0, 0};
    Pair dilation{1, 1};

    std::int64_t places() const { return size[0] * size[1]; }
    /// Input row (column) under the window's first row (column) at an output.
    std::int64_t first(int axis, std::int64_t output) const {
        return output * stride[std::size_t(axis)] - padding[std::size_t(axis)];
    }
    /// How many outputs an axis of `extent` has; 0 or less: the window does not fit.
    std::int64_t outputs(int axis, std::int64_t extent) const;
    /// The planes of the result with that many channels.
    Planes result(const Planes& source, std::int64_t channels) const;

    friend bool operator==(const Window&, const Window&) = default;
};

/// "5x3, stride 2x1, padding 1x1, dilation 2x2", without what is the default.
std::string to_string(const Window& window);

}  // namespace snnc::ir
