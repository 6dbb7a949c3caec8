// A network as a graph: inputs, layers and populations, and what each hands to which.
#pragma once

#include "frontend/elaborate.h"
#include "ir/net/network.h"
#include "pictures/figure.h"
#include "support/source.h"

namespace snnc::driver {

/// The module is the one that the network was elaborated from: layers are called as it writes them.
pictures::Graph network_graph(const SourceManager& sources, const frontend::Module& module,
                              const ir::Network& network);

}  // namespace snnc::driver
