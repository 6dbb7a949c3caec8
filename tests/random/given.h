// What a random program is run with: inputs, targets, weights and the edges of sparse layers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ir/interpreter/interpreter.h"
#include "ir/net/network.h"
#include "tests/random/model.h"

namespace snnc::test {

/// Checks and elaborates a program with its train block; whatever is reported fails the test.
std::optional<ir::Network> network_of(const std::string& text, bool trains);

/// Draws edges, puts their number into the network, and draws all else that the run is given.
Given draw(ir::Network& network, const ir::RunSize& size, std::uint64_t seed);

std::map<std::uint32_t, std::vector<double>> by_tensor(const ir::Network& network,
                                                       const Given& given);

}  // namespace snnc::test
