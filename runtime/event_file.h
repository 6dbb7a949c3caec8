// HDF5 files of labelled events as the Spiking Heidelberg Digits (SHD) store them:
//
//     spikes/times   a list of times (floats) for each sample
//     spikes/units   a list of as many units (integers): which cell each event belongs to
//     labels         an integer for each sample
//
// Whatever else a file holds is not read.
#pragma once

#include <string>

#include "runtime/array.h"
#include "runtime/error.h"
#include "runtime/event_trains.h"

namespace snnc::runtime {

struct EventSamples {
    EventTrains trains;
    Array labels;  // [samples], I64
};

/// The whole file, its events laid out in `grid`, whose step_length counts in the unit of the
/// file's times. Throws DataError with the sample that it speaks of, counted from 0: a file that is
/// missing, no HDF5, damaged or without one of the three; lists of unequal lengths; times that are
/// not finite; EventOutOfRange for events of negative time and of units beyond the cells, and,
/// without `crop`, EventBeyondRun.
EventSamples read_event_file(const std::string& path, const EventGrid& grid);

}  // namespace snnc::runtime
