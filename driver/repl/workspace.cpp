#include "driver/repl/workspace.h"

#include <algorithm>

namespace snnc::driver::repl {
namespace {

/// Those that are given go before those of the last run.
std::vector<Given> merged(std::vector<Given> given, const std::vector<Given>& last) {
    for (const Given& one : last) {
        const bool known = std::any_of(given.begin(), given.end(),
                                       [&](const Given& other) { return other.name == one.name; });
        if (!known) given.push_back(one);
    }
    return given;
}

const Definition* only_network(const Definitions& definitions) {
    const Definition* found = nullptr;
    for (const Definition& one : definitions.all()) {
        if (one.kind != "network") continue;
        if (found) return nullptr;
        found = &one;
    }
    return found;
}

}  // namespace

Plan plan_of(const Workspace& workspace, Arguments arguments) {
    Plan plan;
    plan.settings = workspace.settings;
    plan.seed = workspace.settings.seed;
    if (const auto steps = arguments.take("steps")) plan.steps = to_whole(*steps);
    if (const auto seed = arguments.take("seed")) plan.seed = std::uint64_t(to_whole(*seed, 0));
    plan.subject = arguments.subject;
    plan.subject_range = arguments.subject_range;
    plan.inputs = std::move(arguments.given);
    if (!plan.subject.empty()) return plan;
    if (workspace.last) {
        const Plan& last = workspace.last->plan();
        plan.subject = last.subject;
        plan.subject_range = last.subject_range;
        plan.inputs = merged(std::move(plan.inputs), last.inputs);
        if (!plan.steps) plan.steps = last.steps;
        return plan;
    }
    if (const Definition* network = only_network(workspace.definitions)) {
        plan.subject = network->name;
        plan.subject_range = network->name_range;
        return plan;
    }
    fail(Code::NothingRun, "say which network or cell", {},
         {"`:run Leaky I = 0.3` runs a cell by itself, `:list` shows what there is"});
}

Running& last_run(Workspace& workspace) {
    if (!workspace.last)
        fail(Code::NothingRun, "there was no run yet", {}, {"`:run Leaky I = 0.3` begins one"});
    return *workspace.last;
}

}  // namespace snnc::driver::repl
