// Debug runs: the values that arrive at ports with an interval which nothing proves.
#pragma once

#include <vector>

#include "driver/arrays.h"

namespace snnc::driver {

/// Adds the ports to the results of a run.
void add_checked_ports(const ir::Network& network, std::vector<ir::TensorId>& results);

/// Reports the first value of each port that lies outside, ValueOutOfRange, with its step, sample
/// and cell; ends the work (Stop) if there is one.
void check_ports(Session& session, const ir::Network& network, const ir::RunSize& size,
                 const PortValues& values);

}  // namespace snnc::driver
