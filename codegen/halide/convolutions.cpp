#include "codegen/halide/convolutions.h"

#include <algorithm>
#include <sstream>

#include "codegen/halide/kernel_module.h"
#include "codegen/halide/target.h"

namespace snnc::codegen {
namespace {

using namespace Halide;

/// The largest vector that `count` values fill.
int lanes_for(std::int64_t count, int native) {
    int lanes = native;
    while (lanes > count) lanes /= 2;
    return lanes;
}

void set_dense(OutputImageParam array, const std::vector<std::int64_t>& extents) {
    std::int64_t stride = 1;
    for (std::size_t i = 0; i < extents.size(); ++i) {
        array.dim(int(i)).set_min(0).set_stride(int(stride));
        if (extents[i] >= 0) array.dim(int(i)).set_extent(int(extents[i]));
        stride *= extents[i];
    }
}

struct Built {
    Pipeline pipeline;
    std::vector<Argument> arguments;
};

/// One kernel; member functions build it from the geometry to the schedule.
class Builder {
 public:
    Builder(const ConvolutionKernel& kernel, const Target& target)
        : k_(kernel),
          w_(kernel.window),
          in_(int(kernel.in())),
          out_(int(kernel.out())),
          groups_(int(kernel.groups)),
          native_(halide_target(target).natural_vector_size<float>()),
          accumulators_(accumulators(target)) {}

    Built build() {
        switch (k_.kind) {
            case ConvolutionKind::Forward: return forward();
            case ConvolutionKind::Source: return source();
            case ConvolutionKind::Weight: return weight();
        }
        return {};
    }

 private:
    std::vector<std::int64_t> source_extents() const {
        return {k_.source.columns, k_.source.rows, k_.in(), k_.groups, -1};
    }
    std::vector<std::int64_t> weight_extents() const {
        return {k_.out(), k_.groups, w_.size[1], w_.size[0], k_.in()};
    }
    std::vector<std::int64_t> result_extents() const {
        return {k_.result.columns, k_.result.rows, k_.out(), k_.groups, -1};
    }
    int size(int axis) const { return int(w_.size[std::size_t(axis)]); }
    int stride(int axis) const { return int(w_.stride[std::size_t(axis)]); }
    int padding(int axis) const { return int(w_.padding[std::size_t(axis)]); }
    int dilation(int axis) const { return int(w_.dilation[std::size_t(axis)]); }
    bool padded() const { return padding(0) != 0 || padding(1) != 0; }

    /// The source with zeros around it where the window reaches beyond it.
    Func framed_source() {
        Func framed("framed");
        if (!padded()) {
            framed(x_, y_, c_, g_, n_) = a_(x_, y_, c_, g_, n_);
            return framed;
        }
        const int columns = int(k_.source.columns), rows = int(k_.source.rows);
        framed(x_, y_, c_, g_, n_) =
            select(x_ >= 0 && x_ < columns && y_ >= 0 && y_ < rows,
                   a_(clamp(x_, 0, columns - 1), clamp(y_, 0, rows - 1), c_, g_, n_), 0.0f);
        return framed;
    }

    /// The adjoint with zeros between its values (strides) and around them.
    Func spread_adjoint() {
        Func spread("spread");
        const int columns = int(k_.result.columns), rows = int(k_.result.rows);
        const Expr x = x_ / stride(1), y = y_ / stride(0);
        const Expr hit = x_ % stride(1) == 0 && y_ % stride(0) == 0;
        spread(x_, y_, c_, g_, n_) =
            select(x_ >= 0 && y_ >= 0 && hit && x < columns && y < rows,
                   a_(clamp(x, 0, columns - 1), clamp(y, 0, rows - 1), c_, g_, n_), 0.0f);
        return spread;
    }

    Built forward() {
        set_dense(a_, source_extents());
        set_dense(b_, weight_extents());
        Func framed = framed_source();
        const RDom term(0, size(1), 0, size(0), 0, in_, "term");
        Built built =
            sum(out_, int(k_.result.columns), term,
                framed(x_ * stride(1) + term.x * dilation(1) - padding(1),
                       y_ * stride(0) + term.y * dilation(0) - padding(0), term.z, g_, n_) *
                    b_(c_, g_, term.x, term.y, term.z));
        set_dense(result_.output_buffer(), result_extents());
        if (padded()) framed.compute_at(result_, n_).store_in(MemoryType::Heap);
        return built;
    }

    Built source() {
        set_dense(a_, result_extents());
        set_dense(b_, weight_extents());
        Func spread = spread_adjoint(), turned("turned");
        Var i("i"), r("r"), o("o");
        turned(i, x_, r, o, g_) = b_(o, g_, x_, r, i);
        const RDom term(0, size(1), 0, size(0), 0, out_, "term");
        Built built = sum(in_, int(k_.source.columns), term,
                          spread(x_ + padding(1) - term.x * dilation(1),
                                 y_ + padding(0) - term.y * dilation(0), term.z, g_, n_) *
                              turned(c_, term.x, term.y, term.z, g_));
        set_dense(result_.output_buffer(), source_extents());
        turned.compute_root();
        spread.compute_at(result_, n_).store_in(MemoryType::Heap);
        return built;
    }

    /// result[x, y, c, g, n] = sum over the term of a value; `channels` values of c in registers,
    /// as vectors, for several x.
    Built sum(int channels, int columns, const RDom& term, const Expr& value) {
        sum_(c_, x_, y_, g_, n_) = 0.0f;
        sum_(c_, x_, y_, g_, n_) += value;
        result_(x_, y_, c_, g_, n_) = sum_(c_, x_, y_, g_, n_);
        const int lanes = lanes_for(channels, native_);
        const int vectors = channels >= 2 * lanes ? 2 : 1;
        const int width = std::min(columns, accumulators_ / vectors);
        Var x_outer("x_outer"), c_outer("c_outer");
        result_.split(x_, x_outer, x_, width, TailStrategy::ShiftInwards)
            .split(c_, c_outer, c_, lanes * vectors, TailStrategy::ShiftInwards)
            .reorder(x_, c_, x_outer, y_, c_outer, g_, n_)
            .parallel(n_);
        sum_.compute_at(result_, x_outer)
            .store_in(MemoryType::Stack)
            .bound_extent(c_, lanes * vectors)
            .bound_extent(x_, width)
            .vectorize(c_, lanes)
            .unroll(c_)
            .unroll(x_);
        sum_.update()
            .reorder(c_, x_, term.x, term.y, term.z)
            .vectorize(c_, lanes)
            .unroll(c_)
            .unroll(x_);
        return {Pipeline(result_), {a_, b_}};
    }

    Built weight() {
        set_dense(a_, source_extents());
        set_dense(b_, result_extents());
        const Expr samples = a_.dim(4).extent();
        const Expr share = (samples + weight_parts - 1) / weight_parts;
        Func framed = framed_source(), turned("turned"), plane("plane"), partial("partial");
        Var part("part"), i("i"), r("r"), o("o");
        turned(o, x_, y_, g_, n_) = b_(x_, y_, o, g_, n_);
        const RDom place(0, int(k_.result.columns), 0, int(k_.result.rows), "place");
        plane(o, x_, r, i, g_, n_) = 0.0f;
        plane(o, x_, r, i, g_, n_) +=
            framed(place.x * stride(1) + x_ * dilation(1) - padding(1),
                   place.y * stride(0) + r * dilation(0) - padding(0), i, g_, n_) *
            turned(o, place.x, place.y, g_, n_);
        const RDom sample(0, share, "sample");
        const Expr number = part * share + sample;
        partial(o, x_, r, i, g_, part) = 0.0f;
        partial(o, x_, r, i, g_, part) +=
            select(number < samples, plane(o, x_, r, i, g_, min(number, samples - 1)), 0.0f);
        const RDom parts(0, weight_parts, "parts");
        sum_(o, x_, r, i, g_) = 0.0f;
        sum_(o, x_, r, i, g_) += partial(o, x_, r, i, g_, parts);
        result_(o, g_, x_, r, i) = sum_(o, x_, r, i, g_);
        set_dense(result_.output_buffer(), weight_extents());
        schedule_weight(framed, turned, plane, partial, sample, place, o, r, i, part);
        return {Pipeline(result_), {a_, b_}};
    }

    void schedule_weight(Func& framed, Func& turned, Func& plane, Func& partial, const RDom& sample,
                         const RDom& place, const Var& o, const Var& r, const Var& i,
                         const Var& part) {
        const int lanes = lanes_for(out_, native_);
        const int vectors = out_ >= 2 * lanes ? 2 : 1;
        const int width = std::min(size(1), accumulators_ / 2);
        Var outer("outer"), x_outer("x_outer");
        result_.compute_root();
        sum_.compute_at(result_, i);
        partial.compute_root().parallel(part);
        partial.update()
            .split(o, outer, o, lanes * vectors, TailStrategy::GuardWithIf)
            .split(x_, x_outer, x_, width, TailStrategy::GuardWithIf)
            .reorder(o, x_, x_outer, r, i, outer, g_, sample.x, part)
            .parallel(part);
        plane.compute_at(partial, x_outer)
            .store_in(MemoryType::Stack)
            .bound_extent(o, lanes * vectors)
            .bound_extent(x_, width)
            .vectorize(o, lanes)
            .unroll(o)
            .unroll(x_);
        plane.update().reorder(o, x_, place.x, place.y).vectorize(o, lanes).unroll(o).unroll(x_);
        turned.compute_at(partial, sample.x).store_in(MemoryType::Heap);
        if (padded()) framed.compute_at(partial, sample.x).store_in(MemoryType::Heap);
    }

    const ConvolutionKernel& k_;
    const ir::Window& w_;
    int in_, out_, groups_, native_, accumulators_;
    Var x_{"x"}, y_{"y"}, c_{"c"}, g_{"g"}, n_{"n"};
    ImageParam a_{Float(32), 5, "a"}, b_{Float(32), 5, "b"};
    Func sum_{"sum"}, result_{"result"};
};

Module make_module(const ConvolutionKernel& kernel, const Target& target) {
    Built built = Builder(kernel, target).build();
    return built.pipeline.compile_to_module(built.arguments, kernel.symbol, halide_target(target));
}

[[noreturn]] void refused(const ConvolutionKernel& kernel, const Halide::Error& error) {
    throw CompileFailure("Halide refused the convolution " + kernel.symbol + ": " + error.what());
}

}  // namespace

KernelCode compile_convolution(const ConvolutionKernel& kernel, const Target& target) {
    try {
        return to_code(make_module(kernel, target), "a.extent.4");
    } catch (const Halide::Error& error) {
        refused(kernel, error);
    }
}

std::string print_convolution(const ConvolutionKernel& kernel, const Target& target) {
    try {
        std::ostringstream text;
        text << make_module(kernel, target);
        return text.str();
    } catch (const Halide::Error& error) {
        refused(kernel, error);
    }
}

}  // namespace snnc::codegen
