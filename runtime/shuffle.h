// The order in which training visits its samples.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "runtime/philox.h"

namespace snnc::runtime {

/// A permutation of 0 … count-1 that depends on seed and epoch alone (Fisher and Yates, as
/// Durstenfeld wrote it in 1964).
inline std::vector<std::int64_t> permutation(std::int64_t count, std::uint64_t seed,
                                             std::uint32_t epoch) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const Stream draws(seed, Purpose::Shuffle, "order");
    for (std::int64_t i = count - 1; i > 0; --i) {
        const PhiloxBlock bits = draws.block(std::uint64_t(i), epoch);
        const std::uint64_t wide = std::uint64_t(bits[0]) << 32 | bits[1];
        const auto j = std::int64_t((unsigned __int128)(wide)*std::uint64_t(i + 1) >> 64);
        std::swap(order[std::size_t(i)], order[std::size_t(j)]);
    }
    return order;
}

}  // namespace snnc::runtime
