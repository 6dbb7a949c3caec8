// `emit --stage=net`: every tensor, then every definition, in the order of the network.

#include "ir/expr/printer.h"

#include <utility>

#include "ir/net/network.h"

namespace snnc::ir {
namespace {

const char* text(Role role) {
    switch (role) {
        case Role::Input: return "input";
        case Role::Target: return "target";
        case Role::Parameter: return "parameter";
        case Role::HyperParameter: return "hyperparameter";
        case Role::OptimizerState: return "optimizer state";
        case Role::Initial: return "initial";
        case Role::Variable: return "variable";
        case Role::Adjoint: return "adjoint";
    }
    return "";
}

const char* text(DataKind kind) {
    switch (kind) {
        case DataKind::Real: return "f32";
        case DataKind::Spike: return "spike";
        case DataKind::Index: return "index";
    }
    return "";
}

const char* text(runtime::Purpose purpose) {
    switch (purpose) {
        case runtime::Purpose::Weights: return "weights";
        case runtime::Purpose::InitialState: return "initial state";
        case runtime::Purpose::Noise: return "noise";
        case runtime::Purpose::Shuffle: return "shuffle";
        case runtime::Purpose::Data: return "data";
        case runtime::Purpose::Dropout: return "dropout";
        case runtime::Purpose::Pattern: return "pattern";
    }
    return "";
}

class NetworkPrinter {
 public:
    explicit NetworkPrinter(const Network& network) : network_(network) {}

    std::string print() {
        out_ = "network " + network_.name + "\n";
        if (network_.steps) out_ += "steps " + std::to_string(*network_.steps) + "\n";
        out_ += "\ntensors\n";
        for (const Tensor& tensor : network_.tensors) print(tensor);
        if (!network_.streams.empty()) out_ += "\nrandom streams\n";
        for (const Stream& stream : network_.streams)
            out_ += "  " + stream.name + " : " + text(stream.purpose) +
                    (stream.per_step ? ", per step" : "") + "\n";
        out_ += "\ndefinitions\n";
        for (const Definition& definition : network_.definitions)
            out_ += "  " + print(definition) + "\n";
        if (!network_.updates.empty()) out_ += "\nupdates\n";
        for (const Update& update : network_.updates) out_ += "  " + print(update) + "\n";
        return std::move(out_);
    }

    std::string print(const Definition& definition) {
        const std::string before = std::exchange(out_, target(definition.target) + " = ");
        std::visit([&](const auto& kind) { print(kind); }, definition.kind);
        return std::exchange(out_, before);
    }

    std::string print(const Update& update) const {
        return name(update.target) + " := " + expr(update.value);
    }

 private:
    std::string name(TensorId id) const { return network_[id].name; }
    std::string target(TensorId id) const {
        return name(id) + (network_[id].per_step ? "[t]" : "");
    }

    std::string expr(ExprId id) const {
        return ir::print(network_.pool, id, [&](const ExprNode& leaf) {
            if (leaf.op == Op::Uniform) return print_draw(network_, leaf.stream, 0);
            return name(leaf.tensor) +
                   (network_[leaf.tensor].per_step ? print_index(leaf.lag) : "");
        });
    }

    void print(const Tensor& tensor) {
        out_ += "  " + tensor.name + " : " + text(tensor.kind) + to_string(tensor.shape) + " " +
                text(tensor.role);
        if (tensor.per_step) out_ += ", per step";
        if (tensor.per_sample) out_ += ", per sample";
        if (tensor.per_channel) out_ += ", per channel";
        if (tensor.trainable) out_ += ", trained";
        if (tensor.initial.valid()) out_ += ", before the first step " + name(tensor.initial);
        out_ += "\n";
    }

    void print(const Formula& formula) { out_ += expr(formula.value); }
    void print(const Dense& dense) {
        out_ += "dense(" + target(dense.source) + ", " + (dense.transposed ? "transposed " : "") +
                name(dense.weight) + ")";
    }
    void print(const DenseWeight& product) {
        out_ += "outer(" + target(product.source) + ", " + target(product.adjoint) + ")";
    }
    void print(const Convolution& op) { convolution("conv", op.source, op.weight, op); }
    void print(const ConvolutionSource& op) {
        convolution("conv_source", op.adjoint, op.weight, op);
    }
    void print(const ConvolutionWeight& op) {
        convolution("conv_weight", op.source, op.adjoint, op);
    }
    template <class Operator>
    void convolution(const char* function, TensorId first, TensorId second, const Operator& op) {
        out_ += std::string(function) + "(" + target(first) + ", " + target(second) + ", " +
                to_string(op.window);
        if (op.groups != 1) out_ += ", groups " + std::to_string(op.groups);
        out_ += ")";
    }
    void print(const Sparse& op) { sparse("sparse", op.source, op.weight, op.edges); }
    void print(const SparseSource& op) { sparse("sparse_source", op.adjoint, op.weight, op.edges); }
    void print(const SparseWeight& op) { sparse("sparse_weight", op.source, op.adjoint, op.edges); }
    void sparse(const char* function, TensorId first, TensorId second, const Edges& edges) {
        out_ += std::string(function) + "(" + target(first);
        if (second.valid()) out_ += ", " + target(second);
        out_ += ", edges " + name(edges.starts) + " " + name(edges.targets);
        if (edges.from != 0) out_ += ", from " + std::to_string(edges.from);
        out_ += ")";
    }
    void print(const MaxPool& op) { pool("max_pool", target(op.source), op.window); }
    void print(const SumPool& op) { pool("sum_pool", target(op.source), op.window); }
    void print(const MaxPoolAdjoint& op) {
        pool("max_pool_adjoint", target(op.source) + ", " + target(op.adjoint), op.window);
    }
    void print(const SumPoolAdjoint& op) { pool("sum_pool_adjoint", target(op.source), op.window); }
    void pool(const char* function, const std::string& operands, const Window& window) {
        out_ += std::string(function) + "(" + operands + ", " + to_string(window) + ")";
    }
    void print(const Segment& op) {
        out_ += "segment(" + target(op.source) + ", " + std::to_string(op.count) + " from " +
                std::to_string(op.from) + " to " + std::to_string(op.to);
        if (op.blocks > 1)
            out_ += ", " + std::to_string(op.blocks) + " blocks at every " +
                    std::to_string(op.from_stride) + " to every " + std::to_string(op.to_stride);
        out_ += ")";
    }
    void print(const CrossEntropy& op) {
        out_ += "cross_entropy(" + target(op.source) + ", " + target(op.label) + ")";
    }
    void print(const OneHot& op) { out_ += "one_hot(" + target(op.label) + ")"; }
    void print(const SumTo& op) { call("sum_to", op.source); }
    void print(const MaxOverTime& op) { call("max_t", op.source); }
    void print(const FirstMaxOverTime& op) { call("first_max_t", op.source); }
    void print(const LastStep& op) { call("last", op.source); }
    void print(const FirstSpike& op) { call("first_spike", op.source); }
    void print(const Softmax& op) { call("softmax", op.source); }
    void print(const ArgMax& op) { call("argmax", op.source); }
    void print(const Winner& op) { call("winner", op.source); }
    void call(const char* function, TensorId source) {
        out_ += std::string(function) + "(" + target(source) + ")";
    }

    const Network& network_;
    std::string out_;
};

}  // namespace

std::string print_draw(const Network& network, StreamId id, int lag) {
    const Stream& stream = network[id];
    return "random(" + stream.name + ")" + (stream.per_step ? print_index(lag) : "");
}

std::string print(const Network& network) { return NetworkPrinter(network).print(); }

std::string print(const Network& network, const Definition& definition) {
    return NetworkPrinter(network).print(definition);
}

std::string print(const Network& network, const Update& update) {
    return NetworkPrinter(network).print(update);
}

}  // namespace snnc::ir
