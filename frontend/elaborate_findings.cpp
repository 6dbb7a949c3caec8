#include "frontend/elaborate_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ir/autodiff/reverse.h"

namespace snnc::frontend {

// ---- cycles --------------------------------------------------------------------------------

namespace {

/// By tensor: what its definition reads in the same step.
using Readers = std::vector<std::vector<ir::TensorId>>;

Readers same_step_reads(const ir::Network& network) {
    Readers reads(network.tensors.size());
    for (const ir::Definition& definition : network.definitions)
        for (const ir::Use& use : ir::uses(network, definition))
            if (use.lag == 0) reads[definition.target.index].push_back(use.tensor);
    return reads;
}

/// Depth-first search with a stack of its own; finds one cycle for each group of equations that
/// need each other.
class CycleFinder {
 public:
    explicit CycleFinder(const Readers& reads) : reads_(reads), state_(reads.size(), New) {}

    std::vector<std::vector<ir::TensorId>> find() {
        for (std::uint32_t i = 0; i < reads_.size(); ++i)
            if (state_[i] == New) walk({i});
        return cycles_;
    }

 private:
    enum State { New, Open, Closed };
    struct Frame {
        ir::TensorId tensor;
        std::size_t next = 0;
    };

    void walk(ir::TensorId start) {
        std::vector<Frame> stack{{start}};
        state_[start.index] = Open;
        while (!stack.empty()) {
            Frame& frame = stack.back();
            const auto& reads = reads_[frame.tensor.index];
            if (frame.next == reads.size()) {
                state_[frame.tensor.index] = Closed;
                stack.pop_back();
                continue;
            }
            const ir::TensorId next = reads[frame.next++];
            if (state_[next.index] == Open) {
                close(stack, next);
            } else if (state_[next.index] == New) {
                state_[next.index] = Open;
                stack.push_back({next});
            }
        }
    }

    void close(const std::vector<Frame>& stack, ir::TensorId first) {
        std::vector<ir::TensorId> cycle;
        for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame) {
            cycle.push_back(frame->tensor);
            if (reported_.count(frame->tensor.index)) return;
            if (frame->tensor == first) break;
        }
        for (const ir::TensorId tensor : cycle) reported_.insert(tensor.index);
        std::reverse(cycle.begin(), cycle.end());
        cycles_.push_back(std::move(cycle));
    }

    const Readers& reads_;
    std::vector<State> state_;
    std::set<std::uint32_t> reported_;
    std::vector<std::vector<ir::TensorId>> cycles_;
};

/// The element of the network that a tensor belongs to, and the rest of its name.
std::string element_of(const ir::Tensor& tensor) {
    return tensor.name.substr(0, tensor.name.find('.'));
}
std::string written_name(const ir::Tensor& tensor) {
    return tensor.name.substr(tensor.name.rfind('.') + 1);
}

struct Step {
    std::string name;
    SourceRange place;
};

/// The cycle in the words of the text: the equations of one cell, or the elements of a network.
std::vector<Step> steps_of(const Context& context, const std::vector<ir::TensorId>& cycle,
                           bool in_one_cell) {
    std::vector<Step> steps;
    for (const ir::TensorId id : cycle) {
        const ir::Tensor& tensor = context.network[id];
        const auto equation = context.origins.equations.find(id.index);
        const bool known = in_one_cell && equation != context.origins.equations.end();
        Step step{in_one_cell ? written_name(tensor) : element_of(tensor),
                  known ? equation->second : tensor.range};
        if (steps.empty() || steps.back().name != step.name) steps.push_back(std::move(step));
    }
    if (steps.size() > 1 && steps.back().name == steps.front().name) steps.pop_back();
    const auto first =
        std::min_element(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
            return std::pair(a.place.file.index, a.place.begin) <
                   std::pair(b.place.file.index, b.place.begin);
        });
    std::rotate(steps.begin(), first, steps.end());
    return steps;
}

/// The edge of a cell to itself through which the cycle leads, if it does.
const SourceRange* own_edge(const Context& context, const std::vector<ir::TensorId>& cycle) {
    for (const ir::TensorId id : cycle) {
        const auto edge = context.origins.own_edges.find(context.network[id].name);
        if (edge != context.origins.own_edges.end()) return &edge->second;
    }
    return nullptr;
}

void report_cycle(Context& context, const std::vector<ir::TensorId>& cycle) {
    const std::string element = element_of(context.network[cycle[0]]);
    const bool in_one_cell = std::all_of(cycle.begin(), cycle.end(), [&](ir::TensorId id) {
        return element_of(context.network[id]) == element;
    });
    if (const SourceRange* edge = in_one_cell ? own_edge(context, cycle) : nullptr) {
        context.error(Code::Cycle, *edge, fmt::format("within one step `{0}` needs `{0}`", element))
            .note("`-> delay(1) ->` on the edge makes it read the step before");
        return;
    }
    const std::vector<Step> steps = steps_of(context, cycle, in_one_cell);
    std::string path;
    for (const Step& step : steps) path += fmt::format("`{}` needs ", step.name);
    auto report = context.error(Code::Cycle, steps[0].place,
                                fmt::format("within one step {}`{}`", path, steps[0].name));
    for (std::size_t i = 1; i < steps.size(); ++i)
        report.label(steps[i].place, "and this belongs to the cycle");
    if (in_one_cell)
        report.note(fmt::format("read {} from the step before, `{}[t-1]`",
                                steps.size() > 1 ? "one of them" : "it",
                                steps[steps.size() > 1 ? 1 : 0].name));
    else
        report.note("`-> delay(1) ->` on one of the edges makes it read the step before");
}

}  // namespace

/// What takes all steps of a run (the statistics of `batchnorm(over = run)`) cannot be needed by
/// one of them, whatever its past.
static bool check_run_values(Context& context) {
    const ir::Network& network = context.network;
    std::vector<std::vector<ir::TensorId>> reads(network.tensors.size());
    for (const ir::Definition& definition : network.definitions)
        for (const ir::Use& use : ir::uses(network, definition))
            reads[definition.target.index].push_back(use.tensor);
    const auto needs_itself = [&](ir::TensorId start) {
        std::vector<bool> seen(network.tensors.size(), false);
        std::vector<ir::TensorId> open = reads[start.index];
        while (!open.empty()) {
            const ir::TensorId id = open.back();
            open.pop_back();
            if (id == start) return true;
            if (seen[id.index]) continue;
            seen[id.index] = true;
            open.insert(open.end(), reads[id.index].begin(), reads[id.index].end());
        }
        return false;
    };
    bool sound = true;
    for (const ir::Definition& definition : network.definitions) {
        const auto* sum = std::get_if<ir::SumTo>(&definition.kind);
        if (!sum || !network[sum->source].per_step || network[definition.target].per_step ||
            !needs_itself(definition.target))
            continue;
        context.error(Code::Cycle, network[definition.target].range,
                      fmt::format("`{}` takes all steps of the run, and each of them needs it",
                                  network[definition.target].name));
        sound = false;
    }
    return sound;
}

bool check_cycles(Context& context) {
    const auto cycles = CycleFinder(same_step_reads(context.network)).find();
    for (const std::vector<ir::TensorId>& cycle : cycles) report_cycle(context, cycle);
    return check_run_values(context) && cycles.empty();
}

// ---- names ---------------------------------------------------------------------------------

/// `seen`: a network that is used twice is read once.
static void warn_default_names(Context& context, const NetworkBuilder& network,
                               std::set<std::pair<std::uint32_t, std::uint32_t>>& seen) {
    for (const auto& node : network.nodes()) {
        if (node->inner) warn_default_names(context, *node->inner, seen);
        if (!node->default_name) continue;
        const auto& parameters = context.network.parameters;
        const bool trained =
            std::any_of(parameters.begin(), parameters.end(), [&](const ir::Parameter& parameter) {
                const std::string& owner = parameter.population_or_layer;
                return (owner == node->name || owner.starts_with(node->name + ".")) &&
                       context.network[parameter.tensor].trainable;
            });
        if (!trained || !seen.emplace(node->range.file.index, node->range.begin).second) continue;
        context
            .error(Code::DefaultName, node->range,
                   fmt::format("what is trained here is stored as `{}`, a name that changes when "
                               "elements are added",
                               node->name))
            .note("give it a name of its own with `as`");
    }
}

void warn_default_names(Context& context, const NetworkBuilder& network) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    warn_default_names(context, network, seen);
}

// ---- reach of the loss ---------------------------------------------------------------------

namespace {

/// Who reads a tensor: with a gradient, and at all.
struct Edges {
    Readers with_gradient, any;

    explicit Edges(ir::Network& network)
        : with_gradient(network.tensors.size()), any(network.tensors.size()) {
        const ir::ExprId one = network.pool.constant(1);
        for (std::size_t i = 0; i < network.definitions.size(); ++i) {
            const ir::Definition definition = network.definitions[i];
            for (const ir::Use& use : ir::uses(network, definition))
                any[use.tensor.index].push_back(definition.target);
            if (const auto* formula = std::get_if<ir::Formula>(&definition.kind)) {
                for (const auto& read : ir::reverse(network.pool, formula->value, one))
                    with_gradient[read.tensor.index].push_back(definition.target);
            } else if (!std::holds_alternative<ir::OneHot>(definition.kind) &&
                       !std::holds_alternative<ir::ArgMax>(definition.kind) &&
                       !std::holds_alternative<ir::Winner>(definition.kind)) {
                for (const ir::Use& use : ir::uses(network, definition))
                    with_gradient[use.tensor.index].push_back(definition.target);
            }
        }
    }
};

std::vector<bool> reached(const Readers& readers, ir::TensorId start) {
    std::vector<bool> seen(readers.size(), false);
    std::vector<ir::TensorId> open{start};
    while (!open.empty()) {
        const ir::TensorId id = open.back();
        open.pop_back();
        if (seen[id.index]) continue;
        seen[id.index] = true;
        for (const ir::TensorId next : readers[id.index]) open.push_back(next);
    }
    return seen;
}

/// The first equation that reads what the learnable changes, leads to the loss, and passes no
/// gradient on.
std::optional<SourceRange> cut(const Context& context, const Edges& edges,
                               const std::vector<bool>& taught, ir::TensorId loss) {
    for (const ir::Definition& definition : context.network.definitions) {
        if (taught[definition.target.index]) continue;
        const auto uses = ir::uses(context.network, definition);
        const bool reads_it = std::any_of(
            uses.begin(), uses.end(), [&](const ir::Use& use) { return taught[use.tensor.index]; });
        if (!reads_it || !reached(edges.any, definition.target)[loss.index]) continue;
        const auto place = context.origins.equations.find(definition.target.index);
        if (place != context.origins.equations.end()) return place->second;
    }
    return std::nullopt;
}

}  // namespace

void warn_unreached(Context& context) {
    ir::Network& network = context.network;
    if (!network.training || !network.training->loss.valid()) return;
    const ir::TensorId loss = network.training->loss;
    const Edges edges(network);
    for (const ir::Parameter& parameter : network.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        if (!tensor.trainable) continue;
        const auto taught = reached(edges.with_gradient, parameter.tensor);
        if (taught[loss.index]) continue;
        auto report = context.error(Code::Unreached, tensor.range,
                                    fmt::format("the loss does not teach `{}`", tensor.name));
        if (const auto place = cut(context, edges, taught, loss))
            report.label(*place, "the gradient ends here");
        else
            report.note(fmt::format("nothing that the loss reads depends on `{}`",
                                    parameter.population_or_layer));
    }
}

}  // namespace snnc::frontend
