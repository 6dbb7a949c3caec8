#include "pictures/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace snnc::pictures {
namespace {

using runtime::DataError;
using runtime::DataErrorKind;

void check_shape(const runtime::ArrayView& array, const std::string& file) {
    const std::string shape = runtime::to_string(array.shape);
    if (array.shape.size() < 2)
        throw DataError(DataErrorKind::BadShape, file,
                        fmt::format("a recording is [steps, batch, shape…], and this array has the "
                                    "shape {}",
                                    shape));
    if (array.size() == 0)
        throw DataError(DataErrorKind::BadShape, file,
                        fmt::format("there is nothing to show: the array has the shape {}", shape));
}

std::string cells_text(std::int64_t count) {
    return count == 1 ? "1 cell" : fmt::format("{} cells, 0 to {}", count, count - 1);
}

void check_choice(const Choice& choice, std::int64_t samples, std::int64_t cells,
                  const std::string& file) {
    if (choice.sample < 0 || choice.sample >= samples)
        throw DataError(
            DataErrorKind::PartMissing, file,
            fmt::format("there is no sample {}: the array holds {}", choice.sample,
                        samples == 1 ? "1 sample, 0"
                                     : fmt::format("{} samples, 0 to {}", samples, samples - 1)));
    const std::int64_t first = choice.first_cell.value_or(0), end = choice.end_cell.value_or(cells);
    if (first < 0 || end > cells || first >= end)
        throw DataError(DataErrorKind::PartMissing, file,
                        fmt::format("there are no cells {}:{}: the array holds {}", first, end,
                                    cells_text(cells)));
}

/// The place of a value in the recording: "in step 3 at cell 7".
std::string place_text(const Recording& recording, std::size_t i) {
    return fmt::format("in step {} at cell {}", i / recording.cells,
                       recording.first_cell + i % recording.cells);
}

}  // namespace

Recording take(const runtime::ArrayView& array, const std::string& file, const Choice& choice) {
    check_shape(array, file);
    const std::int64_t steps = array.shape[0], samples = array.shape[1];
    const std::int64_t cells = array.size() / (steps * samples);
    check_choice(choice, samples, cells, file);
    const std::vector<float> all = array.to_f32();
    Recording recording;
    recording.first_cell = std::size_t(choice.first_cell.value_or(0));
    recording.all_cells = std::size_t(cells);
    recording.steps = std::size_t(steps);
    recording.cells = std::size_t(choice.end_cell.value_or(cells)) - recording.first_cell;
    for (std::int64_t step = 0; step < steps; ++step) {
        const auto begin = all.begin() + (step * samples + choice.sample) * cells +
                           std::ptrdiff_t(recording.first_cell);
        recording.values.insert(recording.values.end(), begin,
                                begin + std::ptrdiff_t(recording.cells));
    }
    const auto bad = std::find_if(recording.values.begin(), recording.values.end(),
                                  [](float value) { return !std::isfinite(value); });
    if (bad != recording.values.end())
        throw DataError(
            DataErrorKind::NotFinite, file,
            fmt::format("holds {} {}", *bad,
                        place_text(recording, std::size_t(bad - recording.values.begin()))));
    return recording;
}

void check_spikes(const Recording& recording, const std::string& file) {
    const auto bad = std::find_if(recording.values.begin(), recording.values.end(),
                                  [](float value) { return value != 0 && value != 1; });
    if (bad == recording.values.end()) return;
    throw DataError(
        DataErrorKind::ValueOutOfRange, file,
        fmt::format("spikes are 0 or 1, and {} holds {:.6g}",
                    place_text(recording, std::size_t(bad - recording.values.begin())), *bad));
}

}  // namespace snnc::pictures
