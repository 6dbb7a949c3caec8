// What can be said only of a whole network: equations that need each other within one step, stored
// names that were not chosen, learnables that the loss does not teach.
#pragma once

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

/// Reports each cycle without a past in it once, at its first equation, with notes at the others.
/// True if there is none.
bool check_cycles(Context& context);

/// Warns of trained parameters that are stored under a default name.
void warn_default_names(Context& context, const NetworkBuilder& network);

/// Warns of learnables without a gradient and says where the path to the loss is cut. The network
/// must be sound and have a loss.
void warn_unreached(Context& context);

}  // namespace snnc::frontend
