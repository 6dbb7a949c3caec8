#include <algorithm>
#include <cmath>

#include "tests/random/layers.h"

namespace snnc::test {
namespace {

/// What lies under the window at the output (y, x): all places inside of the source.
void each_place(const Sliding& window, const Grid& source, int y, int x, const TakePlace& take) {
    for (int channel = 0; channel < source.channels; ++channel)
        for (int r = 0; r < window.size[0]; ++r)
            for (int c = 0; c < window.size[1]; ++c) {
                const int row = y * window.stride[0] + r * window.dilation[0] - window.padding[0];
                const int column =
                    x * window.stride[1] + c * window.dilation[1] - window.padding[1];
                if (row < 0 || row >= source.rows || column < 0 || column >= source.columns)
                    continue;
                take(channel, r * window.size[1] + c,
                     (channel * source.rows + row) * source.columns + column);
            }
}

std::string pair_as_text(const int (&pair)[2], std::size_t rank) {
    const std::string row = std::to_string(pair[0]), column = std::to_string(pair[1]);
    return rank == 2 || row == column ? column : "(" + row + ", " + column + ")";
}

}  // namespace

void Layers::window(Chain& chain) {
    if (dice_.one_in(2)) return pool(chain);
    const int channels = 1 + dice_.below(3);
    convolution(chain, channels, false);
}

Sliding Layers::any_window(const Extents& shape, bool dilated) {
    const Grid source(shape);
    const int extents[2] = {source.rows, source.columns};
    Sliding window;
    for (int axis = shape.size() == 3 ? 0 : 1; axis < 2; ++axis) {
        window.size[axis] = 1 + dice_.below(std::min(3, extents[axis]));
        window.stride[axis] = 1 + dice_.below(2);
        window.padding[axis] = dice_.below(window.size[axis] / 2 + 1);
        window.dilation[axis] = dilated ? 1 + dice_.below(2) : 1;
        if (window.outputs(axis, extents[axis]) < 1 ||
            extents[axis] + 2 * window.padding[axis] <
                window.dilation[axis] * (window.size[axis] - 1) + 1)
            window.dilation[axis] = 1;
    }
    return window;
}

std::string Layers::options(const Sliding& window, std::size_t rank, bool dilated) const {
    return pair_as_text(window.size, rank) + ", stride = " + pair_as_text(window.stride, rank) +
           ", padding = " + pair_as_text(window.padding, rank) +
           (dilated ? ", dilation = " + pair_as_text(window.dilation, rank) : "");
}

Layers::Convolution Layers::convolution_of(const std::string& name, const Extents& from_shape,
                                           int channels, bool same_shape, const Source& read) {
    const std::size_t rank = from_shape.size();
    const Grid source(from_shape);
    Sliding window = same_shape ? Sliding{} : any_window(from_shape, true);
    if (same_shape)
        for (int axis = rank == 3 ? 0 : 1; axis < 2; ++axis) {
            window.size[axis] = 3;
            window.padding[axis] = 1;
        }
    const int groups = source.channels > 1 && channels % source.channels == 0 && dice_.one_in(2)
                           ? source.channels
                           : 1;
    Grid result = source;
    result.channels = channels;
    result.rows = rank == 3 ? window.outputs(0, source.rows) : 1;
    result.columns = window.outputs(1, source.columns);
    const int places = window.size[0] * window.size[1], in = source.channels / groups;
    const auto weight = given(name + ".weight", in * places * channels);
    const bool has_bias = !dice_.one_in(3);
    const auto bias = has_bias ? given(name + ".bias", channels) : [](int) { return 0.0; };
    return {(rank == 3 ? "conv(" : "conv1d(") + std::to_string(channels) + ", " +
                options(window, rank, true) +
                (groups > 1 ? ", groups = " + std::to_string(groups) : "") +
                (has_bias ? "" : ", bias = false") + ")",
            result.shape(rank), [=](const At& at) {
                const int plane = result.rows * result.columns, out = at.element / plane;
                const int group = out / (channels / groups);
                double total = bias(out);
                each_place(window, source, at.element % plane / result.columns,
                           at.element % result.columns, [&](int channel, int place, int element) {
                               if (channel / in != group) return;
                               total += weight((channel % in * places + place) * channels + out) *
                                        read(at, element);
                           });
                return total;
            }};
}

void Layers::convolution(Chain& chain, int channels, bool same_shape) {
    const std::string name = next_name();
    const Convolution layer =
        convolution_of(name, shape(chain), channels, same_shape,
                       [m = &model_, from = chain.signal](const At& at, int element) {
                           return m->arriving(from, {at.step, at.sample, element});
                       });
    add(chain, layer.call, name, layer.shape, layer.value);
}

void Layers::pool(Chain& chain) {
    const std::size_t rank = shape(chain).size();
    const Grid source(shape(chain));
    const Sliding window = any_window(shape(chain), false);
    Grid result = source;
    result.rows = rank == 3 ? window.outputs(0, source.rows) : 1;
    result.columns = window.outputs(1, source.columns);
    const int kind = dice_.below(3), places = window.size[0] * window.size[1];
    static const std::vector<std::string> names{"maxpool(", "avgpool(", "sumpool("};
    add(chain, names[std::size_t(kind)] + options(window, rank, false) + ")", next_name(),
        result.shape(rank), [=, m = &model_, from = chain.signal](const At& at) {
            const int plane = result.rows * result.columns;
            double largest = -INFINITY, total = 0;
            each_place(window, source, at.element % plane / result.columns,
                       at.element % result.columns, [&](int channel, int, int element) {
                           if (channel != at.element / plane) return;
                           const double x = m->arriving(from, {at.step, at.sample, element});
                           largest = std::max(largest, x);
                           total += x;
                       });
            return kind == 0 ? largest : kind == 1 ? total / places : total;
        });
}

}  // namespace snnc::test
