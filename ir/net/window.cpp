#include "ir/net/window.h"

namespace snnc::ir {

Planes planes_of(const Shape& shape) {
    if (shape.size() == 2) return {shape[0], 1, shape[1]};
    return {shape[0], shape[1], shape[2]};
}

Shape shape_of(const Planes& planes, std::size_t rank) {
    if (rank == 2) return {planes.channels, planes.columns};
    return {planes.channels, planes.rows, planes.columns};
}

std::int64_t Window::outputs(int axis, std::int64_t extent) const {
    const auto i = std::size_t(axis);
    const std::int64_t room = extent + 2 * padding[i] - dilation[i] * (size[i] - 1) - 1;
    return room < 0 ? 0 : room / stride[i] + 1;
}

Planes Window::result(const Planes& source, std::int64_t channels) const {
    return {channels, outputs(0, source.rows), outputs(1, source.columns)};
}

std::string to_string(const Window& window) {
    const auto pair = [](const Window::Pair& two) {
        return std::to_string(two[0]) + "x" + std::to_string(two[1]);
    };
    std::string text = pair(window.size);
    if (window.stride != Window::Pair{1, 1}) text += ", stride " + pair(window.stride);
    if (window.padding != Window::Pair{0, 0}) text += ", padding " + pair(window.padding);
    if (window.dilation != Window::Pair{1, 1}) text += ", dilation " + pair(window.dilation);
    return text;
}

}  // namespace snnc::ir
