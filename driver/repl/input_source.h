// One input of a run that an expression or a draw gives, worked out as far as the run comes.
//
// `I = 0.3`, `I = if t > 10 { 1 } else { 0 }`, `I ~ bernoulli(0.2)` are what an encoder without
// inputs could say; such a one is made, and run in pieces beside the run.
#pragma once

#include <memory>
#include <vector>

#include "driver/pipeline.h"
#include "driver/repl/plan.h"
#include "driver/run_state.h"
#include "runtime/array.h"

namespace snnc::driver::repl {

class InputSource {
 public:
    /// Compiles the input for this tensor of the plan's network, in a run of this size; it begins
    /// in the step `first`. Mistakes are told at their place in what was typed, and end the work.
    InputSource(Session& session, Machine& machine, const Plan& plan, const Given& given,
                const ir::Network& network, const ir::Tensor& tensor, const ir::RunSize& size,
                std::int64_t first);
    InputSource(const InputSource&) = delete;
    InputSource& operator=(const InputSource&) = delete;

    /// The values of these steps, [steps, samples, shape…]; without steps where the tensor has
    /// none. They may begin where those of the last call began, or later.
    runtime::Array values(std::int64_t first, std::int64_t count);

 private:
    void work_out(std::int64_t count);

    Given given_;
    ir::Tensor tensor_;
    double unit_ = 1;
    std::uint64_t seed_;
    std::int64_t samples_;
    ir::Network network_;
    PortValues values_;
    RunState state_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;
    std::vector<float> ready_;  // from `first_ready_` on
    std::int64_t first_ready_;
};

}  // namespace snnc::driver::repl
