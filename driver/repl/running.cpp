#include "driver/repl/running.h"

#include <algorithm>
#include <chrono>

#include "driver/checked_ports.h"
#include "driver/interrupt.h"

namespace snnc::driver::repl {
namespace {

constexpr std::int64_t longest_piece = 1 << 20;
/// Short enough for Ctrl-C to be obeyed at once, long enough to cost nothing.
constexpr std::chrono::milliseconds wanted_piece{50};

}  // namespace

Running::Running(Session& session, Plan plan)
    : session_(session),
      run_(session, std::move(plan)),
      machine_(run_.plan.settings.engine),
      state_(run_.network, ir::pasts(run_.network)) {
    choose_recorded();
    ir::LoweringOptions lowering;
    for (const ir::TensorId id : recorded_) lowering.want(id);
    for (const ir::TensorId id : state_.results()) lowering.want(id);
    add_checked_ports(machine_, run_.network, lowering.results);
    program_ = make_program(run_.network, lowering);
    engine_ = machine_.load(run_.network, program_);
}

void Running::choose_recorded() {
    const auto add = [&](ir::TensorId id) {
        const bool known = std::find(recorded_.begin(), recorded_.end(), id) != recorded_.end();
        if (!known && run_.network[id].role == ir::Role::Variable) recorded_.push_back(id);
    };
    for (const ir::TensorId output : run_.network.outputs) add(output);
    for (const ir::Population& population : run_.network.populations)
        for (const auto& [name, variable] : population.variables)
            if (run_.network[variable].per_step) add(variable);
}

std::int64_t Running::advance(std::int64_t steps) {
    using Clock = std::chrono::steady_clock;
    run_.inputs.check_length(run_.network, state_.first_step() + steps);
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

void Running::run_piece(std::int64_t count) {
    const std::int64_t first = state_.first_step();
    const ir::RunSize size{count, run_.size.samples};
    run_.bind(first, count);
    state_.give(run_.values, size);
    const ir::Draws draws{run_.plan.seed, 0, {}, first};
    engine_->run(size, run_.values.arguments(program_, size), draws);
    check_ports(session_, machine_, run_.network, size, draws, run_.values);
    state_.take(run_.values, size);
    for (const ir::TensorId id : recorded_) {
        const auto& now = run_.values.at(id).floats;
        auto& course = courses_[id.index];
        course.insert(course.end(), now.begin(), now.end());
    }
}

void Running::change_inputs(const std::vector<Given>& inputs) {
    run_.inputs.replace(inputs, run_.network, run_.size, state_.first_step());
}

runtime::Array Running::course(ir::TensorId recorded) const {
    const auto found = courses_.find(recorded.index);
    const Values values{found == courses_.end() ? std::vector<float>{} : found->second, {}};
    runtime::Array array = to_array(run_.network, recorded, values, {steps(), samples()}, true);
    scale(array.as<float>(), 1 / run_.network[recorded].unit);
    return array;
}

}  // namespace snnc::driver::repl
