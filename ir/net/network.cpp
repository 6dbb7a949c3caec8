#include "ir/net/network.h"

#include <algorithm>
#include <numeric>

namespace snnc::ir {

std::int64_t element_count(const Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i)
        text += (i ? ", " : "") + (shape[i] < 0 ? "edges" : std::to_string(shape[i]));
    return text + "]";
}

Shape shape_in_files(const Tensor& tensor) {
    Shape shape = tensor.shape;
    if (tensor.transposed_in_files) std::rotate(shape.begin(), shape.end() - 1, shape.end());
    return shape;
}

TensorId Network::add(Tensor tensor) {
    tensors.push_back(std::move(tensor));
    return {std::uint32_t(tensors.size() - 1)};
}

StreamId Network::add(Stream stream) {
    const auto known = std::find(streams.begin(), streams.end(), stream);
    if (known != streams.end()) return {std::uint32_t(known - streams.begin())};
    streams.push_back(std::move(stream));
    return {std::uint32_t(streams.size() - 1)};
}

void Network::define(TensorId target, DefinitionKind kind) {
    definition_of_.resize(tensors.size(), -1);
    definition_of_[target.index] = std::int32_t(definitions.size());
    definitions.push_back({target, kind});
}

const Definition* Network::definition(TensorId target) const {
    if (target.index >= definition_of_.size() || definition_of_[target.index] < 0) return nullptr;
    return &definitions[std::size_t(definition_of_[target.index])];
}

TensorId Network::find(const std::string& name) const {
    for (std::size_t i = 0; i < tensors.size(); ++i)
        if (tensors[i].name == name) return {std::uint32_t(i)};
    return {};
}

namespace {

struct UseCollector {
    const Network& network;
    std::vector<Use> found;

    void operator()(const Formula& formula) {
        for_each_read(network.pool, formula.value, [&](const ExprNode& read) {
            found.push_back({read.tensor, read.lag});
        });
    }
    void operator()(const Dense& dense) {
        found.push_back({dense.source});
        found.push_back({dense.weight});
    }
    void operator()(const DenseWeight& product) {
        found.push_back({product.source});
        found.push_back({product.adjoint});
    }
    void operator()(const Convolution& op) {
        found.push_back({op.source});
        found.push_back({op.weight});
    }
    void operator()(const ConvolutionSource& op) {
        found.push_back({op.adjoint});
        found.push_back({op.weight});
    }
    void operator()(const ConvolutionWeight& op) {
        found.push_back({op.source});
        found.push_back({op.adjoint});
    }
    void operator()(const Sparse& op) { sparse(op.source, op.weight, op.edges); }
    void operator()(const SparseSource& op) { sparse(op.adjoint, op.weight, op.edges); }
    void operator()(const SparseWeight& op) { sparse(op.source, op.adjoint, op.edges); }
    void sparse(TensorId first, TensorId second, const Edges& edges) {
        found.push_back({first});
        if (second.valid()) found.push_back({second});
        found.push_back({edges.starts});
        found.push_back({edges.targets});
    }
    void operator()(const MaxPoolAdjoint& op) {
        found.push_back({op.source});
        found.push_back({op.adjoint});
    }
    void operator()(const CrossEntropy& entropy) {
        found.push_back({entropy.source});
        found.push_back({entropy.label});
    }
    void operator()(const OneHot& one_hot) { found.push_back({one_hot.label}); }
    template <class Operator>
    void operator()(const Operator& op) {
        found.push_back({op.source});
    }
};

}  // namespace

std::vector<Use> uses(const Network& network, const Definition& definition) {
    UseCollector collector{network, {}};
    std::visit(collector, definition.kind);
    return std::move(collector.found);
}

}  // namespace snnc::ir
