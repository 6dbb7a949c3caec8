// HDF5 files of events for the tests of their reader, written as SHD's are, apart from runtime/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace snnc::test {

struct EventFile {
    enum class Real : std::uint8_t { F16, F32, F64 };

    std::vector<std::vector<double>> times;
    std::vector<std::vector<std::int64_t>> units;
    std::vector<std::int64_t> labels;
    Real real = Real::F64;          // in which times are stored
    std::set<std::string> without;  // members that are left out, "spikes/times"
};

void write_events(const std::filesystem::path& path, const EventFile& file);

}  // namespace snnc::test
