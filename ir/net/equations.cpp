#include "ir/net/equations.h"

#include <map>
#include <set>

#include "ir/expr/printer.h"

namespace snnc::ir {
namespace {

/// Prints definitions; in the gradient, helpers that only name a part of an equation are put in
/// their reader's place, with their steps shifted to the reader's.
class EquationPrinter {
 public:
    explicit EquationPrinter(const Network& network) : network_(network) {}

    std::string equation(TensorId id) const {
        const Definition* definition = network_.definition(id);
        return indexed(id, 0) + " = " + right_side(*definition, 0);
    }

    /// Definitions that are printed in the place of their readers instead of on a line of their
    /// own; those that would become too long there keep their line.
    void put_in_place(const std::vector<TensorId>& ids) {
        for (const TensorId id : ids) in_place_.insert(id.index);
        std::map<std::uint32_t, double> nodes;
        for (const TensorId id : ids)
            if (written_nodes(id, nodes) > longest_formula) in_place_.erase(id.index);
    }
    bool in_place(TensorId id) const { return in_place_.contains(id.index); }

 private:
    /// Nodes of what is printed where `id` is read. What is too long in another's place counts as
    /// the name that will stand there.
    double written_nodes(TensorId id, std::map<std::uint32_t, double>& known) const {
        if (!in_place(id)) return 1;
        const auto found = known.find(id.index);
        if (found != known.end()) return found->second;
        const Definition& definition = *network_.definition(id);
        double nodes = 1;
        if (const auto* formula = std::get_if<Formula>(&definition.kind)) {
            nodes = ir::written_nodes(network_.pool, formula->value, [&](const ExprNode& leaf) {
                return leaf.op == Op::Read ? in_line(leaf.tensor, known) : 1.0;
            });
        } else {
            for (const Use& use : uses(network_, definition)) nodes += in_line(use.tensor, known);
        }
        return known[id.index] = nodes;
    }
    double in_line(TensorId id, std::map<std::uint32_t, double>& known) const {
        const double nodes = written_nodes(id, known);
        return nodes > longest_formula ? 1 : nodes;
    }

    std::string indexed(TensorId id, int lag) const {
        return network_[id].name + (network_[id].per_step ? print_index(lag) : "");
    }

    /// `shift` is added to every lag: the equation as it stands at [t - shift].
    std::string right_side(const Definition& definition, int shift) const {
        if (const auto* segment = std::get_if<Segment>(&definition.kind))
            return text(definition.target, *segment, shift);
        return std::visit([&](const auto& kind) { return text(kind, shift); }, definition.kind);
    }

    std::string operand(TensorId id, int lag, int shift) const {
        if (!in_place(id)) return indexed(id, lag + shift);
        return right_side(*network_.definition(id), lag + shift);
    }

    std::string text(const Formula& formula, int shift) const {
        const auto print_leaf = [&](const ExprNode& read) {
            if (read.op == Op::Uniform) return print_draw(network_, read.stream, shift);
            if (!in_place(read.tensor)) return indexed(read.tensor, read.lag + shift);
            std::string inner = operand(read.tensor, read.lag, shift);
            const Definition* definition = network_.definition(read.tensor);
            const auto* formula = std::get_if<Formula>(&definition->kind);
            if (!formula) return inner;
            const Op op = network_.pool[formula->value].op;
            const bool sum = op == Op::Add || op == Op::Sub;
            return sum ? "(" + inner + ")" : inner;
        };
        return print(network_.pool, formula.value, print_leaf, shift);
    }
    std::string text(const Dense& dense, int shift) const {
        const std::string weight = network_[dense.weight].name;
        return operand(dense.source, 0, shift) + " · " +
               (dense.transposed ? "transpose(" + weight + ")" : weight);
    }
    std::string text(const DenseWeight& product, int shift) const {
        const bool steps = network_[product.source].per_step;
        return std::string(steps ? "sum over samples and steps of " : "sum over samples of ") +
               operand(product.source, 0, shift) + " ⊗ " + operand(product.adjoint, 0, shift);
    }
    std::string text(const Convolution& op, int shift) const {
        return "conv(" + operand(op.source, 0, shift) + ", " + network_[op.weight].name + ")";
    }
    std::string text(const ConvolutionSource& op, int shift) const {
        return "conv_transposed(" + operand(op.adjoint, 0, shift) + ", " +
               network_[op.weight].name + ")";
    }
    std::string text(const ConvolutionWeight& op, int shift) const {
        const bool steps = network_[op.source].per_step;
        return std::string(steps ? "sum over samples and steps of " : "sum over samples of ") +
               "conv(" + operand(op.source, 0, shift) + ", " + operand(op.adjoint, 0, shift) + ")";
    }
    std::string text(const Sparse& op, int shift) const {
        return "sum over arriving edges of " + cells(op.source, op.edges, shift) + times(op.weight);
    }
    std::string text(const SparseSource& op, int shift) const {
        return "sum over leaving edges of " + operand(op.adjoint, 0, shift) + times(op.weight);
    }
    std::string text(const SparseWeight& op, int shift) const {
        const bool steps = network_[op.source].per_step;
        return std::string("at each edge, sum over ") + (steps ? "samples and steps" : "samples") +
               " of " + cells(op.source, op.edges, shift) + "*" + operand(op.adjoint, 0, shift);
    }
    std::string times(TensorId weight) const {
        return weight.valid() ? "*" + network_[weight].name : "";
    }
    /// The source cells of a layer: a part, where they are not all.
    std::string cells(TensorId source, const Edges& edges, int shift) const {
        const std::int64_t count = element_count(network_[edges.starts].shape) - 1;
        std::string whole = operand(source, 0, shift);
        if (count == element_count(network_[source].shape)) return whole;
        return "(elements [" + std::to_string(edges.from) + ":" +
               std::to_string(edges.from + count) + "] of " + whole + ")";
    }
    std::string text(const MaxPool& op, int shift) const {
        return "max_pool(" + operand(op.source, 0, shift) + ", " + to_string(op.window) + ")";
    }
    std::string text(const SumPool& op, int shift) const {
        return "sum_pool(" + operand(op.source, 0, shift) + ", " + to_string(op.window) + ")";
    }
    std::string text(const MaxPoolAdjoint& op, int shift) const {
        return "to_first_max(" + operand(op.adjoint, 0, shift) + ", " +
               operand(op.source, 0, shift) + ")";
    }
    std::string text(const SumPoolAdjoint& op, int shift) const {
        return "spread(" + operand(op.source, 0, shift) + ", " + to_string(op.window) + ")";
    }
    std::string text(const Segment& op, int shift) const { return text(op.source, op, shift); }
    std::string text(TensorId target, const Segment& op, int shift) const {
        const auto range = [](std::int64_t first, std::int64_t count) {
            return "[" + std::to_string(first) + ":" + std::to_string(first + count) + "]";
        };
        const std::string source = operand(op.source, 0, shift);
        if (op.from == 0 && op.to == 0 && op.count == element_count(network_[op.source].shape) &&
            op.count == element_count(network_[target].shape))
            return "reshape(" + source + ")";
        std::string pieces = "elements " + range(op.from, op.count) + " of " + source + " at " +
                             range(op.to, op.count);
        if (op.blocks == 1) return pieces;
        return pieces + ", and so " + std::to_string(op.blocks) + " times, every " +
               std::to_string(op.from_stride) + " at every " + std::to_string(op.to_stride);
    }
    std::string text(const SumTo& sum, int shift) const {
        return "sum(" + operand(sum.source, 0, shift) + ")";
    }
    std::string text(const CrossEntropy& op, int shift) const {
        return "ce(" + operand(op.source, 0, shift) + ", " + operand(op.label, 0, shift) + ")";
    }
    std::string text(const OneHot& op, int shift) const {
        return "one_hot(" + operand(op.label, 0, shift) + ")";
    }
    std::string text(const MaxOverTime& op, int) const { return over_time("max_t", op.source); }
    std::string text(const FirstMaxOverTime& op, int) const {
        return over_time("first_max_t", op.source);
    }
    std::string text(const LastStep& op, int) const { return over_time("last", op.source); }
    std::string text(const FirstSpike& op, int) const {
        return over_time("first_spike", op.source);
    }
    std::string text(const Softmax& op, int shift) const {
        return "softmax(" + operand(op.source, 0, shift) + ")";
    }
    std::string text(const ArgMax& op, int shift) const {
        return "argmax(" + operand(op.source, 0, shift) + ")";
    }
    std::string text(const Winner& op, int shift) const {
        return "winner(" + operand(op.source, 0, shift) + ")";
    }
    std::string over_time(const char* name, TensorId source) const {
        return std::string(name) + "(" + network_[source].name + ")";
    }

    const Network& network_;
    std::set<std::uint32_t> in_place_;
};

/// "hidden" of "hidden.v"; the whole name if it has no point.
std::string owner(const std::string& name) { return name.substr(0, name.find('.')); }

/// What each tensor is before its first step, as far as it is a formula.
std::string initial_line(const Network& network, TensorId id) {
    const TensorId initial = network[id].initial;
    const Definition* definition = initial.valid() ? network.definition(initial) : nullptr;
    if (!definition) return {};
    const auto* formula = std::get_if<Formula>(&definition->kind);
    if (!formula) return {};
    const std::string value = print(network.pool, formula->value, [&](const ExprNode& read) {
        if (read.op == Op::Uniform) return print_draw(network, read.stream, 0);
        return network[read.tensor].name;
    });
    return "  " + network[id].name + " = " + value + " before the first step\n";
}

/// Names for what another line says already, or for a constant, that nobody reads: the port of a
/// cell, a `let` of an option that was not chosen.
std::vector<bool> needless_lines(const Network& network) {
    std::vector<bool> needless(network.tensors.size(), false), read(network.tensors.size(), false);
    for (const Definition& definition : network.definitions)
        for (const Use& use : uses(network, definition)) read[use.tensor.index] = true;
    for (const TensorId output : network.outputs) read[output.index] = true;
    for (const Definition& definition : network.definitions) {
        const auto* formula = std::get_if<Formula>(&definition.kind);
        if (!formula || read[definition.target.index]) continue;
        if (network[definition.target].initial.valid()) continue;
        const ExprNode& node = network.pool[formula->value];
        needless[definition.target.index] =
            node.op == Op::Constant || (node.op == Op::Read && node.lag == 0);
    }
    if (network.training) needless[network.training->loss.index] = false;
    return needless;
}

}  // namespace

std::string print_equations(const Network& network) {
    const EquationPrinter printer(network);
    const std::vector<bool> needless = needless_lines(network);
    std::string out = "network " + network.name + "\n", group;
    for (const Definition& definition : network.definitions) {
        const Tensor& tensor = network[definition.target];
        if (tensor.role == Role::Initial || tensor.role == Role::Adjoint) continue;
        if (needless[definition.target.index]) continue;
        if (owner(tensor.name) != group) {
            group = owner(tensor.name);
            out += "\n";
        }
        out += initial_line(network, definition.target);
        out += "  " + printer.equation(definition.target) + "\n";
    }
    return out;
}

std::string print_gradient(const Network& network, const Gradients& gradients) {
    EquationPrinter printer(network);
    std::vector<bool> is_gradient(network.tensors.size(), false);
    for (const TensorId id : gradients.adjoint)
        if (id.valid()) is_gradient[id.index] = true;
    std::vector<TensorId> helpers;
    for (const Definition& definition : network.definitions)
        if (network[definition.target].role == Role::Adjoint &&
            !is_gradient[definition.target.index])
            helpers.push_back(definition.target);
    printer.put_in_place(helpers);

    std::string out = "gradient of " + network.name + "\n\n";
    for (std::size_t i = gradients.adjoint.size(); i-- > 0;)
        if (gradients.adjoint[i].valid())
            out += "  " + printer.equation(gradients.adjoint[i]) + "\n";
    for (const TensorId helper : helpers)
        if (!printer.in_place(helper)) out += "  " + printer.equation(helper) + "\n";
    return out;
}

}  // namespace snnc::ir
