// The learning rate over the updates of a training: `schedule = warmup(500) then cosine()`.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/net/network.h"

namespace snnc::driver {

/// The factor of the learning rate in update `update` (from 0) of `updates`. Segments follow one
/// another; one without a length lasts to the end, and after the last its final factor stays.
///  * Warmup: (k + 1)/length.
///  * Cosine: from 1 to `to` along half a cosine (Loshchilov and Hutter, 2017; PyTorch's
///    CosineAnnealingLR stepped every update).
///  * Linear: from `from` to `to` (PyTorch's LinearLR).
///  * Step: `to` to the power of the number of whole lengths passed (PyTorch's StepLR).
double schedule_factor(const std::vector<ir::ScheduleSegment>& schedule, std::int64_t update,
                       std::int64_t updates, std::int64_t updates_per_epoch);

}  // namespace snnc::driver
