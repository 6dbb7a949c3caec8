#include "ir/interpreter/operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/interpreter/windows.h"

namespace snnc::ir::interpreter {

namespace {

/// One operator of one definition over a range of steps.
template <class Real>
class Operators {
 public:
    Operators(Memory<Real>& memory, TensorId target, std::int64_t begin, std::int64_t end)
        : memory_(memory), target_(target), begin_(begin), end_(end) {}

    void operator()(const Formula&) const {}

    void operator()(const Dense& dense) const {
        const Real* weight = memory_.array(dense.weight).data;
        const std::int64_t outputs = memory_.network()[dense.weight].shape[1];
        const std::int64_t inputs = memory_.network()[dense.weight].shape[0];
        const bool spikes = is_spike(dense.source);
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            const Real* in = memory_.array(dense.source).at(step, sample);
            if (dense.transposed) {
                multiply_transposed(in, weight, inputs, outputs, out);
            } else {
                std::fill_n(out, outputs, Real(0));
                for (std::int64_t i = 0; i < inputs; ++i) {
                    add_scaled(in[i], weight + i * outputs, outputs, spikes, out);
                }
            }
        });
    }

    void operator()(const DenseWeight& product) const {
        const Array<Real>& source = memory_.array(product.source);
        const Array<Real>& adjoint = memory_.array(product.adjoint);
        Real* out = memory_.array(target_).data;
        std::fill_n(out, memory_.array(target_).elements, Real(0));
        const std::int64_t samples =
            std::max(memory_.samples_of(product.source), memory_.samples_of(product.adjoint));
        const bool spikes = is_spike(product.source);
        for (std::int64_t step = 0; step < memory_.steps_of(product.source); ++step) {
            for (std::int64_t sample = 0; sample < samples; ++sample) {
                const Real* in = source.at(step, sample);
                for (std::int64_t i = 0; i < source.elements; ++i) {
                    add_scaled(in[i], adjoint.at(step, sample), adjoint.elements, spikes,
                               out + i * adjoint.elements);
                }
            }
        }
    }

    void operator()(const Convolution& op) const {
        const WindowLoops loops{op.window, planes(op.source), planes(target_), op.groups};
        const Real* weight = memory_.array(op.weight).data;
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            convolve(loops, memory_.array(op.source).at(step, sample), weight, is_spike(op.source),
                     out);
        });
    }

    void operator()(const ConvolutionSource& op) const {
        const WindowLoops loops{op.window, planes(target_), planes(op.adjoint), op.groups};
        const Real* weight = memory_.array(op.weight).data;
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            convolve_back(loops, memory_.array(op.adjoint).at(step, sample), weight, out);
        });
    }

    void operator()(const ConvolutionWeight& op) const {
        const WindowLoops loops{op.window, planes(op.source), planes(op.adjoint), op.groups};
        const std::int64_t samples =
            std::max(memory_.samples_of(op.source), memory_.samples_of(op.adjoint));
        Real* out = memory_.array(target_).data;
        std::fill_n(out, memory_.array(target_).elements, Real(0));
        for (std::int64_t step = 0; step < memory_.steps_of(op.source); ++step)
            for (std::int64_t sample = 0; sample < samples; ++sample)
                add_outer(loops, memory_.array(op.source).at(step, sample),
                          memory_.array(op.adjoint).at(step, sample), out);
    }

    void operator()(const Sparse& op) const {
        const bool spikes = is_spike(op.source);
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            const Real* in = memory_.array(op.source).at(step, sample) + op.edges.from;
            std::fill_n(out, memory_.array(target_).elements, Real(0));
            each_edge(op.edges, [&](std::int64_t i, std::int64_t j, std::int64_t edge) {
                if (spikes && in[i] == 0) return;
                out[j] += in[i] * weight(op.weight, edge);
            });
        });
    }

    void operator()(const SparseSource& op) const {
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            const Real* adjoint = memory_.array(op.adjoint).at(step, sample);
            std::fill_n(out, memory_.array(target_).elements, Real(0));
            each_edge(op.edges, [&](std::int64_t i, std::int64_t j, std::int64_t edge) {
                out[op.edges.from + i] += adjoint[j] * weight(op.weight, edge);
            });
        });
    }

    void operator()(const SparseWeight& op) const {
        const bool spikes = is_spike(op.source);
        const std::int64_t samples = memory_.samples_of(op.source);
        Real* out = memory_.array(target_).data;
        std::fill_n(out, memory_.array(target_).elements, Real(0));
        for (std::int64_t step = 0; step < memory_.steps_of(op.source); ++step)
            for (std::int64_t sample = 0; sample < samples; ++sample) {
                const Real* in = memory_.array(op.source).at(step, sample) + op.edges.from;
                const Real* adjoint = memory_.array(op.adjoint).at(step, sample);
                each_edge(op.edges, [&](std::int64_t i, std::int64_t j, std::int64_t edge) {
                    if (spikes && in[i] == 0) return;
                    out[edge] += in[i] * adjoint[j];
                });
            }
    }

    void operator()(const MaxPool& op) const {
        const WindowLoops loops{op.window, planes(op.source), planes(target_), 1};
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            max_pool(loops, memory_.array(op.source).at(step, sample), out);
        });
    }

    void operator()(const SumPool& op) const {
        const WindowLoops loops{op.window, planes(op.source), planes(target_), 1};
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            sum_pool(loops, memory_.array(op.source).at(step, sample), out);
        });
    }

    void operator()(const MaxPoolAdjoint& op) const {
        const WindowLoops loops{op.window, planes(op.source), planes(op.adjoint), 1};
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            max_pool_back(loops, memory_.array(op.source).at(step, sample),
                          memory_.array(op.adjoint).at(step, sample), out);
        });
    }

    void operator()(const SumPoolAdjoint& op) const {
        const WindowLoops loops{op.window, planes(target_), planes(op.source), 1};
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            sum_pool_back(loops, memory_.array(op.source).at(step, sample), out);
        });
    }

    void operator()(const Segment& op) const {
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            std::fill_n(out, memory_.array(target_).elements, Real(0));
            const Real* in = memory_.array(op.source).at(step, sample) + op.from;
            for (std::int64_t b = 0; b < op.blocks; ++b)
                std::copy_n(in + b * op.from_stride, op.count, out + op.to + b * op.to_stride);
        });
    }

    void operator()(const SumTo& sum) const {
        const bool steps = memory_.network()[target_].per_step;
        const std::int64_t begin = steps ? begin_ : 0;
        const std::int64_t end = steps ? end_ : memory_.steps_of(sum.source);
        each_row([&](std::int64_t, std::int64_t, Real* out) {
            std::fill_n(out, memory_.array(target_).elements, Real(0));
        });
        for (std::int64_t step = begin; step < end; ++step) accumulate(sum.source, step);
    }

    /// target += source at `step`, for all samples and elements in ascending order.
    void accumulate(TensorId id, std::int64_t step) const {
        const Array<Real>& source = memory_.array(id);
        const Array<Real>& target = memory_.array(target_);
        const std::int64_t inner =
            std::max<std::int64_t>(source.elements, 1) / std::max<std::int64_t>(target.elements, 1);
        for (std::int64_t sample = 0; sample < memory_.samples_of(id); ++sample) {
            const Real* in = source.at(step, sample);
            Real* out = target.at(step, sample);
            for (std::int64_t i = 0; i < source.elements; ++i) out[i / inner] += in[i];
        }
    }

    void operator()(const MaxOverTime& op) const {
        over_time(op.source, [](auto series, std::int64_t steps) {
            Real best = series(0);
            for (std::int64_t t = 1; t < steps; ++t) best = series(t) > best ? series(t) : best;
            return best;
        });
    }

    void operator()(const FirstMaxOverTime& op) const {
        over_time(op.source, [](auto series, std::int64_t steps) {
            std::int64_t best = 0;
            for (std::int64_t t = 1; t < steps; ++t) best = series(t) > series(best) ? t : best;
            return Real(best);
        });
    }

    void operator()(const LastStep& op) const {
        over_time(op.source, [](auto series, std::int64_t steps) { return series(steps - 1); });
    }

    void operator()(const FirstSpike& op) const {
        over_time(op.source, [](auto series, std::int64_t steps) {
            std::int64_t t = 0;
            while (t < steps - 1 && series(t) == 0) ++t;
            return Real(t);
        });
    }

    /// log sum exp(x - max) - (x[label] - max), as PyTorch's log_softmax rounds.
    void operator()(const CrossEntropy& entropy) const {
        const std::int64_t classes = memory_.array(entropy.source).elements;
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            const Real* x = memory_.array(entropy.source).at(step, sample);
            const std::int64_t label = index(entropy.label, step, sample);
            if (label < 0 || label >= classes) {
                *out = std::numeric_limits<Real>::quiet_NaN();
                return;
            }
            const Real largest = *std::max_element(x, x + classes);
            Real sum = 0;
            for (std::int64_t i = 0; i < classes; ++i) sum += std::exp(x[i] - largest);
            *out = std::log(sum) - (x[label] - largest);
        });
    }

    void operator()(const Softmax& softmax) const {
        const std::int64_t classes = memory_.array(softmax.source).elements;
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            const Real* x = memory_.array(softmax.source).at(step, sample);
            const Real largest = *std::max_element(x, x + classes);
            Real sum = 0;
            for (std::int64_t i = 0; i < classes; ++i) {
                out[i] = std::exp(x[i] - largest);
                sum += out[i];
            }
            for (std::int64_t i = 0; i < classes; ++i) out[i] /= sum;
        });
    }

    void operator()(const OneHot& one_hot) const {
        const std::int64_t classes = memory_.array(target_).elements;
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            const std::int64_t label = index(one_hot.label, step, sample);
            for (std::int64_t i = 0; i < classes; ++i) out[i] = i == label ? Real(1) : Real(0);
        });
    }

    void operator()(const ArgMax& op) const {
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            *out = Real(first_largest(op.source, step, sample));
        });
    }

    void operator()(const Winner& op) const {
        each_row([&](std::int64_t step, std::int64_t sample, Real* out) {
            std::fill_n(out, memory_.array(target_).elements, Real(0));
            out[first_largest(op.source, step, sample)] = 1;
        });
    }

 private:
    Planes planes(TensorId id) const { return planes_of(memory_.network()[id].shape); }
    bool is_spike(TensorId id) const { return memory_.network()[id].kind == DataKind::Spike; }

    /// Calls visit(source cell, target cell, edge) for all edges, in their order.
    template <class Visit>
    void each_edge(const Edges& edges, Visit visit) const {
        const std::int32_t* starts = memory_.integers(edges.starts);
        const std::int32_t* targets = memory_.integers(edges.targets);
        const std::int64_t sources = memory_.array(edges.starts).elements - 1;
        for (std::int64_t i = 0; i < sources; ++i)
            for (std::int64_t edge = starts[i]; edge < starts[i + 1]; ++edge)
                visit(i, targets[edge], edge);
    }
    Real weight(TensorId id, std::int64_t edge) const {
        return id.valid() ? memory_.array(id).data[edge] : Real(1);
    }

    /// Calls row(step, sample, target row) for the target's steps in range and all its samples.
    template <class Row>
    void each_row(Row row) const {
        const bool steps = memory_.network()[target_].per_step;
        for (std::int64_t t = steps ? begin_ : 0; t < (steps ? end_ : 1); ++t) {
            for (std::int64_t sample = 0; sample < memory_.samples_of(target_); ++sample) {
                row(t, sample, memory_.array(target_).at(t, sample));
            }
        }
    }

    /// target = reduce(series, steps) for every sample and element.
    template <class Reduce>
    void over_time(TensorId source, Reduce reduce) const {
        const Array<Real>& array = memory_.array(source);
        each_row([&](std::int64_t, std::int64_t sample, Real* out) {
            for (std::int64_t i = 0; i < array.elements; ++i) {
                out[i] = reduce([&](std::int64_t t) { return array.at(t, sample)[i]; },
                                memory_.steps_of(source));
            }
        });
    }

    /// out += scale * row; a spike that is 0 adds nothing, whatever the weight.
    static void add_scaled(Real scale, const Real* row, std::int64_t length, bool spike,
                           Real* out) {
        if (spike && scale == 0) return;
        for (std::int64_t i = 0; i < length; ++i) out[i] += scale * row[i];
    }

    static void multiply_transposed(const Real* in, const Real* weight, std::int64_t inputs,
                                    std::int64_t outputs, Real* out) {
        for (std::int64_t i = 0; i < inputs; ++i) {
            Real sum = 0;
            for (std::int64_t o = 0; o < outputs; ++o) sum += in[o] * weight[i * outputs + o];
            out[i] = sum;
        }
    }

    std::int64_t index(TensorId id, std::int64_t step, std::int64_t sample) const {
        return std::int64_t(*memory_.array(id).at(step, sample));
    }

    std::int64_t first_largest(TensorId id, std::int64_t step, std::int64_t sample) const {
        const Real* x = memory_.array(id).at(step, sample);
        return std::max_element(x, x + memory_.array(id).elements) - x;
    }

    Memory<Real>& memory_;
    TensorId target_;
    std::int64_t begin_;
    std::int64_t end_;
};

}  // namespace

template <class Real>
void run_operator(Memory<Real>& memory, const Definition& definition, std::int64_t begin,
                  std::int64_t end) {
    std::visit(Operators<Real>(memory, definition.target, begin, end), definition.kind);
}

template <class Real>
void accumulate_step(Memory<Real>& memory, const Definition& definition, std::int64_t step) {
    Operators<Real>(memory, definition.target, step, step + 1)
        .accumulate(std::get<SumTo>(definition.kind).source, step);
}

template void run_operator<float>(Memory<float>&, const Definition&, std::int64_t, std::int64_t);
template void run_operator<double>(Memory<double>&, const Definition&, std::int64_t, std::int64_t);
template void accumulate_step<float>(Memory<float>&, const Definition&, std::int64_t);
template void accumulate_step<double>(Memory<double>&, const Definition&, std::int64_t);

}  // namespace snnc::ir::interpreter
