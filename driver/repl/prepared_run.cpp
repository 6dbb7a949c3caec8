#include "driver/repl/prepared_run.h"

#include <algorithm>

#include "driver/interrupt.h"
#include "driver/parameters.h"

namespace snnc::driver::repl {
namespace {

constexpr std::int64_t usual_steps = 100;

/// What a run of the plan's network asks for: the number of its steps and samples.
ir::RunSize size_of_run(const ir::Network& network, const InputCourses& inputs, const Plan& plan) {
    SizeFinder sizes;
    if (network.steps)
        sizes.see_steps(*network.steps, plan.steps ? "`steps`" : "the network's settings");
    inputs.see_sizes(network, network.inputs, sizes);
    if (!sizes.steps) sizes.see_steps(plan.settings.steps.value_or(usual_steps), "the session");
    return sizes.size(network);
}

std::vector<ir::TensorId> targets_of(const ir::Network& network) {
    return network.training ? network.training->targets : std::vector<ir::TensorId>{};
}

}  // namespace

PreparedRun::PreparedRun(Session& s, Plan p, const Maker& maker)
    : session(s), plan(std::move(p)), inputs(s, plan), network(made(maker)), values(network) {
    stop_if_interrupted();
    WeightOptions weights;
    weights.file = plan.settings.weights;
    weights.seed = plan.seed;
    prepare_parameters(session, network, weights, values);
    inputs.prepare(network, network.inputs, size);
    inputs.prepare(network, targets_of(network), size);
    stop_if_interrupted();
}

/// Cells may read how many steps a run has, so the number stands before the network is made.
ir::Network PreparedRun::made(const Maker& maker) {
    ir::Network forward = make_network(session, *plan.module, plan.request);
    size = size_of_run(forward, inputs, plan);
    plan.request.steps = size.steps;
    if (maker) return maker(*this, forward);
    if (forward.steps == size.steps) return forward;
    return make_network(session, *plan.module, plan.request);
}

SizeFinder PreparedRun::sizes(std::int64_t steps) const {
    SizeFinder sizes;
    sizes.see_steps(steps, "the run");
    sizes.see_samples(size.samples, "the run");
    return sizes;
}

void PreparedRun::bind(std::int64_t first, std::int64_t count) {
    const auto targets = targets_of(network);
    std::vector<GivenArray> of_inputs, of_targets;
    for (GivenArray& array : inputs.piece(network, first, count)) {
        const bool is_target = std::any_of(targets.begin(), targets.end(), [&](ir::TensorId id) {
            return network[id].name == array.name;
        });
        (is_target ? of_targets : of_inputs).push_back(std::move(array));
    }
    SizeFinder known = sizes(count);
    bind_arrays(session, network, network.inputs, "input", of_inputs, known, values);
    bind_arrays(session, network, targets, "target", of_targets, known, values);
}

}  // namespace snnc::driver::repl
