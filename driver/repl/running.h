// A run that can go on: `:run` begins it, `:step` continues it, `:plot` shows it.
//
// It is computed in pieces, so that Ctrl-C can end it between two of them; what was computed stays.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "driver/repl/prepared_run.h"
#include "driver/run_state.h"

namespace snnc::driver::repl {

class Running {
 public:
    /// Elaborates, draws the parameters and compiles; runs nothing yet. Reports and fails as the
    /// verb `run`.
    Running(Session& session, Plan plan);
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    /// The number of steps of a whole run.
    std::int64_t whole_steps() const { return run_.size.steps; }
    /// Runs on for so many steps; returns how many there were until Ctrl-C.
    std::int64_t advance(std::int64_t steps);
    /// Other values for some of the inputs from here on. Where that fails all stays as it was.
    void change_inputs(const std::vector<Given>& inputs);

    const Plan& plan() const { return run_.plan; }
    const ir::Network& network() const { return run_.network; }
    std::int64_t steps() const { return state_.first_step(); }
    std::int64_t samples() const { return run_.size.samples; }

    /// What is kept of every step: the outputs, then the other variables of the populations.
    const std::vector<ir::TensorId>& recorded() const { return recorded_; }
    /// Its values so far, in the unit of its declaration: [steps, samples, shape…].
    runtime::Array course(ir::TensorId recorded) const;

 private:
    void choose_recorded();
    void run_piece(std::int64_t count);

    Session& session_;
    PreparedRun run_;
    Machine machine_;
    RunState state_;
    std::vector<ir::TensorId> recorded_;
    std::map<std::uint32_t, std::vector<float>> courses_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;
    std::int64_t piece_ = 256;
};

}  // namespace snnc::driver::repl
