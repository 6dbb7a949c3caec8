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

/// The name without the population, as it stands in a cell's text.
std::string written_name(const ir::Tensor& tensor) {
    return tensor.name.substr(tensor.name.rfind('.') + 1);
}

}  // namespace

bool check_cycles(Context& context) {
    const auto cycles = CycleFinder(same_step_reads(context.network)).find();
    for (std::vector<ir::TensorId> cycle : cycles) {
        const auto place = [&](ir::TensorId tensor) {
            const auto found = context.origins.equations.find(tensor.index);
            return found == context.origins.equations.end() ? context.network[tensor].range
                                                            : found->second;
        };
        const auto first =
            std::min_element(cycle.begin(), cycle.end(), [&](ir::TensorId a, ir::TensorId b) {
                const SourceRange x = place(a), y = place(b);
                return std::pair(x.file.index, x.begin) < std::pair(y.file.index, y.begin);
            });
        std::rotate(cycle.begin(), first, cycle.end());
        std::string path;
        for (const ir::TensorId tensor : cycle)
            path += fmt::format("`{}` needs ", context.network[tensor].name);
        path += fmt::format("`{}`", context.network[cycle[0]].name);
        auto report =
            context.error(Code::Cycle, place(cycle[0]), fmt::format("within one step {}", path));
        for (std::size_t i = 1; i < cycle.size(); ++i)
            report.label(place(cycle[i]), "and this belongs to the cycle");
        report.note(fmt::format("read one of them from the step before, `{}[t-1]`",
                                written_name(context.network[cycle[cycle.size() > 1 ? 1 : 0]])));
    }
    return cycles.empty();
}

// ---- names ---------------------------------------------------------------------------------

void warn_default_names(Context& context, const NetworkBuilder& network) {
    for (const auto& node : network.nodes()) {
        if (!node->default_name) continue;
        const auto& parameters = context.network.parameters;
        const bool trained =
            std::any_of(parameters.begin(), parameters.end(), [&](const ir::Parameter& parameter) {
                return parameter.population_or_layer == node->name &&
                       context.network[parameter.tensor].trainable;
            });
        if (!trained) continue;
        context
            .error(Code::DefaultName, node->range,
                   fmt::format("what is trained here is stored as `{}`, a name that changes when "
                               "elements are added",
                               node->name))
            .note("give it a name of its own with `as`");
    }
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
