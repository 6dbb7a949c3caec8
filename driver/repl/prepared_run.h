// What every run of a plan begins with: its network, made for as many steps as the run has, its
// inputs and its parameters. `:run`, `:time` and `:grad` compile and run it each in its way.
#pragma once

#include <functional>

#include "driver/pipeline.h"
#include "driver/repl/input_courses.h"

namespace snnc::driver::repl {

struct PreparedRun {
    /// Makes another network of the same run, of its forward network: one with a loss.
    using Maker = std::function<ir::Network(const PreparedRun& run, const ir::Network& forward)>;

    /// Elaborates, works out the size, draws or reads the parameters. Reports and fails as the verb
    /// `run`; Interrupted.
    PreparedRun(Session& session, Plan plan, const Maker& maker = {});
    PreparedRun(const PreparedRun&) = delete;
    PreparedRun& operator=(const PreparedRun&) = delete;

    /// Puts the inputs (and targets) of these steps into `values`. The inputs may not go back to
    /// earlier steps.
    void bind(std::int64_t first, std::int64_t count);
    /// What is known of a piece of so many steps.
    SizeFinder sizes(std::int64_t steps) const;
    /// What a run of the whole draws.
    ir::Draws draws() const { return {plan.seed, 0, {}, 0}; }

    Session& session;
    Plan plan;
    InputCourses inputs;
    ir::RunSize size;
    ir::Network network;
    PortValues values;

 private:
    ir::Network made(const Maker& maker);
};

}  // namespace snnc::driver::repl
