// Random numbers of a run (language.md 8.4, docs/decisions/0005-draws-are-functions.md).
//
// A network names its streams; Op::Uniform reads one. Its value is a pure function of the stream's
// key, which is made of seed, purpose and name, and of sample, step and element: it is not kept but
// computed wherever it is read, and depends on nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/philox.h"

namespace snnc::ir {

struct Stream {
    std::string name;  // qualified: "hidden.v"
    runtime::Purpose purpose = runtime::Purpose::Noise;
    bool per_step = true;  // a number for each step, else one for the run
    friend bool operator==(const Stream&, const Stream&) = default;
};

/// What the numbers of a run depend on besides the network.
struct Draws {
    std::uint64_t seed = 0;
    std::uint32_t epoch = 0;  // of a training
    /// For each sample of the run its number: the position in the data. Empty: 0, 1, 2 …
    std::vector<std::uint32_t> samples;
    /// The number of the first step, where the run goes on from another.
    std::int64_t first_step = 0;

    std::uint32_t sample(std::int64_t index) const {
        return samples.empty() ? std::uint32_t(index) : samples[std::size_t(index)];
    }
};

inline std::vector<runtime::PhiloxKey> keys_of(const std::vector<Stream>& streams,
                                               std::uint64_t seed) {
    std::vector<runtime::PhiloxKey> keys;
    keys.reserve(streams.size());
    for (const Stream& stream : streams)
        keys.push_back(runtime::philox_key(seed, stream.purpose, stream.name));
    return keys;
}

}  // namespace snnc::ir
