// Recorded arrays, [steps, batch, shape…], and the part of them that a picture shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::pictures {

/// Which part: a sample of the batch, and cells counted row by row from 0.
struct Choice {
    std::int64_t sample = 0;
    std::optional<std::int64_t> first_cell, end_cell;  // [first, end); absent: all
};

/// One sample's values, step after step.
struct Recording {
    std::size_t steps = 0, cells = 0;
    std::size_t first_cell = 0;  // the number of the first one shown
    std::size_t all_cells = 0;   // that the array has
    std::vector<float> values;

    float at(std::size_t step, std::size_t cell) const { return values[step * cells + cell]; }
};

/// `file` stands in messages. Throws runtime::DataError: BadShape (fewer than two axes, or an axis
/// without elements), PartMissing (a sample or cells that it does not have), NotFinite.
Recording take(const runtime::ArrayView& array, const std::string& file, const Choice& choice);

/// Spikes are 0 or 1. Throws runtime::DataError(ValueOutOfRange).
void check_spikes(const Recording& recording, const std::string& file);

}  // namespace snnc::pictures
