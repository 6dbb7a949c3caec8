#include "driver/gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "driver/parameters.h"
#include "driver/pipeline.h"

namespace snnc::driver {
namespace {

std::vector<WantedGradient> all_gradients(const ir::Network& network, const GivenState& given) {
    std::vector<WantedGradient> all;
    for (const ir::TensorId id : trainable_parameters(network))
        all.push_back({id, network[id].name});
    for (const ir::TensorId id : network.inputs) all.push_back({id, "input." + network[id].name});
    for (const ir::StateVariable& state : network.states) {
        const auto& initials = given.initials;
        if (std::find(initials.begin(), initials.end(), state.initial) != initials.end())
            all.push_back({state.initial, "state." + network[state.variable].name});
    }
    if (!given.state) return all;
    for (const ir::CarriedPast& one : given.state->carried())
        all.push_back({one.given[0], "state." + network[one.past.tensor].name,
                       one.past.depth() > 1 ? &one : nullptr});
    return all;
}

}  // namespace

std::vector<WantedGradient> wanted_gradients(const ir::Network& network, const GivenState& given,
                                             const std::vector<std::string>& names,
                                             const std::string& option) {
    std::vector<WantedGradient> all = all_gradients(network, given);
    if (names.empty()) return all;
    std::vector<std::string> known;
    for (const WantedGradient& one : all) known.push_back(one.name);
    std::vector<WantedGradient> chosen;
    for (const std::string& name : names) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end()) {
            const std::string hint = did_you_mean(name, known);
            fail(Code::UnknownVariable,
                 fmt::format("`{} {}`: there is no learnable, input or given state of this name",
                             option, name),
                 {}, hint.empty() ? std::vector<std::string>{} : std::vector<std::string>{hint});
        }
        chosen.push_back(all[std::size_t(found - known.begin())]);
    }
    return chosen;
}

std::vector<ir::TensorId> tensors_of(const std::vector<WantedGradient>& wanted) {
    std::vector<ir::TensorId> tensors;
    for (const WantedGradient& one : wanted) {
        if (one.past)
            tensors.insert(tensors.end(), one.past->given.begin(), one.past->given.end());
        else
            tensors.push_back(one.tensor);
    }
    return tensors;
}

ir::LoweringOptions gradient_lowering(const ir::Network& network, const ir::Gradients& gradients,
                                      const std::vector<WantedGradient>& wanted,
                                      const std::vector<ir::TensorId>& given_initials) {
    ir::LoweringOptions lowering;
    lowering.given_initials = given_initials;
    lowering.results = {network.training->loss};
    for (const ir::TensorId id : tensors_of(wanted)) {
        const ir::TensorId gradient = gradients.of(id);
        if (gradient.valid()) lowering.results.push_back(gradient);
    }
    return lowering;
}

namespace {

/// In the shape in which the past was given.
runtime::Array past_array(const ir::Network& network, const ir::Gradients& gradients,
                          const ir::CarriedPast& one, const GivenState& given,
                          const PortValues& values, const ir::RunSize& size) {
    const ir::Tensor& tensor = network[one.past.tensor];
    const auto adjoint = [&](ir::TensorId id) {
        const ir::TensorId found = gradients.of(id);
        return found.valid() ? &values.at(found).floats : nullptr;
    };
    PastValues gradient = given.state->gradient(one, adjoint, size);
    scale(gradient, tensor.unit);
    runtime::Shape shape;
    if (tensor.per_sample) shape.push_back(size.samples);
    shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
    if (!given.repeated.contains(one.past.tensor)) {
        shape.insert(shape.begin(), one.past.depth());
        return runtime::Array::of_f32(shape, gradient);
    }
    const std::size_t row = gradient.size() / std::size_t(one.past.depth());
    for (std::size_t k = row; k < gradient.size(); ++k) gradient[k % row] += gradient[k];
    gradient.resize(row);
    return runtime::Array::of_f32(shape, gradient);
}

}  // namespace

runtime::Array gradient_array(const ir::Network& network, const ir::Gradients& gradients,
                              const WantedGradient& wanted, const GivenState& given,
                              const PortValues& values, const ir::RunSize& size) {
    if (wanted.past) return past_array(network, gradients, *wanted.past, given, values, size);
    const ir::Tensor& tensor = network[wanted.tensor];
    const ir::TensorId adjoint = gradients.of(wanted.tensor);
    Values zeros;
    if (!adjoint.valid()) zeros.floats.resize(std::size_t(element_count(tensor, size)));
    const Values& gradient = adjoint.valid() ? values.at(adjoint) : zeros;
    if (tensor.role == ir::Role::Parameter) return to_file_layout(tensor, gradient);
    runtime::Array array = to_array(network, wanted.tensor, gradient, size, tensor.per_step);
    scale(array.as<float>(), tensor.unit);
    return array;
}

double mean_loss(const ir::Network& network, const PortValues& values) {
    const auto& losses = values.at(network.training->loss).floats;
    return std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size());
}

}  // namespace snnc::driver
