// :run and :step
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "driver/repl/commands.h"

namespace snnc::driver::repl {
namespace {

std::string statistics(std::span<const float> numbers) {
    double sum = 0;
    for (const float number : numbers) sum += number;
    const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
    return fmt::format("mean {:.6g}, from {:.6g} to {:.6g}", sum / double(numbers.size()), *low,
                       *high);
}

/// How many there were, and of how many cells.
std::string spikes(std::span<const float> numbers, std::int64_t steps) {
    const std::size_t row = numbers.size() / std::size_t(steps);
    std::vector<bool> fired(row);
    std::size_t count = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] == 0) continue;
        ++count;
        fired[i % row] = true;
    }
    const auto silent = std::count(fired.begin(), fired.end(), false);
    std::string text = fmt::format("{} spike{}, {:.4g} per cell and step", count,
                                   count == 1 ? "" : "s", double(count) / double(numbers.size()));
    if (row > 1 && silent > 0) text += fmt::format(", {} of {} cells silent", silent, row);
    return text;
}

/// Of the steps from `first` on.
void print_variable(const Running& run, ir::TensorId id, std::int64_t first, std::size_t width) {
    const ir::Tensor& tensor = run.network()[id];
    const runtime::Array array = run.course(id);
    auto numbers = array.as<float>();
    numbers = numbers.subspan(numbers.size() / std::size_t(run.steps()) * std::size_t(first));
    std::string unit;
    const auto known = run.plan().units.find(tensor.name.substr(tensor.name.find('.') + 1));
    if (run.plan().is_cell && known != run.plan().units.end()) unit = " " + known->second.name;
    write_out(fmt::format("  {:<{}}  {}{}\n", tensor.name, width,
                          tensor.kind == ir::DataKind::Spike ? spikes(numbers, run.steps() - first)
                                                             : statistics(numbers),
                          unit));
}

void print_summary(const Running& run, std::int64_t first, std::int64_t asked, double seconds) {
    const std::int64_t done = run.steps() - first;
    std::string head = fmt::format("{} steps of {}", done, run.plan().subject);
    if (run.samples() > 1) head += fmt::format(", {} samples", run.samples());
    if (first > 0) head += fmt::format(", from step {}", first);
    if (done < asked) head += fmt::format(", interrupted before the other {}", asked - done);
    write_out(fmt::format("{} ({:.3g} ms)\n", head, 1e3 * seconds));
    if (done == 0) return;
    const auto& outputs = run.network().outputs;
    std::size_t width = 0;
    for (const ir::TensorId id : outputs) width = std::max(width, run.network()[id].name.size());
    for (const ir::TensorId id : outputs)
        if (run.network()[id].role == ir::Role::Variable) print_variable(run, id, first, width);
}

void advance(Workspace& workspace, Running& run, std::int64_t steps) {
    using Clock = std::chrono::steady_clock;
    const std::int64_t first = run.steps();
    const auto start = Clock::now();
    run.advance(steps);
    const std::chrono::duration<double> time = Clock::now() - start;
    workspace.session.flush();
    print_summary(run, first, steps, time.count());
}

}  // namespace

Plan resolved_plan(Workspace& workspace, Arguments arguments, bool all_ports) {
    Plan plan = plan_of(workspace, std::move(arguments));
    plan.all_ports = all_ports;
    resolve(workspace.session, workspace.definitions, plan);
    return plan;
}

void run_command(Workspace& workspace, const SourceRange& rest) {
    auto run = std::make_unique<Running>(
        workspace.session,
        resolved_plan(workspace, split_arguments(workspace.session.sources, rest)));
    advance(workspace, *run, run->whole_steps());
    workspace.last = std::move(run);
}

void step_command(Workspace& workspace, const SourceRange& rest) {
    Running& run = last_run(workspace);
    Arguments arguments = split_arguments(workspace.session.sources, rest);
    std::int64_t steps = 1;
    if (const auto asked = arguments.take("steps")) steps = to_whole(*asked);
    if (!arguments.subject.empty())
        steps = to_whole({"step", false, arguments.subject, {}, arguments.subject_range});
    run.change_inputs(arguments.given);
    advance(workspace, run, steps);
}

}  // namespace snnc::driver::repl
