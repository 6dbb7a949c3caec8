// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011).
//
// A draw is a function of its key (seed, purpose, qualified name) and its counter (sample, step,
// element), so batch size, threads and devices change nothing.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace snnc::runtime {

using PhiloxBlock = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

inline PhiloxBlock philox(PhiloxBlock counter, PhiloxKey key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t(0xD2511F53u) * counter[0];
        const std::uint64_t b = std::uint64_t(0xCD9E8D57u) * counter[2];
        counter = {std::uint32_t(b >> 32) ^ counter[1] ^ key[0], std::uint32_t(b),
                   std::uint32_t(a >> 32) ^ counter[3] ^ key[1], std::uint32_t(a)};
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    return counter;
}

/// What a stream of draws is for; part of its key.
enum class Purpose : std::uint32_t {
    Weights = 1,
    InitialState = 2,
    Noise = 3,
    Shuffle = 4,
    Data = 5,
    Dropout = 6,
    Pattern = 7
};

/// The key of one stream: 64 bits of FNV-1a over seed, purpose and name.
inline PhiloxKey philox_key(std::uint64_t seed, Purpose purpose, std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3u; };
    for (int i = 0; i < 8; ++i) mix(std::uint8_t(seed >> (8 * i)));
    mix(std::uint8_t(purpose));
    for (const char c : name) mix(std::uint8_t(c));
    return {std::uint32_t(hash), std::uint32_t(hash >> 32)};
}

/// One stream of draws, addressed by counters.
class Stream {
 public:
    Stream(std::uint64_t seed, Purpose purpose, std::string_view name)
        : key_(philox_key(seed, purpose, name)) {}

    PhiloxBlock block(std::uint64_t element, std::uint32_t step = 0,
                      std::uint32_t sample = 0) const {
        // The element has 48 bits; what is beyond 32 shares a word with the step.
        return philox(
            {std::uint32_t(element), std::uint32_t(element >> 32) << 16 ^ step, sample, 0}, key_);
    }

    /// In [0, 1) with 24 bits.
    float uniform(std::uint64_t element, std::uint32_t step = 0, std::uint32_t sample = 0) const {
        return float(block(element, step, sample)[0] >> 8) * 0x1p-24f;
    }

    /// Standard normal (Box and Muller, 1958).
    double normal(std::uint64_t element, std::uint32_t step = 0, std::uint32_t sample = 0) const {
        const PhiloxBlock bits = block(element, step, sample);
        const double u = (double(bits[0]) + 0.5) * 0x1p-32, v = double(bits[1]) * 0x1p-32;
        return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
    }

 private:
    PhiloxKey key_;
};

/// Where the draws of a run lie in Philox's blocks. A block gives four words; 32 neighbouring
/// elements share eight blocks, so that a vector of counters (eight lanes, or sixteen) makes the
/// numbers of four vectors of elements.
struct DrawPlace {
    std::uint32_t block, word;
    explicit DrawPlace(std::uint64_t element)
        : block(std::uint32_t(element / 32 * 8 + element % 8)),
          word(std::uint32_t(element % 32 / 8)) {}
};

/// The draw of a run's element, in [0, 1) with 24 bits.
inline float uniform_draw(PhiloxKey key, std::uint64_t element, std::uint32_t step,
                          std::uint32_t sample, std::uint32_t epoch) {
    const DrawPlace place(element);
    return float(philox({place.block, step, sample, epoch}, key)[place.word] >> 8) * 0x1p-24f;
}

}  // namespace snnc::runtime
