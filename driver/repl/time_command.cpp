// :time
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "driver/interrupt.h"
#include "driver/repl/commands.h"
#include "driver/repl/prepared_run.h"

namespace snnc::driver::repl {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds long_enough{0.3};
constexpr std::size_t fewest_runs = 5;

double seconds_of(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return Seconds(Clock::now() - start).count();
}

/// The median time of a run; Ctrl-C ends the measurement early.
double time_of_run(const std::function<void()>& run) {
    run();  // memory is touched, threads are there
    std::vector<double> times;
    const auto start = Clock::now();
    do {
        times.push_back(seconds_of(run));
    } while ((times.size() < fewest_runs || Clock::now() - start < long_enough) &&
             InterruptWatch::signal() == 0);
    std::nth_element(times.begin(), times.begin() + std::ptrdiff_t(times.size() / 2), times.end());
    return times[times.size() / 2];
}

std::string readable(double seconds) {
    if (seconds < 1e-6) return fmt::format("{:.3g} ns", 1e9 * seconds);
    if (seconds < 1e-3) return fmt::format("{:.3g} us", 1e6 * seconds);
    return seconds < 1 ? fmt::format("{:.3g} ms", 1e3 * seconds) : fmt::format("{:.3g} s", seconds);
}

}  // namespace

void time_command(Workspace& workspace, const SourceRange& rest) {
    Session& session = workspace.session;
    PreparedRun prepared(session, resolved_plan(workspace, split_arguments(session.sources, rest)));
    const ir::RunSize size = prepared.size;
    prepared.bind(0, size.steps);
    ir::LoweringOptions lowering;
    for (const ir::TensorId id : prepared.network.outputs) lowering.want(id);
    Machine machine(prepared.plan.settings.engine);
    ir::StepProgram program;
    std::unique_ptr<Engine> engine;
    const double compilation = seconds_of([&] {
        program = make_program(prepared.network, lowering);
        engine = machine.load(prepared.network, program);
    });
    const auto arguments = prepared.values.arguments(program, size);
    stop_if_interrupted();
    const double run = time_of_run([&] { engine->run(size, arguments, prepared.draws()); });
    write_out(fmt::format("{} a step: {} for {} steps of {} ({}, {} thread{})\n",
                          readable(run / double(size.steps)), readable(run), size.steps,
                          prepared.plan.subject, machine.target(), machine.threads(),
                          machine.threads() == 1 ? "" : "s"));
    write_out(fmt::format("made ready in {}\n", readable(compilation)));
}

}  // namespace snnc::driver::repl
