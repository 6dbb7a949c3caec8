#include <algorithm>

#include "ir/step/fusion.h"
#include "ir/step/graph.h"
#include "ir/step/program.h"
#include "ir/step/storage.h"
#include "ir/step/tasks.h"
#include "ir/step/units.h"
#include "ir/step/update_groups.h"

namespace snnc::ir {

namespace {

using step::Graph;

/// By unit: whether something outside of the scans keeps a value of it.
std::vector<bool> kept_units(const Graph& graph, const std::vector<step::Unit>& units) {
    std::vector<bool> kept(units.size(), false);
    for (std::size_t i = 0; i < units.size(); ++i) {
        for (step::Node node : units[i].nodes) {
            const bool result = graph.wanted[graph.targets[node].index];
            if (result || !graph.update_readers[node].empty()) kept[i] = true;
        }
    }
    return kept;
}

std::vector<bool> updated_tensors(const Network& network, const LoweringOptions& options) {
    std::vector<bool> updated(network.tensors.size(), false);
    if (!options.updates) return updated;
    for (const Update& update : network.updates) updated[update.target.index] = true;
    return updated;
}

std::vector<Port> make_ports(const Network& network, const Graph& graph,
                             const LoweringOptions& options) {
    const std::vector<bool> updated = updated_tensors(network, options);
    std::vector<Port> ports;
    for (std::uint32_t i = 0; i < network.tensors.size(); ++i) {
        if (graph.node_of[i] >= 0) continue;
        if (updated[i]) {
            ports.push_back({{i}, Port::Direction::InOut});
        } else if (graph.used[i]) {
            ports.push_back({{i}, Port::Direction::In});
        }
    }
    std::vector<bool> seen(network.tensors.size(), false);
    for (TensorId result : options.results) {
        if (graph.node_of[result.index] < 0 || seen[result.index]) continue;
        seen[result.index] = true;
        ports.push_back({result, Port::Direction::Out});
    }
    return ports;
}

std::vector<bool> waiting_tensors(const Network& network, const Graph& graph,
                                  const std::vector<step::Unit>& units) {
    std::vector<bool> waiting(network.tensors.size(), false);
    for (const step::Unit& unit : units)
        for (const step::Node node : unit.nodes) waiting[graph.targets[node].index] = unit.waits;
    return waiting;
}

bool waits(const Task& task, const std::vector<bool>& waiting) {
    const auto any = [&](const std::vector<TensorId>& targets) {
        return std::any_of(targets.begin(), targets.end(),
                           [&](TensorId target) { return waiting[target.index]; });
    };
    if (const auto* scan = std::get_if<ScanTask>(&task)) return any(scan->body) || any(scan->sums);
    if (const auto* one = std::get_if<OperatorTask>(&task)) return waiting[one->target.index];
    const auto& inner = std::get<LoopTask>(task).tasks;
    return std::any_of(inner.begin(), inner.end(),
                       [&](const Task& task) { return waits(task, waiting); });
}

/// Puts the tasks that wait behind the others, which need none of them; returns how many the
/// others are.
std::size_t part_in_two(std::vector<Task>& tasks, const std::vector<bool>& waiting) {
    const auto middle = std::stable_partition(
        tasks.begin(), tasks.end(), [&](const Task& task) { return !waits(task, waiting); });
    return std::size_t(middle - tasks.begin());
}

}  // namespace

void LoweringOptions::want(TensorId tensor) {
    if (std::find(results.begin(), results.end(), tensor) == results.end())
        results.push_back(tensor);
}

StepProgram lower(const Network& network, const LoweringOptions& options) {
    const Graph graph = step::build_graph(network, options);
    const step::UpdateGroups updates = step::group_updates(network, graph, options);
    std::vector<step::Unit> units = step::make_units(network, graph, updates);
    step::mark_waiting(network, graph, options.given_later, units);
    step::Groups groups = step::fuse(units);
    step::sink(units, kept_units(graph, units), groups);
    step::join_narrow_products(network, graph, units, groups);

    StepProgram program;
    program.name = network.name;
    program.tasks = step::make_tasks(network, graph, units, groups, updates);
    if (!options.given_later.empty())
        program.first_part = part_in_two(program.tasks, waiting_tensors(network, graph, units));
    program.storage = step::decide_storage(network, graph, program.tasks);
    program.ports = make_ports(network, graph, options);
    for (const Port& port : program.ports) {
        Storage& storage = program.storage[port.tensor.index];
        const bool index = network[port.tensor].kind == DataKind::Index;
        if (storage == Storage::None) storage = index ? Storage::Int : Storage::Float;
    }
    return program;
}

const Port* StepProgram::port(TensorId tensor) const {
    for (const Port& port : ports) {
        if (port.tensor == tensor) return &port;
    }
    return nullptr;
}

}  // namespace snnc::ir
