#include "codegen/kernels.h"

namespace snnc::codegen {
namespace {

std::string convolution_symbol(const ConvolutionKernel& kernel) {
    const char* names[] = {"forward", "source", "weight"};
    std::string symbol = std::string("snnc_convolution_") + names[int(kernel.kind)];
    const auto add = [&](std::initializer_list<std::int64_t> numbers) {
        for (const std::int64_t number : numbers) symbol += "_" + std::to_string(number);
    };
    add({kernel.source.channels, kernel.source.rows, kernel.source.columns, kernel.result.channels,
         kernel.groups});
    for (const auto& pair :
         {kernel.window.size, kernel.window.stride, kernel.window.padding, kernel.window.dilation})
        add({pair[0], pair[1]});
    return symbol;
}

template <class Operator>
ConvolutionCall make_call(const ir::Network& network, ConvolutionKind kind, const Operator& op,
                          ir::TensorId source, ir::TensorId result, ir::TensorId a,
                          ir::TensorId b) {
    ConvolutionCall call;
    call.kernel = {kind,
                   op.window,
                   ir::planes_of(network[source].shape),
                   ir::planes_of(network[result].shape),
                   op.groups,
                   {}};
    call.kernel.symbol = convolution_symbol(call.kernel);
    call.a = a;
    call.b = b;
    return call;
}

class Collector {
 public:
    Collector(const ir::Network& network, const BufferPlan& plan)
        : network_(network), plan_(plan) {}

    void collect(const std::vector<ir::Task>& tasks, bool in_loop) {
        for (const ir::Task& task : tasks) {
            if (const auto* loop = std::get_if<ir::LoopTask>(&task)) collect(loop->tasks, true);
            if (const auto* op = std::get_if<ir::OperatorTask>(&task))
                collect(*network_.definition(op->target), in_loop);
        }
    }
    Kernels kernels;

 private:
    void collect(const ir::Definition& definition, bool in_loop) {
        if (const auto call = convolution_of(network_, definition)) {
            if (is_halide_convolution(network_, plan_, *call) &&
                is_new(call->kernel.symbol, call->a, in_loop))
                kernels.convolutions.push_back(call->kernel);
        } else if (is_halide_product(plan_, definition)) {
            collect_product(definition, in_loop);
        }
    }

    /// `source`: whose rows are those of the call.
    bool is_new(const std::string& symbol, ir::TensorId source, bool in_loop) {
        const auto [place, added] = kernels.rows.try_emplace(symbol);
        place->second.per_step |= network_[source].per_step && !in_loop;
        place->second.per_sample |= network_[source].per_sample;
        return added;
    }

    void collect_product(const ir::Definition& definition, bool in_loop) {
        Product product{ProductKind::Weight, 0, 0, {}};
        ir::TensorId weight = definition.target, source;
        if (const auto* dense = std::get_if<ir::Dense>(&definition.kind)) {
            product.kind = dense->transposed ? ProductKind::Transposed : ProductKind::Forward;
            weight = dense->weight;
            source = dense->source;
        } else {
            source = std::get<ir::DenseWeight>(definition.kind).source;
        }
        product.in = network_[weight].shape[0];
        product.out = network_[weight].shape[1];
        product.symbol = product_symbol(product.kind, product.in, product.out);
        if (is_new(product.symbol, source, in_loop)) kernels.products.push_back(product);
    }

    const ir::Network& network_;
    const BufferPlan& plan_;
};

}  // namespace

bool is_halide_product(const BufferPlan& plan, const ir::Definition& definition) {
    if (const auto* dense = std::get_if<ir::Dense>(&definition.kind))
        return plan.values[dense->source.index] >= 0 || dense->transposed;
    if (const auto* product = std::get_if<ir::DenseWeight>(&definition.kind))
        return plan.values[product->source.index] >= 0;
    return false;
}

std::optional<ConvolutionCall> convolution_of(const ir::Network& network,
                                              const ir::Definition& definition) {
    const ir::TensorId target = definition.target;
    if (const auto* op = std::get_if<ir::Convolution>(&definition.kind))
        return make_call(network, ConvolutionKind::Forward, *op, op->source, target, op->source,
                         op->weight);
    if (const auto* op = std::get_if<ir::ConvolutionSource>(&definition.kind))
        return make_call(network, ConvolutionKind::Source, *op, target, op->adjoint, op->adjoint,
                         op->weight);
    if (const auto* op = std::get_if<ir::ConvolutionWeight>(&definition.kind))
        return make_call(network, ConvolutionKind::Weight, *op, op->source, op->adjoint, op->source,
                         op->adjoint);
    return std::nullopt;
}

namespace {

/// What the hand-made kernels keep on the stack at most.
constexpr std::int64_t stack_bytes = 1 << 18;

}  // namespace

/// Behind a max pool one place in each window has an adjoint. The sums are as long as a window of
/// the source: with few places or channels Halide's kernel is better.
bool skips_zeros(const ir::Network& network, const BufferPlan& plan, const ConvolutionCall& call) {
    const ConvolutionKernel& k = call.kernel;
    const ir::Definition* adjoint = network.definition(call.a);
    if (k.kind != ConvolutionKind::Source || !adjoint || plan.values[call.a.index] < 0)
        return false;
    const auto* pool = std::get_if<ir::MaxPoolAdjoint>(&adjoint->kind);
    const std::int64_t lanes = plan.lanes;
    if (!pool || pool->window.places() < 4 || k.window.places() * k.in() < 4 * lanes) return false;
    const std::int64_t rows = k.source.rows + 2 * k.window.padding[0];
    const std::int64_t columns = k.source.columns + 2 * k.window.padding[1];
    const std::int64_t frame = rows * columns * k.in();
    return 4 * frame <= stack_bytes && 4 * k.result.elements() <= stack_bytes;
}

bool is_halide_convolution(const ir::Network& network, const BufferPlan& plan,
                           const ConvolutionCall& call) {
    return !walks_spikes(plan, call) && !skips_zeros(network, plan, call);
}

bool walks_spikes(const BufferPlan& plan, const ConvolutionCall& call) {
    if (call.kernel.kind == ConvolutionKind::Source) return false;
    if (plan.bits[call.a.index] < 0 || plan.values[call.a.index] >= 0) return false;
    // The strings of bits and a turned result lie on the stack.
    const ConvolutionKernel& k = call.kernel;
    const std::int64_t words =
        k.groups * (k.source.rows + 2 * k.window.padding[0]) * spike_row_words(k);
    return 8 * words <= stack_bytes && 4 * k.result.elements() <= stack_bytes;
}

std::int64_t spike_row_words(const ConvolutionKernel& kernel) {
    const std::int64_t columns = kernel.source.columns + 2 * kernel.window.padding[1];
    return (columns * kernel.in() - 1) / 64 + 2;
}

Kernels kernels_of(const ir::Network& network, const ir::StepProgram& program,
                   const BufferPlan& plan) {
    Collector collector(network, plan);
    collector.collect(program.tasks, false);
    return std::move(collector.kernels);
}

std::string product_symbol(ProductKind kind, std::int64_t in, std::int64_t out) {
    const char* names[] = {"forward", "transposed", "weight"};
    return std::string("snnc_product_") + names[int(kind)] + "_" + std::to_string(in) + "_" +
           std::to_string(out);
}

}  // namespace snnc::codegen
