// A stage of the compiler as text, from the network on: `emit` and the session.
#pragma once

#include <string>
#include <vector>

#include "driver/command_line.h"
#include "frontend/elaborate.h"

namespace snnc::driver {

struct EmitOptions {
    NetworkOptions network;
    EngineOptions engine;
    std::string stage, train_block, loss;
    bool forward = false;
};

/// All stages, those before the network and those of later versions included.
const std::vector<std::string>& emit_stages();

/// The stage of a network of the module. Reports and throws as the stages do.
std::string emit_network(Session& session, const frontend::Module& module,
                         const EmitOptions& options);

}  // namespace snnc::driver
