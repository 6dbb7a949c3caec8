#include "ir/net/cycles.h"
#include "ir/net/network.h"

namespace snnc::ir {
namespace {

/// Collects the broken rules of one network.
class Verifier {
 public:
    explicit Verifier(const Network& network) : network_(network) {}

    std::vector<std::string> run() {
        check_targets();
        check_initials();
        bool sound = true;
        for (const Definition& definition : network_.definitions)
            sound &=
                exists(definition.target) && check(network_[definition.target].name, definition);
        for (const Update& update : network_.updates) check(update);
        if (const std::string cycle = sound ? cycle_within_step(network_) : ""; !cycle.empty())
            broken_.push_back("a cycle within one step: " + cycle);
        return std::move(broken_);
    }

 private:
    void fail(const std::string& rule) { broken_.push_back(place_ + ": " + rule); }
    void require(bool holds, const std::string& rule) {
        if (!holds) fail(rule);
    }
    const Tensor& target() const { return network_[target_]; }
    bool exists(TensorId id) const { return id.index < network_.tensors.size(); }

    void check_targets() {
        std::vector<bool> defined(network_.tensors.size(), false);
        for (const Definition& definition : network_.definitions) {
            place_ = "definition";
            if (!exists(definition.target)) {
                fail("target does not exist");
                continue;
            }
            place_ = network_[definition.target].name;
            require(!defined[definition.target.index], "is defined twice");
            defined[definition.target.index] = true;
        }
    }

    void check_initials() {
        for (std::uint32_t i = 0; i < network_.tensors.size(); ++i) {
            const TensorId initial = network_.tensors[i].initial;
            if (!initial.valid()) continue;
            place_ = network_.tensors[i].name;
            target_ = {i};
            if (!exists(initial)) {
                fail("initial value is missing");
                continue;
            }
            require(!network_[initial].per_step, "initial value is per step");
            require(target().per_sample || !network_[initial].per_sample,
                    "has no samples but its initial value has");
            require(fits(network_[initial]), "shape " + to_string(target().shape) +
                                                 " has an initial value of shape " +
                                                 to_string(network_[initial].shape));
        }
    }

    /// Whether the definition can be looked at: everything that it names is there.
    bool check(const std::string& place, const Definition& definition) {
        place_ = place;
        target_ = definition.target;
        if (!check_uses(definition)) return false;
        std::visit([&](const auto& kind) { check(kind); }, definition.kind);
        return true;
    }

    void check(const Update& update) {
        place_ = "update";
        if (!exists(update.target)) return fail("target does not exist");
        const Tensor& target = network_[update.target];
        if (!check("update of " + target.name, {update.target, Formula{update.value}})) return;
        require(!target.per_step && !target.per_sample, "target has steps or samples");
        require(!network_.definition(update.target), "target has a definition");
    }

    bool check_uses(const Definition& definition) {
        if (const auto* formula = std::get_if<Formula>(&definition.kind))
            if (formula->value.index >= network_.pool.size()) {
                fail("formula does not exist");
                return false;
            }
        bool sound = true;
        for (const Use& use : uses(network_, definition)) {
            if (!exists(use.tensor)) {
                fail("reads a tensor that does not exist");
                sound = false;
            } else if (use.lag != 0 && !network_[use.tensor].per_step) {
                fail("reads the past of " + network_[use.tensor].name + ", which has no steps");
                sound = false;
            }
        }
        return sound;
    }

    /// A formula may read tensors that are no finer than its target.
    void check(const Formula& formula) {
        for_each_read(network_.pool, formula.value, [&](const ExprNode& read) {
            const Tensor& source = network_[read.tensor];
            no_finer(source);
            require(fits(source), "shape " + to_string(target().shape) + " reads " + source.name +
                                      " of shape " + to_string(source.shape));
        });
        check_draws(formula);
        check_leaves(formula);
    }

    /// The numbers of cells are known where a pattern is drawn, and nowhere else.
    void check_leaves(const Formula& formula) {
        for_each_leaf(network_.pool, formula.value, [&](const ExprNode& leaf) {
            require(leaf.op != Op::SourceCell && leaf.op != Op::TargetCell,
                    "reads the number of a cell outside of a pattern");
        });
    }

    /// A draw is one of a sample, and of a step if its stream has one for each.
    void check_draws(const Formula& formula) {
        for_each_draw(network_.pool, formula.value, [&](const ExprNode& draw) {
            if (draw.stream.index >= network_.streams.size())
                return fail("draws from a stream that does not exist");
            require(target().per_sample, "draws, but is the same for all samples");
            require(target().per_step || !network_[draw.stream].per_step,
                    "has no steps but draws in each step");
        });
    }

    void no_finer(const Tensor& source) {
        require(target().per_step || !source.per_step,
                "has no steps but reads " + source.name + ", which has");
        require(target().per_sample || !source.per_sample,
                "has no samples but reads " + source.name + ", which has");
    }

    bool fits(const Tensor& source) const {
        if (source.shape.empty() || source.shape == target().shape) return true;
        return source.per_channel && source.shape.size() == 1 && !target().shape.empty() &&
               source.shape[0] == target().shape[0];
    }

    void check(const Dense& dense) {
        const Tensor& source = network_[dense.source];
        const Tensor& weight = network_[dense.weight];
        if (weight.shape.size() != 2) return fail("weight is no matrix");
        const std::int64_t in = weight.shape[dense.transposed ? 1 : 0];
        const std::int64_t out = weight.shape[dense.transposed ? 0 : 1];
        require(element_count(source.shape) == in, "source shape " + to_string(source.shape) +
                                                       " does not fit weight " +
                                                       to_string(weight.shape));
        require(element_count(target().shape) == out, "target shape does not fit the weight");
        require(!weight.per_step && !weight.per_sample, "weight varies");
        same_kind(source);
    }

    void check(const DenseWeight& product) {
        const Tensor& source = network_[product.source];
        const Tensor& adjoint = network_[product.adjoint];
        require(!target().per_step && !target().per_sample, "a weight's gradient varies");
        require(target().shape == Shape{element_count(source.shape), element_count(adjoint.shape)},
                "shapes of source, adjoint and gradient do not fit");
        require(source.per_step == adjoint.per_step, "only one operand is per step: sum it first");
        require(source.per_sample == adjoint.per_sample,
                "only one operand is per sample: sum it first");
    }

    void check(const Convolution& op) {
        const Tensor& source = network_[op.source];
        require(!network_[op.weight].per_step && !network_[op.weight].per_sample, "weight varies");
        convolution(source.shape, network_[op.weight].shape, target().shape, op.window, op.groups);
        same_kind(source);
    }
    void check(const ConvolutionSource& op) {
        const Tensor& adjoint = network_[op.adjoint];
        require(!network_[op.weight].per_step && !network_[op.weight].per_sample, "weight varies");
        convolution(target().shape, network_[op.weight].shape, adjoint.shape, op.window, op.groups);
        same_kind(adjoint);
    }
    void check(const ConvolutionWeight& op) {
        const Tensor& source = network_[op.source];
        const Tensor& adjoint = network_[op.adjoint];
        require(!target().per_step && !target().per_sample, "a weight's gradient varies");
        require(source.per_step == adjoint.per_step, "only one operand is per step: sum it first");
        convolution(source.shape, target().shape, adjoint.shape, op.window, op.groups);
    }

    void convolution(const Shape& source, const Shape& weight, const Shape& result,
                     const Window& window, std::int64_t groups) {
        const std::size_t rank = source.size();
        if ((rank != 2 && rank != 3) || weight.size() != rank + 1 || groups < 1)
            return fail("a convolution needs planes [c, h, w] or [c, l]");
        const Planes planes = planes_of(source);
        const std::int64_t out = weight.back();
        Shape expected{planes.channels / groups};
        if (rank == 3) expected.push_back(window.size[0]);
        expected.insert(expected.end(), {window.size[1], out});
        require(planes.channels % groups == 0 && out % groups == 0, "groups do not divide");
        require(weight == expected,
                "weight " + to_string(weight) + " is not " + to_string(expected));
        require(result == shape_of(window.result(planes, out), rank),
                "a convolution gives " + to_string(result));
    }

    void check(const Sparse& op) {
        const std::int64_t sources = sparse(op.edges, op.weight);
        require(op.edges.from >= 0 &&
                    op.edges.from + sources <= element_count(network_[op.source].shape),
                "the source has too few cells");
        same_kind(network_[op.source]);
    }
    void check(const SparseSource& op) {
        const std::int64_t sources = sparse(op.edges, op.weight);
        require(op.edges.from >= 0 && op.edges.from + sources <= element_count(target().shape),
                "the target has too few cells");
        same_kind(network_[op.adjoint]);
    }
    void check(const SparseWeight& op) {
        const Tensor& source = network_[op.source];
        const Tensor& adjoint = network_[op.adjoint];
        const std::int64_t sources = sparse(op.edges, {});
        require(op.edges.from >= 0 && op.edges.from + sources <= element_count(source.shape),
                "the source has too few cells");
        require(!target().per_step && !target().per_sample, "a weight's gradient varies");
        require(target().shape == network_[op.edges.targets].shape, "is not over the edges");
        require(source.per_step == adjoint.per_step, "only one operand is per step: sum it first");
        require(source.per_sample == adjoint.per_sample,
                "only one operand is per sample: sum it first");
    }

    /// The number of source cells.
    std::int64_t sparse(const Edges& edges, TensorId weight) {
        const Tensor& starts = network_[edges.starts];
        const Tensor& targets = network_[edges.targets];
        for (const Tensor* index : {&starts, &targets}) {
            require(index->kind == DataKind::Index && index->shape.size() == 1, "no list of cells");
            require(!index->per_step && !index->per_sample, "the edges vary");
        }
        if (weight.valid()) {
            require(network_[weight].shape == targets.shape, "the weight is not over the edges");
            require(!network_[weight].per_step && !network_[weight].per_sample, "weight varies");
        }
        return element_count(starts.shape) - 1;
    }

    void check(const MaxPool& op) { pool(op.source, target().shape, op.window); }
    void check(const SumPool& op) { pool(op.source, target().shape, op.window); }
    void check(const MaxPoolAdjoint& op) {
        const Tensor& adjoint = network_[op.adjoint];
        pool(op.source, adjoint.shape, op.window);
        require(network_[op.source].shape == target().shape, "a pool's adjoint has another shape");
        require(adjoint.per_step == target().per_step && adjoint.per_sample == target().per_sample,
                "steps or samples differ from those of " + adjoint.name);
    }
    void check(const SumPoolAdjoint& op) {
        pooled(target().shape, network_[op.source].shape, op.window);
        same_kind(network_[op.source]);
    }

    void pool(TensorId source, const Shape& result, const Window& window) {
        pooled(network_[source].shape, result, window);
        same_kind(network_[source]);
    }
    void pooled(const Shape& source, const Shape& result, const Window& window) {
        if (source.size() != 2 && source.size() != 3)
            return fail("a pool needs planes [c, h, w] or [c, l]");
        const Planes planes = planes_of(source);
        require(result == shape_of(window.result(planes, planes.channels), source.size()),
                "a pool gives " + to_string(result));
    }

    void check(const Segment& op) {
        const Tensor& source = network_[op.source];
        const std::int64_t last = op.blocks - 1;
        require(op.from >= 0 && op.to >= 0 && op.count >= 1 && op.blocks >= 1 &&
                    op.from_stride >= 0 && op.to_stride >= 0 &&
                    op.from + last * op.from_stride + op.count <= element_count(source.shape) &&
                    op.to + last * op.to_stride + op.count <= element_count(target().shape),
                "a segment lies outside of its tensors");
        require(op.blocks == 1 || (op.from_stride >= op.count && op.to_stride >= op.count),
                "the blocks of a segment overlap");
        same_kind(source);
    }

    void check(const SumTo& sum) {
        const Tensor& source = network_[sum.source];
        require(source.per_step || !target().per_step, "a sum cannot add steps");
        require(source.per_sample || !target().per_sample, "a sum cannot add samples");
        const bool channels = target().per_channel && target().shape.size() == 1 &&
                              !source.shape.empty() && target().shape[0] == source.shape[0];
        require(target().shape == source.shape || target().shape.empty() || channels,
                "sums " + to_string(source.shape) + " to " + to_string(target().shape));
    }

    void check(const MaxOverTime& op) { over_time(op.source); }
    void check(const FirstMaxOverTime& op) { over_time(op.source); }
    void check(const LastStep& op) { over_time(op.source); }
    void check(const FirstSpike& op) { over_time(op.source); }

    void over_time(TensorId id) {
        const Tensor& source = network_[id];
        require(source.per_step && !target().per_step, "reduces steps of a tensor without steps");
        require(source.shape == target().shape && source.per_sample == target().per_sample,
                "a reduction over steps changes the shape");
    }

    void check(const CrossEntropy& entropy) {
        const Tensor& source = network_[entropy.source];
        require(source.shape.size() == 1 && target().shape.empty(),
                "cross entropy needs scores [c] and gives []");
        no_finer(source);
        label(entropy.label);
    }
    void check(const Softmax& softmax) {
        const Tensor& source = network_[softmax.source];
        require(source.shape.size() == 1 && source.shape == target().shape, "softmax needs [c]");
        same_kind(source);
    }
    void check(const OneHot& one_hot) {
        require(target().shape.size() == 1, "one-hot code needs [c]");
        label(one_hot.label);
    }
    void check(const ArgMax& op) {
        require(network_[op.source].shape.size() == 1 && target().shape.empty(),
                "argmax needs [c] and gives []");
        same_kind(network_[op.source]);
    }
    void check(const Winner& op) {
        require(network_[op.source].shape == target().shape, "winner changes the shape");
        same_kind(network_[op.source]);
    }

    void label(TensorId id) {
        require(network_[id].kind == DataKind::Index && network_[id].shape.empty(),
                "label is no index");
        no_finer(network_[id]);
    }
    void same_kind(const Tensor& source) {
        require(source.per_step == target().per_step && source.per_sample == target().per_sample,
                "steps or samples differ from those of " + source.name);
    }

    const Network& network_;
    std::vector<std::string> broken_;
    std::string place_;
    TensorId target_;
};

}  // namespace

std::vector<std::string> verify(const Network& network) { return Verifier(network).run(); }

}  // namespace snnc::ir
