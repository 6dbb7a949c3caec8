// Convolutions and pools of one sample at one step, as plain loops. The order in which terms are
// added is the one that ir/net/network.h names, element by element.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "ir/net/window.h"

namespace snnc::ir::interpreter {

/// The places of a window over a source. `result` is what lies at the window's outputs.
struct WindowLoops {
    Window window;
    Planes source, result;
    std::int64_t groups = 1;

    /// Calls visit(y, x, Y, X) for the outputs whose place (r, c) lies inside of the source.
    template <class Visit>
    void each_output(std::int64_t r, std::int64_t c, Visit visit) const {
        for (std::int64_t y = 0; y < result.rows; ++y) {
            const std::int64_t row = window.first(0, y) + r * window.dilation[0];
            if (row < 0 || row >= source.rows) continue;
            for (std::int64_t x = 0; x < result.columns; ++x) {
                const std::int64_t column = window.first(1, x) + c * window.dilation[1];
                if (column >= 0 && column < source.columns) visit(y, x, row, column);
            }
        }
    }

    /// Calls visit(element of the source's plane) for the places of one output, row by row.
    template <class Visit>
    void each_place(std::int64_t y, std::int64_t x, Visit visit) const {
        for (std::int64_t r = 0; r < window.size[0]; ++r) {
            const std::int64_t row = window.first(0, y) + r * window.dilation[0];
            if (row < 0 || row >= source.rows) continue;
            for (std::int64_t c = 0; c < window.size[1]; ++c) {
                const std::int64_t column = window.first(1, x) + c * window.dilation[1];
                if (column >= 0 && column < source.columns) visit(row * source.columns + column);
            }
        }
    }

    /// Calls visit(i, o, r, c, index of the weight) with i and o as channels of source and result.
    template <class Visit>
    void each_weight(Visit visit) const {
        const std::int64_t in = source.channels / groups, out = result.channels / groups;
        for (std::int64_t o = 0; o < result.channels; ++o)
            for (std::int64_t i = 0; i < in; ++i)
                for (std::int64_t r = 0; r < window.size[0]; ++r)
                    for (std::int64_t c = 0; c < window.size[1]; ++c)
                        visit(
                            o / out * in + i, o, r, c,
                            ((i * window.size[0] + r) * window.size[1] + c) * result.channels + o);
    }
};

/// A spike that is 0 adds nothing, whatever the weight.
template <class Real>
void convolve(const WindowLoops& loops, const Real* in, const Real* weight, bool spikes,
              Real* out) {
    std::fill_n(out, loops.result.elements(), Real(0));
    loops.each_weight([&](auto i, auto o, auto r, auto c, auto index) {
        const Real* from = in + i * loops.source.plane();
        Real* to = out + o * loops.result.plane();
        loops.each_output(r, c, [&](auto y, auto x, auto row, auto column) {
            const Real value = from[row * loops.source.columns + column];
            if (spikes && value == 0) return;
            to[y * loops.result.columns + x] += value * weight[index];
        });
    });
}

template <class Real>
void convolve_back(const WindowLoops& loops, const Real* adjoint, const Real* weight, Real* out) {
    std::fill_n(out, loops.source.elements(), Real(0));
    loops.each_weight([&](auto i, auto o, auto r, auto c, auto index) {
        const Real* from = adjoint + o * loops.result.plane();
        Real* to = out + i * loops.source.plane();
        loops.each_output(r, c, [&](auto y, auto x, auto row, auto column) {
            to[row * loops.source.columns + column] +=
                from[y * loops.result.columns + x] * weight[index];
        });
    });
}

template <class Real>
void add_outer(const WindowLoops& loops, const Real* in, const Real* adjoint, Real* out) {
    loops.each_weight([&](auto i, auto o, auto r, auto c, auto index) {
        const Real* source = in + i * loops.source.plane();
        const Real* result = adjoint + o * loops.result.plane();
        Real sum = out[index];
        loops.each_output(r, c, [&](auto y, auto x, auto row, auto column) {
            sum +=
                source[row * loops.source.columns + column] * result[y * loops.result.columns + x];
        });
        out[index] = sum;
    });
}

/// The element of the source's plane that holds the first largest value under the window; -1 if
/// the window lies outside of it.
template <class Real>
std::int64_t first_largest(const WindowLoops& loops, const Real* plane, std::int64_t y,
                           std::int64_t x) {
    std::int64_t best = -1;
    loops.each_place(y, x, [&](auto place) {
        const Real value = plane[place];
        if (best < 0 || value > plane[best] || value != value) best = place;
    });
    return best;
}

template <class Real>
void max_pool(const WindowLoops& loops, const Real* in, Real* out) {
    for (std::int64_t channel = 0; channel < loops.source.channels; ++channel) {
        const Real* plane = in + channel * loops.source.plane();
        for (std::int64_t y = 0; y < loops.result.rows; ++y)
            for (std::int64_t x = 0; x < loops.result.columns; ++x) {
                const std::int64_t best = first_largest(loops, plane, y, x);
                *out++ = best < 0 ? -std::numeric_limits<Real>::infinity() : plane[best];
            }
    }
}

template <class Real>
void max_pool_back(const WindowLoops& loops, const Real* in, const Real* adjoint, Real* out) {
    std::fill_n(out, loops.source.elements(), Real(0));
    for (std::int64_t channel = 0; channel < loops.source.channels; ++channel) {
        const std::int64_t plane = channel * loops.source.plane();
        for (std::int64_t y = 0; y < loops.result.rows; ++y)
            for (std::int64_t x = 0; x < loops.result.columns; ++x) {
                const std::int64_t best = first_largest(loops, in + plane, y, x);
                if (best >= 0) out[plane + best] += *adjoint;
                ++adjoint;
            }
    }
}

template <class Real>
void sum_pool(const WindowLoops& loops, const Real* in, Real* out) {
    for (std::int64_t channel = 0; channel < loops.source.channels; ++channel) {
        const Real* plane = in + channel * loops.source.plane();
        for (std::int64_t y = 0; y < loops.result.rows; ++y)
            for (std::int64_t x = 0; x < loops.result.columns; ++x) {
                Real sum = 0;
                loops.each_place(y, x, [&](auto place) { sum += plane[place]; });
                *out++ = sum;
            }
    }
}

template <class Real>
void sum_pool_back(const WindowLoops& loops, const Real* adjoint, Real* out) {
    std::fill_n(out, loops.source.elements(), Real(0));
    for (std::int64_t channel = 0; channel < loops.source.channels; ++channel) {
        Real* plane = out + channel * loops.source.plane();
        for (std::int64_t y = 0; y < loops.result.rows; ++y)
            for (std::int64_t x = 0; x < loops.result.columns; ++x) {
                loops.each_place(y, x, [&](auto place) { plane[place] += *adjoint; });
                ++adjoint;
            }
    }
}

}  // namespace snnc::ir::interpreter
