// differentiate(): reverse mode over the definitions of a network; the method is described in
// differentiate.h.

#include <map>
#include <optional>

#include "ir/autodiff/differentiate.h"
#include "ir/autodiff/reverse.h"
#include "ir/expr/value.h"

namespace snnc::ir {
namespace {

bool same_space(const Tensor& a, const Tensor& b) {
    return a.shape == b.shape && a.per_step == b.per_step && a.per_sample == b.per_sample;
}

/// Which definitions pass a gradient from which operand to their target.
class Reach {
 public:
    Reach(Network& network, TensorId loss, const std::vector<TensorId>& wrt) : network_(network) {
        find_edges();
        const std::vector<bool> from_wrt = spread(wrt, readers_);
        const std::vector<bool> to_loss = spread({loss}, operands_);
        active_.resize(network.tensors.size());
        for (std::size_t i = 0; i < active_.size(); ++i) active_[i] = from_wrt[i] && to_loss[i];
    }

    bool active(TensorId id) const { return id.index < active_.size() && active_[id.index]; }

 private:
    using Edges = std::vector<std::vector<TensorId>>;

    void connect(TensorId operand, TensorId target) {
        readers_[operand.index].push_back(target);
        operands_[target.index].push_back(operand);
    }

    void find_edges() {
        readers_.resize(network_.tensors.size());
        operands_.resize(network_.tensors.size());
        const ExprId one = network_.pool.constant(1);
        for (const Definition& definition : network_.definitions) {
            if (const auto* formula = std::get_if<Formula>(&definition.kind)) {
                for (const ReadAdjoint& read : reverse(network_.pool, formula->value, one)) {
                    connect(read.tensor, definition.target);
                    const TensorId initial = network_[read.tensor].initial;
                    if (read.lag > 0 && initial.valid()) connect(initial, definition.target);
                }
            } else if (!std::holds_alternative<OneHot>(definition.kind) &&
                       !std::holds_alternative<ArgMax>(definition.kind) &&
                       !std::holds_alternative<Winner>(definition.kind) &&
                       !std::holds_alternative<FirstMaxOverTime>(definition.kind)) {
                for (const Use& use : uses(network_, definition))
                    connect(use.tensor, definition.target);
            }
        }
    }

    std::vector<bool> spread(const std::vector<TensorId>& start, const Edges& edges) const {
        std::vector<bool> reached(network_.tensors.size(), false);
        std::vector<TensorId> open = start;
        while (!open.empty()) {
            const TensorId id = open.back();
            open.pop_back();
            if (reached[id.index]) continue;
            reached[id.index] = true;
            for (const TensorId next : edges[id.index]) open.push_back(next);
        }
        return reached;
    }

    Network& network_;
    Edges readers_, operands_;
    std::vector<bool> active_;
};

class Differentiator {
 public:
    Differentiator(Network& network, TensorId loss, const std::vector<TensorId>& wrt)
        : network_(network), pool_(network.pool), loss_(loss), reach_(network, loss, wrt) {}

    Gradients run() {
        const std::size_t count = network_.definitions.size();
        make_adjoints();
        if (!gradients_.of(loss_).valid()) return gradients_;
        add(loss_, Value(pool_, pool_.constant(1)) / Value(pool_, pool_.leaf(Op::BatchSize)));
        for (std::size_t i = 0; i < count; ++i) {
            const Definition definition = network_.definitions[i];
            if (!reach_.active(definition.target)) continue;
            target_ = definition.target;
            std::visit([&](const auto& kind) { pass_on(kind); }, definition.kind);
        }
        define_carries();
        define_adjoints();
        return gradients_;
    }

 private:
    // ---- tensors ---------------------------------------------------------------------------

    void make_adjoints() {
        const std::size_t count = network_.tensors.size();
        gradients_.adjoint.resize(count);
        collected_.resize(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            if (!reach_.active({i})) continue;
            Tensor adjoint = like(network_.tensors[i], "adj(" + network_.tensors[i].name + ")");
            if (i == loss_.index) adjoint.per_sample = false;
            gradients_.adjoint[i] = network_.add(std::move(adjoint));
        }
    }

    Tensor like(const Tensor& model, std::string name) const {
        Tensor tensor;
        tensor.name = std::move(name);
        tensor.shape = model.shape;
        tensor.per_step = model.per_step;
        tensor.per_sample = model.per_sample;
        tensor.per_channel = model.per_channel;
        tensor.transposed_in_files = model.transposed_in_files;
        tensor.role = Role::Adjoint;
        tensor.range = model.range;
        return tensor;
    }

    /// A helper tensor; a number keeps names apart where one is needed twice.
    TensorId helper(const Tensor& model, const std::string& name, DefinitionKind kind) {
        const int repetition = ++names_[name];
        const TensorId id = network_.add(
            like(model, repetition == 1 ? name : name + "#" + std::to_string(repetition)));
        network_.define(id, kind);
        return id;
    }

    Value read(TensorId id, int lag = 0) { return {pool_, pool_.read(id, lag)}; }
    Value leaf(Op op) { return {pool_, pool_.leaf(op)}; }
    Value adjoint_of_target() { return read(gradients_.of(target_)); }
    std::string name(TensorId id) const { return network_[id].name; }

    // ---- collecting ------------------------------------------------------------------------

    /// Adds a term, a formula in the operand's own space, to the operand's adjoint.
    void add(TensorId operand, const Value& term) {
        if (!reach_.active(operand) || term.is(0)) return;
        std::optional<Value>& sum = collected_[operand.index];
        sum = sum ? *sum + term : term;
    }

    void pass_on(const Formula& formula) {
        const std::vector<ReadAdjoint> reads =
            reverse(pool_, formula.value, adjoint_of_target().id());
        for (const ReadAdjoint& item : reads) {
            const TensorId initial = network_[item.tensor].initial;
            const bool to_initial = item.lag > 0 && initial.valid() && reach_.active(initial);
            if (!reach_.active(item.tensor) && !to_initial) continue;
            const bool same = same_space(network_[target_], network_[item.tensor]);
            collect_with_lag(item.tensor, item.lag, same ? Value(pool_, item.value) : narrow(item));
        }
    }

    /// A term in the operand's space at the step of the reader.
    void collect_with_lag(TensorId operand, int lag, const Value& term) {
        if (lag == 0) return add(operand, term);
        std::optional<Value>& carry = carries_[{operand, lag}];
        carry = carry ? *carry + term : term;
    }

    /// The target has more steps, samples or elements than the operand: sum over them. Steps
    /// first, so that a scan over time can do it while it runs.
    Value narrow(const ReadAdjoint& item) {
        const Tensor source = network_[item.tensor];
        const Tensor reader = network_[target_];
        const std::string label = name(target_) + " to " + source.name;
        TensorId wide = helper(reader, "part(" + label + ")", Formula{item.value});
        Tensor without_steps = reader;
        without_steps.per_step = source.per_step;
        if (!same_space(without_steps, reader) && !same_space(without_steps, source))
            wide = helper(without_steps, "sum_t(" + label + ")", SumTo{wide});
        return read(helper(source, "sum(" + label + ")", SumTo{wide}));
    }

    // ---- operators on whole tensors --------------------------------------------------------

    void pass_on(const Dense& dense) {
        const TensorId adjoint = gradients_.of(target_);
        add_from(dense.source, "back", Dense{adjoint, dense.weight, !dense.transposed});
        add_from(dense.weight, "outer",
                 dense.transposed ? DenseWeight{adjoint, dense.source}
                                  : DenseWeight{dense.source, adjoint});
    }

    void pass_on(const Convolution& op) {
        const TensorId adjoint = gradients_.of(target_);
        add_from(op.source, "back", ConvolutionSource{adjoint, op.weight, op.window, op.groups});
        add_from(op.weight, "outer", ConvolutionWeight{op.source, adjoint, op.window, op.groups});
    }
    void pass_on(const Sparse& op) {
        const TensorId adjoint = gradients_.of(target_);
        add_from(op.source, "back", SparseSource{adjoint, op.weight, op.edges});
        if (op.weight.valid())
            add_from(op.weight, "outer", SparseWeight{op.source, adjoint, op.edges});
    }
    void pass_on(const MaxPool& op) {
        add_from(op.source, "back", MaxPoolAdjoint{op.source, gradients_.of(target_), op.window});
    }
    void pass_on(const SumPool& op) {
        add_from(op.source, "back", SumPoolAdjoint{gradients_.of(target_), op.window});
    }
    void pass_on(const Segment& op) {
        add_from(op.source, "back",
                 Segment{gradients_.of(target_), op.to, op.from, op.count, op.blocks, op.to_stride,
                         op.from_stride});
    }

    /// Adds a term that an operator makes, over the operand's elements.
    void add_from(TensorId operand, const std::string& word, DefinitionKind kind) {
        if (!reach_.active(operand)) return;
        const Tensor model = network_[operand];
        add(operand, read(helper(model, word + "(" + name(target_) + ")", kind)));
    }

    void pass_on(const SumTo& sum) { add(sum.source, adjoint_of_target()); }

    void pass_on(const MaxOverTime& op) {
        const Tensor model = network_[target_];
        const TensorId first =
            helper(model, "first_max(" + name(op.source) + ")", FirstMaxOverTime{op.source});
        add_at_step(op.source, read(first), adjoint_of_target());
    }

    void pass_on(const LastStep& op) {
        add_at_step(op.source, leaf(Op::StepCount) - 1, adjoint_of_target());
    }

    /// A spike one step later would raise the time by one: the gradient of that step is -1
    /// (as snnTorch's temporal losses have it).
    void pass_on(const FirstSpike& op) {
        add_at_step(op.source, read(target_), -adjoint_of_target());
    }

    void add_at_step(TensorId operand, const Value& step, const Value& term) {
        add(operand, select(leaf(Op::StepIndex) == step, term, term.constant(0)));
    }

    void pass_on(const CrossEntropy& entropy) {
        const Tensor scores = network_[entropy.source];
        Tensor code = scores, wide = scores;
        code.per_step = network_[entropy.label].per_step;
        code.per_sample = network_[entropy.label].per_sample;
        wide.per_step = network_[target_].per_step;
        wide.per_sample = network_[target_].per_sample;
        const TensorId softmax =
            helper(scores, "softmax(" + scores.name + ")", Softmax{entropy.source});
        const TensorId one_hot =
            helper(code, "one_hot(" + name(entropy.label) + ")", OneHot{entropy.label});
        const Value term = adjoint_of_target() * (read(softmax) - read(one_hot));
        if (same_space(wide, scores)) return add(entropy.source, term);
        // The same scores meet several labels: sum over these.
        const std::string label = name(target_) + " to " + scores.name;
        const TensorId part = helper(wide, "part(" + label + ")", Formula{term.id()});
        add(entropy.source, read(helper(scores, "sum(" + label + ")", SumTo{part})));
    }

    /// y = softmax(x): adj(x) = y*(adj(y) - sum(adj(y)*y)).
    void pass_on(const Softmax& op) {
        const Tensor model = network_[target_];
        Tensor scalar = model;
        scalar.shape = {};
        const Value y = read(target_);
        const TensorId weighted = helper(model, "weighted(" + name(target_) + ")",
                                         Formula{(adjoint_of_target() * y).id()});
        const TensorId total = helper(scalar, "total(" + name(target_) + ")", SumTo{weighted});
        add(op.source, y * (adjoint_of_target() - read(total)));
    }

    void pass_on(const DenseWeight&) {}
    void pass_on(const ConvolutionSource&) {}
    void pass_on(const ConvolutionWeight&) {}
    void pass_on(const SparseSource&) {}
    void pass_on(const SparseWeight&) {}
    void pass_on(const MaxPoolAdjoint&) {}
    void pass_on(const SumPoolAdjoint&) {}
    void pass_on(const FirstMaxOverTime&) {}
    void pass_on(const OneHot&) {}
    void pass_on(const ArgMax&) {}
    void pass_on(const Winner&) {}

    // ---- the adjoints' own definitions -----------------------------------------------------

    void define_carries() {
        const auto carries = carries_;
        for (const auto& [place, term] : carries) {
            const auto [operand, lag] = place;
            const Tensor model = network_[operand];
            const std::string depth = lag == 1 ? "" : ", " + std::to_string(lag);
            const TensorId carry =
                helper(model, "carry(" + model.name + depth + ")", Formula{term->id()});
            add(operand, read(carry, -lag));
            if (model.initial.valid() && reach_.active(model.initial))
                add_before_start(model.initial, carry, lag);
        }
    }

    /// What the first `lag` steps pass to the time before them is the initial value's.
    void add_before_start(TensorId initial, TensorId carry, int lag) {
        const Tensor model = network_[carry];
        const Value early = select(leaf(Op::StepIndex) < read(carry).constant(lag), read(carry),
                                   read(carry).constant(0));
        const TensorId part = helper(model, "early(" + model.name + ")", Formula{early.id()});
        Tensor run = model;
        run.per_step = false;
        TensorId sum = helper(run, "start(" + model.name + ")", SumTo{part});
        const Tensor target = network_[initial];
        if (!same_space(run, target))
            sum = helper(target, "start_sum(" + model.name + ")", SumTo{sum});
        add(initial, read(sum));
    }

    void define_adjoints() {
        for (std::uint32_t i = 0; i < gradients_.adjoint.size(); ++i) {
            const TensorId adjoint = gradients_.adjoint[i];
            if (!adjoint.valid()) continue;
            const Value zero(pool_, pool_.constant(0));
            network_.define(adjoint, Formula{collected_[i].value_or(zero).id()});
        }
    }

    Network& network_;
    ExprPool& pool_;
    TensorId loss_, target_;
    Reach reach_;
    Gradients gradients_;
    std::vector<std::optional<Value>> collected_;
    std::map<std::pair<TensorId, int>, std::optional<Value>> carries_;
    std::map<std::string, int> names_;
};

}  // namespace

Gradients differentiate(Network& network, TensorId loss, const std::vector<TensorId>& wrt) {
    return Differentiator(network, loss, wrt).run();
}

}  // namespace snnc::ir
