// Debug runs: the values that arrive at ports with an interval which nothing proves.
#pragma once

#include <vector>

#include "driver/arrays.h"
#include "driver/pipeline.h"

namespace snnc::driver {

/// Adds the ports to the results of a run, if the machine looks at them.
void add_checked_ports(const Machine& machine, const ir::Network& network,
                       std::vector<ir::TensorId>& results);

/// After a run with these draws, which know its samples and its first step: reports the earliest
/// value of each port that lies outside, ValueOutOfRange, with its step, sample and cell; ends the
/// work (Stop) if there is one.
void check_ports(Session& session, const Machine& machine, const ir::Network& network,
                 const ir::RunSize& size, const ir::Draws& draws, const PortValues& values);

}  // namespace snnc::driver
