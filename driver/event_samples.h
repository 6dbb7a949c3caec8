// Event files as samples of a network (language.md 8.11): events fall into the steps and cells of
// its input.
#pragma once

#include <string>

#include "driver/samples.h"

namespace snnc::driver {

/// The samples of an event file for a network with one input and one target. Reports an input that
/// is held (BadShape), a run of unknown length (StepsUnknown), what read_event_file() refuses, and
/// labels and counts that do not fit target and input. Warns where the network says no `dt`, so
/// that the times of the file count steps.
SampleSet samples_of_events(Session& session, const ir::Network& network, const std::string& file,
                            SizeFinder& sizes);

}  // namespace snnc::driver
