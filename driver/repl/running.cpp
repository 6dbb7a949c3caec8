#include "driver/repl/running.h"

#include <algorithm>
#include <chrono>

#include "driver/checked_ports.h"
#include "driver/interrupt.h"
#include "driver/parameters.h"

namespace snnc::driver::repl {
namespace {

constexpr std::int64_t usual_steps = 100;
constexpr std::int64_t longest_piece = 1 << 20;
/// Short enough for Ctrl-C to be obeyed at once, long enough to cost nothing.
constexpr std::chrono::milliseconds wanted_piece{50};

}  // namespace

ir::RunSize size_of_run(const ir::Network& network, const InputCourses& inputs, const Plan& plan) {
    SizeFinder sizes;
    if (network.steps)
        sizes.see_steps(*network.steps, plan.steps ? "`steps`" : "the network's settings");
    inputs.see_sizes(network, network.inputs, sizes);
    if (!sizes.steps) sizes.see_steps(plan.settings.steps.value_or(usual_steps), "the session");
    return sizes.size(network);
}

Running::Running(Session& session, Plan plan)
    : session_(session),
      plan_(std::move(plan)),
      going_(plan_),
      inputs_(std::make_unique<InputCourses>(session, going_)),
      machine_(plan_.settings.engine),
      network_(made()),
      values_(network_),
      state_(network_, ir::pasts(network_)) {
    WeightOptions weights;
    weights.file = plan_.settings.weights;
    weights.seed = plan_.seed;
    prepare_parameters(session_, network_, weights, plan_.seed, values_);
    cover(size_.steps);
    choose_recorded();
    ir::LoweringOptions lowering;
    for (const ir::TensorId id : recorded_) lowering.want(id);
    for (const ir::TensorId id : state_.results()) lowering.want(id);
    add_checked_ports(machine_, network_, lowering.results);
    program_ = make_program(network_, lowering);
    engine_ = machine_.load(network_, program_);
}

/// Cells may read how many steps a run has, so the number stands before the network is made.
ir::Network Running::made() {
    ir::Network network = make_network(session_, *plan_.module, plan_.request);
    size_ = size_of_run(network, *inputs_, plan_);
    if (network.steps == size_.steps) return network;
    plan_.request.steps = size_.steps;
    return make_network(session_, *plan_.module, plan_.request);
}

void Running::choose_recorded() {
    const auto add = [&](ir::TensorId id) {
        const bool known = std::find(recorded_.begin(), recorded_.end(), id) != recorded_.end();
        if (!known && network_[id].role == ir::Role::Variable) recorded_.push_back(id);
    };
    for (const ir::TensorId output : network_.outputs) add(output);
    for (const ir::Population& population : network_.populations)
        for (const auto& [name, variable] : population.variables)
            if (network_[variable].per_step) add(variable);
}

std::int64_t Running::advance(std::int64_t steps) {
    using Clock = std::chrono::steady_clock;
    cover(state_.first_step() + steps);
    std::int64_t done = 0;
    while (done < steps && InterruptWatch::signal() == 0) {
        const auto start = Clock::now();
        const std::int64_t count = std::min(piece_, steps - done);
        run_piece(count);
        done += count;
        const auto time = Clock::now() - start;
        if (time < wanted_piece / 2) piece_ = std::min(2 * piece_, longest_piece);
        if (time > 2 * wanted_piece) piece_ = std::max<std::int64_t>(piece_ / 2, 1);
    }
    return done;
}

/// The inputs have values up to there.
void Running::cover(std::int64_t steps) {
    if (steps <= covered_) return;
    auto inputs = std::make_unique<InputCourses>(session_, going_);
    inputs->prepare(network_, network_.inputs, {steps, size_.samples});
    inputs_ = std::move(inputs);
    covered_ = steps;
}

void Running::run_piece(std::int64_t count) {
    const std::int64_t first = state_.first_step();
    const ir::RunSize size{count, size_.samples};
    SizeFinder sizes;
    sizes.see_steps(count, "the run");
    sizes.see_samples(size.samples, "the run");
    bind_arrays(session_, network_, network_.inputs, "input",
                inputs_->piece(network_, first, count), sizes, values_);
    state_.give(values_, size);
    const ir::Draws draws{plan_.seed, 0, {}, first};
    engine_->run(size, values_.arguments(program_, size), draws);
    check_ports(session_, machine_, network_, size, draws, values_);
    state_.take(values_, size);
    for (const ir::TensorId id : recorded_) {
        const auto& now = values_.at(id).floats;
        auto& course = courses_[id.index];
        course.insert(course.end(), now.begin(), now.end());
    }
}

void Running::change_inputs(const std::vector<Given>& inputs, std::int64_t steps) {
    if (inputs.empty()) return;
    const std::vector<Given> before = going_.inputs;
    const std::int64_t covered = covered_;
    try {
        replace(inputs);
        covered_ = 0;
        cover(state_.first_step() + steps);
    } catch (...) {
        going_.inputs = before;
        covered_ = covered;
        throw;
    }
}

void Running::replace(const std::vector<Given>& inputs) {
    for (const Given& changed : inputs) {
        const auto known = std::find_if(going_.inputs.begin(), going_.inputs.end(),
                                        [&](const Given& one) { return one.name == changed.name; });
        if (known == going_.inputs.end())
            fail_at(Code::UnknownArray, changed.name_range,
                    "`" + changed.name + "` is no input of the run that goes on");
        *known = changed;
    }
}

runtime::Array Running::course(ir::TensorId recorded) const {
    const auto found = courses_.find(recorded.index);
    const Values values{found == courses_.end() ? std::vector<float>{} : found->second, {}};
    runtime::Array array = to_array(network_, recorded, values, {steps(), size_.samples}, true);
    scale(array.as<float>(), 1 / network_[recorded].unit);
    return array;
}

}  // namespace snnc::driver::repl
