// A run that can go on: `:run` begins it, `:step` continues it, `:plot` shows it.
//
// It is computed in pieces, so that Ctrl-C can end it between two of them; what was computed stays.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "driver/pipeline.h"
#include "driver/repl/input_courses.h"
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
    std::int64_t whole_steps() const { return size_.steps; }
    /// Runs on for so many steps; returns how many there were until Ctrl-C.
    std::int64_t advance(std::int64_t steps);
    /// Other values for some of the inputs from here on, worked out for so many steps. Where that
    /// fails all stays as it was.
    void change_inputs(const std::vector<Given>& inputs, std::int64_t steps);

    const Plan& plan() const { return plan_; }
    const ir::Network& network() const { return network_; }
    std::int64_t steps() const { return state_.first_step(); }
    std::int64_t samples() const { return size_.samples; }

    /// What is kept of every step: the outputs, then the other variables of the populations.
    const std::vector<ir::TensorId>& recorded() const { return recorded_; }
    /// Its values so far, in the unit of its declaration: [steps, samples, shape…].
    runtime::Array course(ir::TensorId recorded) const;
    /// Of an input.
    const runtime::Array* input(const std::string& name) const { return inputs_->find(name); }

 private:
    ir::Network made();
    void choose_recorded();
    void replace(const std::vector<Given>& inputs);
    void cover(std::int64_t steps);
    void run_piece(std::int64_t count);

    Session& session_;
    Plan plan_;   // of the whole run
    Plan going_;  // of the steps to come: `:step` may change inputs
    std::unique_ptr<InputCourses> inputs_;
    Machine machine_;
    ir::RunSize size_;  // of a whole run
    ir::Network network_;
    PortValues values_;
    RunState state_;
    std::vector<ir::TensorId> recorded_;
    std::map<std::uint32_t, std::vector<float>> courses_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;
    std::int64_t covered_ = 0;
    std::int64_t piece_ = 256;
};

/// What a run of the plan's network asks for: the number of its steps and samples.
ir::RunSize size_of_run(const ir::Network& network, const InputCourses& inputs, const Plan& plan);

}  // namespace snnc::driver::repl
