#include "tests/unit/ir/step/naive.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "ir/expr/evaluate.h"

namespace snnc::ir::test {

void Naive::follow(const StepProgram& program) {
    for (const Task& task : program.tasks) {
        const auto* scan = std::get_if<ScanTask>(&task);
        if (!scan || scan->order != Order::Backward) continue;
        for (TensorId sum : scan->sums) descending_[sum.index] = true;
    }
}

/// One element of an operator's result, written from the comments of network.h.
struct NaiveOperator {
    Naive& naive;
    TensorId target;
    std::int64_t step, sample, element;

    double at(TensorId id, std::int64_t i) { return naive.value(id, step, sample, i); }
    double at_step(TensorId id, std::int64_t t) { return naive.value(id, t, sample, element); }
    const Tensor& tensor(TensorId id) { return naive.network_[id]; }

    double operator()(const Formula& formula) {
        return naive.expression(formula.value, target, step, sample, element);
    }
    double operator()(const Dense& dense) {
        const Shape& shape = tensor(dense.weight).shape;
        double sum = 0;
        for (std::int64_t k = 0; k < shape[dense.transposed ? 1 : 0]; ++k) {
            const std::int64_t place =
                dense.transposed ? element * shape[1] + k : k * shape[1] + element;
            sum += at(dense.source, k) * naive.value(dense.weight, 0, 0, place);
        }
        return sum;
    }
    double operator()(const DenseWeight& product) {
        const std::int64_t outputs = tensor(target).shape[1];
        const Tensor& source = tensor(product.source);
        double sum = 0;
        for (std::int64_t t = 0; t < (source.per_step ? naive.steps_ : 1); ++t) {
            for (std::int64_t b = 0; b < (source.per_sample ? naive.samples_ : 1); ++b) {
                sum += naive.value(product.source, t, b, element / outputs) *
                       naive.value(product.adjoint, t, b, element % outputs);
            }
        }
        return sum;
    }
    // ---- edges: one element as a sum over all that could meet it -------------------------------

    std::int64_t whole(TensorId id, std::int64_t i) {
        return std::int64_t(naive.value(id, 0, 0, i));
    }
    double weight(TensorId id, std::int64_t edge) {
        return id.valid() ? naive.value(id, 0, 0, edge) : 1;
    }
    std::int64_t source_cell(const Edges& edges, std::int64_t edge) {
        std::int64_t i = 0;
        while (whole(edges.starts, i + 1) <= edge) ++i;
        return i;
    }
    double operator()(const Sparse& op) {
        double sum = 0;
        for (std::int64_t e = 0; e < tensor(op.edges.targets).shape[0]; ++e)
            if (whole(op.edges.targets, e) == element)
                sum +=
                    at(op.source, op.edges.from + source_cell(op.edges, e)) * weight(op.weight, e);
        return sum;
    }
    double operator()(const SparseSource& op) {
        double sum = 0;
        for (std::int64_t e = 0; e < tensor(op.edges.targets).shape[0]; ++e)
            if (op.edges.from + source_cell(op.edges, e) == element)
                sum += at(op.adjoint, whole(op.edges.targets, e)) * weight(op.weight, e);
        return sum;
    }
    double operator()(const SparseWeight& op) {
        const std::int64_t from = op.edges.from + source_cell(op.edges, element);
        const std::int64_t to = whole(op.edges.targets, element);
        double sum = 0;
        for (std::int64_t t = 0; t < (tensor(op.source).per_step ? naive.steps_ : 1); ++t)
            for (std::int64_t b = 0; b < (tensor(op.source).per_sample ? naive.samples_ : 1); ++b)
                sum += naive.value(op.source, t, b, from) * naive.value(op.adjoint, t, b, to);
        return sum;
    }

    // ---- windows: one element as a sum over all that it could meet --------------------------

    struct Position {
        std::int64_t channel, row, column;
    };
    static Position position(const Planes& planes, std::int64_t element) {
        return {element / planes.plane(), element / planes.columns % planes.rows,
                element % planes.columns};
    }
    Planes planes(TensorId id) { return planes_of(tensor(id).shape); }
    /// The value at a position; `outside` beyond the planes.
    double at(TensorId id, const Position& p, double outside) {
        const Planes all = planes(id);
        if (p.row < 0 || p.row >= all.rows || p.column < 0 || p.column >= all.columns)
            return outside;
        return at(id, (p.channel * all.rows + p.row) * all.columns + p.column);
    }
    static Position under(const Window& window, const Position& output, std::int64_t place) {
        const std::int64_t r = place / window.size[1], c = place % window.size[1];
        return {output.channel,
                output.row * window.stride[0] - window.padding[0] + r * window.dilation[0],
                output.column * window.stride[1] - window.padding[1] + c * window.dilation[1]};
    }

    double operator()(const Convolution& op) {
        const Position here = position(planes(target), element);
        const std::int64_t out = planes(target).channels;
        const std::int64_t in = planes(op.source).channels / op.groups;
        double sum = 0;
        for (std::int64_t i = 0; i < in; ++i)
            for (std::int64_t place = 0; place < op.window.places(); ++place) {
                Position from = under(op.window, here, place);
                from.channel = here.channel / (out / op.groups) * in + i;
                sum += at(op.source, from, 0) *
                       naive.value(op.weight, 0, 0,
                                   (i * op.window.places() + place) * out + here.channel);
            }
        return sum;
    }
    double operator()(const ConvolutionSource& op) {
        const Planes results = planes(op.adjoint);
        const Position here = position(planes(target), element);
        const std::int64_t in = planes(target).channels / op.groups;
        const std::int64_t out = results.channels / op.groups;
        double sum = 0;
        for (std::int64_t o = 0; o < out; ++o)
            for (std::int64_t place = 0; place < op.window.places(); ++place)
                for (std::int64_t e = 0; e < results.plane(); ++e) {
                    Position output = position(results, e);
                    output.channel = here.channel / in * out + o;
                    const Position reached = under(op.window, output, place);
                    if (reached.row != here.row || reached.column != here.column) continue;
                    sum += at(op.adjoint, output, 0) *
                           naive.value(
                               op.weight, 0, 0,
                               (here.channel % in * op.window.places() + place) * results.channels +
                                   output.channel);
                }
        return sum;
    }
    double operator()(const ConvolutionWeight& op) {
        const Planes results = planes(op.adjoint);
        const std::int64_t in = planes(op.source).channels / op.groups;
        const std::int64_t o = element % results.channels;
        const std::int64_t place = element / results.channels % op.window.places();
        const std::int64_t i = element / results.channels / op.window.places();
        double sum = 0;
        for (step = 0; step < (tensor(op.source).per_step ? naive.steps_ : 1); ++step)
            for (sample = 0; sample < naive.samples_; ++sample)
                for (std::int64_t e = 0; e < results.plane(); ++e) {
                    Position output = position(results, e);
                    Position from = under(op.window, output, place);
                    output.channel = o;
                    from.channel = o / (results.channels / op.groups) * in + i;
                    sum += at(op.source, from, 0) * at(op.adjoint, output, 0);
                }
        return sum;
    }
    /// The place of the first largest value under the window at an output.
    std::int64_t first_largest_place(TensorId source, const Window& window,
                                     const Position& output) {
        std::int64_t best = 0;
        for (std::int64_t place = 1; place < window.places(); ++place)
            if (at(source, under(window, output, place), -INFINITY) >
                at(source, under(window, output, best), -INFINITY))
                best = place;
        return best;
    }
    double operator()(const MaxPool& op) {
        const Position here = position(planes(target), element);
        const std::int64_t best = first_largest_place(op.source, op.window, here);
        return at(op.source, under(op.window, here, best), -INFINITY);
    }
    double operator()(const SumPool& op) {
        const Position here = position(planes(target), element);
        double sum = 0;
        for (std::int64_t place = 0; place < op.window.places(); ++place)
            sum += at(op.source, under(op.window, here, place), 0);
        return sum;
    }
    /// Sum of the adjoints of the outputs of which `reaches` says that they reach this element.
    template <class Reaches>
    double reached(TensorId adjoint, Reaches reaches) {
        const Position here = position(planes(target), element);
        const Planes results = planes(adjoint);
        double sum = 0;
        for (std::int64_t e = 0; e < results.plane(); ++e) {
            Position output = position(results, e);
            output.channel = here.channel;
            if (reaches(output, here)) sum += at(adjoint, output, 0);
        }
        return sum;
    }
    double operator()(const MaxPoolAdjoint& op) {
        return reached(op.adjoint, [&](const Position& output, const Position& here) {
            const Position first =
                under(op.window, output, first_largest_place(op.source, op.window, output));
            return first.row == here.row && first.column == here.column;
        });
    }
    double operator()(const SumPoolAdjoint& op) {
        return reached(op.source, [&](const Position& output, const Position& here) {
            for (std::int64_t place = 0; place < op.window.places(); ++place) {
                const Position p = under(op.window, output, place);
                if (p.row == here.row && p.column == here.column) return true;
            }
            return false;
        });
    }
    double operator()(const Segment& op) {
        for (std::int64_t b = 0; b < op.blocks; ++b) {
            const std::int64_t i = element - op.to - b * op.to_stride;
            if (i >= 0 && i < op.count) return at(op.source, op.from + b * op.from_stride + i);
        }
        return 0;
    }

    double operator()(const SumTo& op) {
        const Tensor& from = tensor(op.source);
        const Tensor& to = tensor(target);
        const bool over_steps = from.per_step && !to.per_step;
        const bool over_samples = from.per_sample && !to.per_sample;
        const std::int64_t inner = naive.elements(op.source) / naive.elements(target);
        double sum = 0;
        for (std::int64_t k = 0; k < (over_steps ? naive.steps_ : 1); ++k) {
            const std::int64_t t = !over_steps                       ? step
                                   : naive.descending_[target.index] ? naive.steps_ - 1 - k
                                                                     : k;
            for (std::int64_t b = 0; b < (over_samples ? naive.samples_ : 1); ++b) {
                for (std::int64_t e = 0; e < inner; ++e) {
                    sum +=
                        naive.value(op.source, t, over_samples ? b : sample, element * inner + e);
                }
            }
        }
        return sum;
    }
    double operator()(const MaxOverTime& op) {
        return at_step(op.source, std::int64_t((*this)(FirstMaxOverTime{op.source})));
    }
    double operator()(const FirstMaxOverTime& op) {
        std::int64_t best = 0;
        for (std::int64_t t = 1; t < naive.steps_; ++t) {
            if (at_step(op.source, t) > at_step(op.source, best)) best = t;
        }
        return double(best);
    }
    double operator()(const LastStep& op) { return at_step(op.source, naive.steps_ - 1); }
    double operator()(const FirstSpike& op) {
        for (std::int64_t t = 0; t < naive.steps_; ++t) {
            if (at_step(op.source, t) != 0) return double(t);
        }
        return double(naive.steps_ - 1);
    }
    double largest(TensorId id) { return at(id, first_largest(id)); }
    double sum_of_exponentials(TensorId id) {
        double sum = 0;
        for (std::int64_t i = 0; i < naive.elements(id); ++i) {
            sum += std::exp(at(id, i) - largest(id));
        }
        return sum;
    }
    double operator()(const CrossEntropy& op) {
        const double chosen = at(op.source, std::int64_t(at(op.label, 0)));
        return std::log(sum_of_exponentials(op.source)) - (chosen - largest(op.source));
    }
    double operator()(const Softmax& op) {
        return std::exp(at(op.source, element) - largest(op.source)) /
               sum_of_exponentials(op.source);
    }
    double operator()(const OneHot& op) { return at(op.label, 0) == double(element); }
    std::int64_t first_largest(TensorId id) {
        std::int64_t best = 0;
        for (std::int64_t i = 1; i < naive.elements(id); ++i) {
            if (at(id, i) > at(id, best)) best = i;
        }
        return best;
    }
    double operator()(const ArgMax& op) { return double(first_largest(op.source)); }
    double operator()(const Winner& op) { return first_largest(op.source) == element; }
};

double Naive::read(const ExprNode& node, TensorId target, std::int64_t step, std::int64_t sample,
                   std::int64_t element) {
    const Tensor& tensor = network_[node.tensor];
    const Shape& shape = network_[target].shape;
    const std::int64_t place = tensor.shape == shape  ? element
                               : tensor.shape.empty() ? 0
                                                      : element / (element_count(shape) / shape[0]);
    const std::int64_t at = tensor.per_step ? step - node.lag : 0;
    if (at >= 0 && at < steps_) return value(node.tensor, at, sample, place);
    if (at >= steps_ || !tensor.initial.valid()) return 0;
    const bool scalar = network_[tensor.initial].shape.empty();
    return value(tensor.initial, 0, sample, scalar ? 0 : place);
}

/// Written from docs/decisions/0005-draws-are-functions.md.
double Naive::draw(StreamId id, std::int64_t step, std::int64_t sample,
                   std::int64_t element) const {
    const Stream& stream = network_[id];
    const auto group = element / 32, within = element % 32;
    const auto number = draws_.samples.empty() ? sample : draws_.samples[std::size_t(sample)];
    const runtime::PhiloxBlock counter = {std::uint32_t(8 * group + within % 8),
                                          std::uint32_t(stream.per_step ? step : 0),
                                          std::uint32_t(number), draws_.epoch};
    const auto words =
        runtime::philox(counter, runtime::philox_key(draws_.seed, stream.purpose, stream.name));
    const std::uint32_t bits = words[std::size_t(within / 8)] >> 8;
    return double(bits) / 16777216.0;
}

double Naive::expression(ExprId id, TensorId target, std::int64_t step, std::int64_t sample,
                         std::int64_t element) {
    const ExprNode& node = network_.pool[id];
    switch (node.op) {
        case Op::Constant: return node.constant;
        case Op::Read: return read(node, target, step, sample, element);
        case Op::StepIndex: return double(step);
        case Op::StepCount: return double(steps_);
        case Op::BatchSize: return double(samples_);
        case Op::Uniform: return draw(node.stream, step, sample, element);
        default: break;
    }
    const auto operand = [&](int i) {
        return expression(node.args[i], target, step, sample, element);
    };
    if (node.op == Op::Select) return operand(operand(0) != 0 ? 1 : 2);
    double values[3] = {0, 0, 0};
    const int count = node.op == Op::Spike ? 1 : info(node.op).arity;
    for (int i = 0; i < count; ++i) values[i] = operand(i);
    return apply<double>(node.op, values[0], values[1], values[2]);
}

double Naive::value(TensorId id, std::int64_t step, std::int64_t sample, std::int64_t element) {
    const Tensor& tensor = network_[id];
    if (!tensor.per_step) step = 0;
    if (!tensor.per_sample) sample = 0;
    const std::int64_t samples = tensor.per_sample ? samples_ : 1;
    const auto outside = given_.find(id.index);
    if (outside != given_.end()) {
        return outside->second.at(std::size_t((step * samples + sample) * elements(id) + element));
    }
    const Definition* definition = network_.definition(id);
    if (!definition) throw std::logic_error("no value for " + tensor.name);
    const auto key = std::make_tuple(id.index, step, sample, element);
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    const double result =
        std::visit(NaiveOperator{*this, id, step, sample, element}, definition->kind);
    known_[key] = result;
    return result;
}

std::vector<double> Naive::values(TensorId id) {
    const Tensor& tensor = network_[id];
    std::vector<double> all;
    for (std::int64_t t = 0; t < (tensor.per_step ? steps_ : 1); ++t) {
        for (std::int64_t b = 0; b < (tensor.per_sample ? samples_ : 1); ++b) {
            for (std::int64_t e = 0; e < elements(id); ++e) all.push_back(value(id, t, b, e));
        }
    }
    return all;
}

}  // namespace snnc::ir::test
