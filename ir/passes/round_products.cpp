#include "ir/passes/round_products.h"

#include <map>

namespace snnc::ir {
namespace {

class ProductRounder {
 public:
    explicit ProductRounder(Network& network) : network_(network) {}

    void run() {
        const std::size_t count = network_.definitions.size();  // rounding adds more
        for (std::size_t i = 0; i < count; ++i) {
            DefinitionKind kind = network_.definitions[i].kind;
            std::visit([&](auto& one) { rewrite(one); }, kind);
            network_.definitions[i].kind = kind;
        }
    }

 private:
    bool is_rounded(TensorId id) const {
        const Definition* definition = network_.definition(id);
        const auto* formula = definition ? std::get_if<Formula>(&definition->kind) : nullptr;
        return formula && network_.pool[formula->value].op == Op::RoundBf16;
    }

    void round(TensorId& operand) {
        if (network_[operand].kind == DataKind::Spike || is_rounded(operand)) return;
        TensorId& rounded = rounded_[operand];
        if (!rounded.valid()) {
            Tensor tensor;
            tensor.name = "rounded(" + network_[operand].name + ")";
            tensor.shape = network_[operand].shape;
            tensor.per_step = network_[operand].per_step;
            tensor.per_sample = network_[operand].per_sample;
            tensor.range = network_[operand].range;
            rounded = network_.add(std::move(tensor));
            network_.define(
                rounded, Formula{network_.pool.make(Op::RoundBf16, network_.pool.read(operand))});
        }
        operand = rounded;
    }

    void rewrite(Dense& op) {
        round(op.source);
        round(op.weight);
    }
    void rewrite(DenseWeight& op) {
        round(op.source);
        round(op.adjoint);
    }
    void rewrite(Convolution& op) {
        round(op.source);
        round(op.weight);
    }
    void rewrite(ConvolutionSource& op) {
        round(op.adjoint);
        round(op.weight);
    }
    void rewrite(ConvolutionWeight& op) {
        round(op.source);
        round(op.adjoint);
    }
    void rewrite(Sparse& op) {
        round(op.source);
        if (op.weight.valid()) round(op.weight);  // else every edge has the weight 1
    }
    void rewrite(SparseSource& op) {
        round(op.adjoint);
        if (op.weight.valid()) round(op.weight);
    }
    void rewrite(SparseWeight& op) {
        round(op.source);
        round(op.adjoint);
    }
    // No products. Each is named, so that a new kind of definition is not passed over in silence.
    void rewrite(Formula&) {}
    void rewrite(MaxPool&) {}
    void rewrite(SumPool&) {}
    void rewrite(MaxPoolAdjoint&) {}
    void rewrite(SumPoolAdjoint&) {}
    void rewrite(Segment&) {}
    void rewrite(SumTo&) {}
    void rewrite(MaxOverTime&) {}
    void rewrite(FirstMaxOverTime&) {}
    void rewrite(LastStep&) {}
    void rewrite(FirstSpike&) {}
    void rewrite(CrossEntropy&) {}
    void rewrite(Softmax&) {}
    void rewrite(OneHot&) {}
    void rewrite(ArgMax&) {}
    void rewrite(Winner&) {}

    Network& network_;
    std::map<TensorId, TensorId> rounded_;
};

}  // namespace

void round_products(Network& network) { ProductRounder(network).run(); }

}  // namespace snnc::ir
