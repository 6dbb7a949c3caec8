#include "driver/gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "driver/parameters.h"
#include "driver/pipeline.h"

namespace snnc::driver {
namespace {

std::vector<WantedGradient> all_gradients(const ir::Network& network,
                                          const std::vector<ir::TensorId>& given_initials) {
    std::vector<WantedGradient> all;
    for (const ir::TensorId id : trainable_parameters(network))
        all.push_back({id, network[id].name});
    for (const ir::TensorId id : network.inputs) all.push_back({id, "input." + network[id].name});
    for (const ir::StateVariable& state : network.states) {
        const auto given = std::find(given_initials.begin(), given_initials.end(), state.initial);
        if (given != given_initials.end())
            all.push_back({state.initial, "state." + network[state.variable].name});
    }
    return all;
}

}  // namespace

std::vector<WantedGradient> wanted_gradients(const ir::Network& network,
                                             const std::vector<ir::TensorId>& given_initials,
                                             const std::vector<std::string>& names,
                                             const std::string& option) {
    const std::vector<WantedGradient> all = all_gradients(network, given_initials);
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

ir::LoweringOptions gradient_lowering(const ir::Network& network, const ir::Gradients& gradients,
                                      const std::vector<WantedGradient>& wanted,
                                      const std::vector<ir::TensorId>& given_initials) {
    ir::LoweringOptions lowering;
    lowering.given_initials = given_initials;
    lowering.results = {network.training->loss};
    for (const WantedGradient& one : wanted) {
        const ir::TensorId gradient = gradients.of(one.tensor);
        if (gradient.valid()) lowering.results.push_back(gradient);
    }
    return lowering;
}

runtime::Array gradient_array(const ir::Network& network, const ir::Gradients& gradients,
                              ir::TensorId id, const PortValues& values, const ir::RunSize& size) {
    const ir::Tensor& tensor = network[id];
    const ir::TensorId adjoint = gradients.of(id);
    Values zeros;
    if (!adjoint.valid()) zeros.floats.resize(std::size_t(element_count(tensor, size)));
    const Values& gradient = adjoint.valid() ? values.at(adjoint) : zeros;
    if (tensor.role == ir::Role::Parameter) return to_file_layout(tensor, gradient);
    runtime::Array array = to_array(network, id, gradient, size, tensor.per_step);
    scale(array.as<float>(), tensor.unit);
    return array;
}

double mean_loss(const ir::Network& network, const PortValues& values) {
    const auto& losses = values.at(network.training->loss).floats;
    return std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size());
}

}  // namespace snnc::driver
