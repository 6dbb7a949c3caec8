// A network as equations that a person can check against a textbook: `emit --stage=equations` and
// `--stage=grad`.
#pragma once

#include <string>

#include "ir/autodiff/differentiate.h"
#include "ir/net/network.h"

namespace snnc::ir {

/// The forward equations, population by population, in the notation of .snn.
std::string print_equations(const Network& network);

/// The adjoint equations. Carries are put in place, so that an adjoint reads as in a textbook:
/// adj(v)[t] = … + beta*adj(v)[t+1].
std::string print_gradient(const Network& network, const Gradients& gradients);

}  // namespace snnc::ir
