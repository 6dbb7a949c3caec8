// Which gradients a call wants, and what comes of them: `grad` and the library.
#pragma once

#include <string>
#include <vector>

#include "driver/state_files.h"
#include "ir/autodiff/differentiate.h"

namespace snnc::driver {

/// A tensor, and under which name its gradient is returned; or a past that is read over several
/// lags, of which the network reads several tensors.
struct WantedGradient {
    ir::TensorId tensor;
    std::string name;
    const ir::CarriedPast* past = nullptr;  // of the state that was given
};
/// What to differentiate with respect to.
std::vector<ir::TensorId> tensors_of(const std::vector<WantedGradient>& wanted);

/// Trainable parameters under their names, inputs as "input.NAME", the given states as
/// "state.NAME.VAR"; only those of `names`, if there are some. UnknownVariable, which names
/// `option`.
std::vector<WantedGradient> wanted_gradients(const ir::Network& network, const GivenState& given,
                                             const std::vector<std::string>& names,
                                             const std::string& option);

/// What a program must hand out: the loss, and the gradients that there are.
ir::LoweringOptions gradient_lowering(const ir::Network& network, const ir::Gradients& gradients,
                                      const std::vector<WantedGradient>& wanted,
                                      const std::vector<ir::TensorId>& given_initials);

/// The gradient in the shape and the unit of what it belongs to; zeros where the loss does not
/// depend on it.
runtime::Array gradient_array(const ir::Network& network, const ir::Gradients& gradients,
                              const WantedGradient& wanted, const GivenState& given,
                              const PortValues& values, const ir::RunSize& size);

/// The mean of the loss over the samples.
double mean_loss(const ir::Network& network, const PortValues& values);

}  // namespace snnc::driver
