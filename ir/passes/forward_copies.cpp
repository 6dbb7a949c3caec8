#include "ir/passes/forward_copies.h"

namespace snnc::ir {

namespace {

class CopyForwarder {
 public:
    explicit CopyForwarder(Network& network)
        : network_(network), exact_(network.tensors.size()), broadcast_(network.tensors.size()) {
        for (const Definition& definition : network.definitions) {
            const TensorId source = copied(definition);
            if (!source.valid()) continue;
            broadcast_[definition.target.index] = source;
            if (same_space(definition.target, source)) exact_[definition.target.index] = source;
        }
        for (std::uint32_t i = 0; i < exact_.size(); ++i) {
            resolve(exact_, {i});
            resolve(broadcast_, {i});
        }
    }

    void run() {
        for (Definition& definition : network_.definitions) {
            std::visit([&](auto& kind) { rewrite(kind); }, definition.kind);
        }
        for (Update& update : network_.updates) update.value = rewritten(update.value);
    }

 private:
    /// What the definition reads unchanged and of the same step; invalid: it is no copy.
    TensorId copied(const Definition& definition) const {
        const auto* formula = std::get_if<Formula>(&definition.kind);
        if (!formula || network_.pool[formula->value].op != Op::Read) return {};
        const ExprNode& read = network_.pool[formula->value];
        const Tensor& copy = network_[definition.target];
        const Tensor& source = network_[read.tensor];
        const bool kind_fits = copy.kind == source.kind ||
                               (copy.kind == DataKind::Real && source.kind == DataKind::Spike);
        const bool channel_fits = !copy.per_channel || source.per_channel || source.shape.empty();
        return read.lag == 0 && kind_fits && channel_fits ? read.tensor : TensorId{};
    }

    bool same_space(TensorId a, TensorId b) const {
        const Tensor& copy = network_[a];
        const Tensor& source = network_[b];
        return copy.shape == source.shape && copy.per_step == source.per_step &&
               copy.per_sample == source.per_sample && copy.per_channel == source.per_channel;
    }

    /// Follows copies of copies; the ends of all chains are noted on the way.
    static void resolve(std::vector<TensorId>& sources, TensorId id) {
        std::vector<TensorId> chain;
        while (sources[id.index].valid()) {
            chain.push_back(id);
            id = sources[id.index];
            if (chain.size() > sources.size()) return;  // a cycle: lowering reports it
        }
        for (TensorId link : chain) sources[link.index] = id;
    }

    TensorId original(TensorId id) const {
        return exact_[id.index].valid() ? exact_[id.index] : id;
    }

    /// What a formula may read instead: a formula spreads coarser tensors by itself, but the
    /// past and the future of a value that is the same for all steps end with the run.
    TensorId original(TensorId id, int lag) const {
        const TensorId coarse = broadcast_[id.index];
        if (lag == 0 && coarse.valid()) return coarse;
        const TensorId source = original(id);
        return lag > 0 && network_[source].initial != network_[id].initial ? id : source;
    }

    ExprId rewritten(ExprId value) {
        return rewrite_leaves(network_.pool, value, [&](ExprId id, const ExprNode& node) {
            if (node.op != Op::Read) return id;
            const int lag = node.lag;
            return network_.pool.read(original(node.tensor, lag), lag);
        });
    }

    void rewrite(Formula& formula) { formula.value = rewritten(formula.value); }
    void rewrite(Dense& dense) {
        dense.source = original(dense.source);
        dense.weight = original(dense.weight);
    }
    void rewrite(DenseWeight& product) {
        product.source = original(product.source);
        product.adjoint = original(product.adjoint);
    }
    void rewrite(Convolution& op) {
        op.source = original(op.source);
        op.weight = original(op.weight);
    }
    void rewrite(ConvolutionSource& op) {
        op.adjoint = original(op.adjoint);
        op.weight = original(op.weight);
    }
    void rewrite(ConvolutionWeight& op) {
        op.source = original(op.source);
        op.adjoint = original(op.adjoint);
    }
    void rewrite(Sparse& op) { op.source = original(op.source); }
    void rewrite(SparseSource& op) { op.adjoint = original(op.adjoint); }
    void rewrite(SparseWeight& op) {
        op.source = original(op.source);
        op.adjoint = original(op.adjoint);
    }
    void rewrite(MaxPoolAdjoint& op) {
        op.source = original(op.source);
        op.adjoint = original(op.adjoint);
    }
    void rewrite(CrossEntropy& entropy) {
        entropy.source = original(entropy.source);
        entropy.label = original(entropy.label);
    }
    void rewrite(OneHot& one_hot) { one_hot.label = original(one_hot.label); }
    template <class Operator>
    void rewrite(Operator& op) {
        op.source = original(op.source);
    }

    Network& network_;
    // By tensor: what it is a copy of, invalid: of nothing.
    std::vector<TensorId> exact_;      // over the same steps, samples and elements
    std::vector<TensorId> broadcast_;  // or of something coarser
};

}  // namespace

void forward_copies(Network& network) { CopyForwarder(network).run(); }

}  // namespace snnc::ir
