// Checkpoints: everything that a training needs to go on to the same numbers.
//
// One .safetensors file: parameters and optimiser state as tensors, the position in the metadata.
// Random numbers are functions of seed, epoch and position, so there is no other random state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/arrays.h"
#include "driver/run_state.h"
#include "runtime/safetensors.h"

namespace snnc::driver {

/// Where a training stands; what must not change between its pieces.
struct TrainingPosition {
    std::int64_t epoch = 0;
    std::int64_t batch_in_epoch = 0;  // the next one
    std::int64_t window = 0;          // of that batch, the next one (truncated training)
    std::int64_t step = 0;            // updates made
    double loss_sum = 0;              // of this epoch's samples so far
    std::int64_t samples_seen = 0;    // in this epoch

    std::uint64_t seed = 0;
    std::int64_t batch = 1;
    std::int64_t sample_count = 0;
    std::int64_t validation_count = 0;  // of these
    bool shuffle = true;
    std::int64_t window_length = 0;  // 0: the run is not cut
};

/// The file in that folder.
std::string checkpoint_file(const std::string& folder);

/// The parameters that were best on the validation samples.
struct BestSoFar {
    std::int64_t epoch = 0;
    double score = 0;
    std::int64_t waited = 0;  // epochs since then
    runtime::TensorFile weights;
};

/// What a checkpoint holds besides parameters and optimiser state.
struct TrainingMemory {
    TrainingPosition position;
    /// Where it was written between two windows of a batch: the state that the next one goes on
    /// from (Windows::pasts).
    std::vector<PastValues> pasts;
    std::optional<BestSoFar> best;
};

/// Atomic: an earlier checkpoint stays as it is if this one cannot be written. DataError.
void save_checkpoint(const std::string& folder, const ir::Network& network,
                     const PortValues& values, const TrainingMemory& memory);

/// Reads tensors into `values` and the rest. CheckpointMismatch if it belongs to another network,
/// seed, batch or set of samples than `expected` says.
TrainingMemory load_checkpoint(const std::string& folder, const ir::Network& network,
                               const TrainingPosition& expected, PortValues& values);

}  // namespace snnc::driver
