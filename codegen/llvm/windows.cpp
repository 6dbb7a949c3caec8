#include "codegen/llvm/windows.h"

#include <llvm/IR/Intrinsics.h>

#include <cmath>

#include "codegen/llvm/tensor_access.h"
#include "codegen/llvm/tiled_pools.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

/// Walks over the outputs of a window, channel by channel and row by row.
class WindowWalk {
 public:
    WindowWalk(FunctionBuilder& f, const ir::Window& window, const ir::Planes& source,
               const ir::Planes& result)
        : f_(f), window_(window), source_(source), result_(result) {}

    /// body(output) for every output; places() then gives what lies under the window there.
    void each_output(const std::function<void(Value* output)>& body) {
        f_.loop(f_.number(0), f_.number(source_.channels), [&](Value* channel) {
            plane_ = f_.ir.CreateMul(channel, f_.number(source_.plane()));
            f_.loop(f_.number(0), f_.number(result_.rows), [&](Value* y) {
                y_ = y;
                Value* row = f_.ir.CreateAdd(f_.ir.CreateMul(channel, f_.number(result_.rows)), y);
                Value* first = f_.ir.CreateMul(row, f_.number(result_.columns));
                f_.loop(f_.number(0), f_.number(result_.columns), [&](Value* x) {
                    x_ = x;
                    body(f_.ir.CreateAdd(first, x));
                });
            });
        });
    }

    /// An element of the source, and whether it is there (null: always). An element that is not
    /// there has the index of one that is.
    struct Place {
        Value* element;
        Value* inside;
    };
    Place place(std::int64_t r, std::int64_t c) {
        Value* row = coordinate(0, y_, r);
        Value* column = coordinate(1, x_, c);
        Value* inside = nullptr;
        check(inside, 0, row, source_.rows, result_.rows);
        check(inside, 1, column, source_.columns, result_.columns);
        Value* in_plane = f_.ir.CreateAdd(f_.ir.CreateMul(row, f_.number(source_.columns)), column);
        Value* element = f_.ir.CreateAdd(plane_, in_plane);
        if (inside) element = f_.ir.CreateSelect(inside, element, f_.number(0));
        return {element, inside};
    }
    template <class Body>
    void each_place(Body body) {
        for (std::int64_t r = 0; r < window_.size[0]; ++r)
            for (std::int64_t c = 0; c < window_.size[1]; ++c) body(place(r, c));
    }

 private:
    Value* coordinate(int axis, Value* output, std::int64_t place) {
        const auto i = std::size_t(axis);
        Value* first = f_.ir.CreateMul(output, f_.number(window_.stride[i]));
        return f_.ir.CreateAdd(first, f_.number(place * window_.dilation[i] - window_.padding[i]));
    }

    void check(Value*& inside, int axis, Value* coordinate, std::int64_t extent,
               std::int64_t outputs) {
        const auto i = std::size_t(axis);
        const std::int64_t last =
            window_.first(axis, outputs - 1) + (window_.size[i] - 1) * window_.dilation[i];
        if (window_.padding[i] == 0 && last < extent) return;
        Value* fits = f_.ir.CreateICmpULT(coordinate, f_.number(extent));
        inside = inside ? f_.ir.CreateAnd(inside, fits) : fits;
    }

    FunctionBuilder& f_;
    const ir::Window& window_;
    ir::Planes source_, result_;
    Value* plane_ = nullptr;
    Value* y_ = nullptr;
    Value* x_ = nullptr;
};

ir::Planes planes(FunctionBuilder& f, TensorId id) {
    return ir::planes_of(f.frame.network[id].shape);
}

std::int64_t count(FunctionBuilder& f, TensorId id) {
    return ir::element_count(f.frame.network[id].shape);
}

Value* target_row(FunctionBuilder& f, const RowPlace& place) {
    return f.row(f.frame.plan.values[place.target.index], place.step, place.sample);
}

void clear(FunctionBuilder& f, Value* row, std::int64_t elements) {
    f.ir.CreateMemSet(row, f.ir.getInt8(0), f.number(4 * elements), llvm::MaybeAlign(4));
}

void add_to(FunctionBuilder& f, Value* row, Value* element, Value* value) {
    Value* address = f.at(row, element, f.f32());
    f.ir.CreateStore(f.ir.CreateFAdd(f.ir.CreateLoad(f.f32(), address), value), address);
}

/// The largest value under the window and its element. NaN is larger than everything.
struct Largest {
    Value* value;
    Value* element;
};
Largest largest(FunctionBuilder& f, const RowPlace& row, TensorId source, WindowWalk& walk) {
    Largest best{nullptr, nullptr};
    walk.each_place([&](const WindowWalk::Place& place) {
        Value* value = load_element(f, source, row.step, row.sample, place.element);
        if (place.inside) value = f.ir.CreateSelect(place.inside, value, f.real(-INFINITY));
        if (!best.value) {
            best = {value, place.element};
            return;
        }
        Value* wins =
            f.ir.CreateOr(f.ir.CreateFCmpOGT(value, best.value), f.ir.CreateFCmpUNO(value, value));
        best = {f.ir.CreateSelect(wins, value, best.value),
                f.ir.CreateSelect(wins, place.element, best.element)};
    });
    return best;
}

/// Vectors of `elements` values, the last one masked: body(strip).
void each_vector(FunctionBuilder& f, std::int64_t elements, const ir::Shape& shape, Value* sample,
                 const std::function<void(const Strip&)>& body) {
    const std::int64_t lanes = f.frame.plan.lanes;
    f.loop(f.number(0), f.number((elements + lanes - 1) / lanes), [&](Value* vector) {
        Strip strip;
        strip.shape = shape;
        strip.sample = sample;
        strip.element = f.ir.CreateMul(vector, f.number(lanes));
        strip.last_mask = f.ir.CreateIntrinsic(llvm::Intrinsic::get_active_lane_mask,
                                               {f.vector(f.ir.getInt1Ty()), f.ir.getInt64Ty()},
                                               {strip.element, f.number(elements)});
        body(strip);
    });
}

bool tiled(FunctionBuilder& f, const ir::Window& window, TensorId source, TensorId result) {
    const BufferPlan& plan = f.frame.plan;
    return plan.values[source.index] >= 0 && plan.values[result.index] >= 0 &&
           is_tiled(window, planes(f, source), planes(f, result), plan.lanes);
}

}  // namespace

void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPool& op) {
    if (tiled(f, op.window, op.source, place.target)) return emit_tiled_row(f, place, op);
    Value* out = target_row(f, place);
    WindowWalk walk(f, op.window, planes(f, op.source), planes(f, place.target));
    walk.each_output([&](Value* output) {
        f.ir.CreateStore(largest(f, place, op.source, walk).value, f.at(out, output, f.f32()));
    });
}

void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::SumPool& op) {
    Value* out = target_row(f, place);
    WindowWalk walk(f, op.window, planes(f, op.source), planes(f, place.target));
    walk.each_output([&](Value* output) {
        Value* sum = f.real(0);
        walk.each_place([&](const WindowWalk::Place& at) {
            Value* value = load_element(f, op.source, place.step, place.sample, at.element);
            if (at.inside) value = f.ir.CreateSelect(at.inside, value, f.real(0));
            sum = f.ir.CreateFAdd(sum, value);
        });
        f.ir.CreateStore(sum, f.at(out, output, f.f32()));
    });
}

void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPoolAdjoint& op) {
    if (tiled(f, op.window, op.source, op.adjoint)) return emit_tiled_row(f, place, op);
    Value* out = target_row(f, place);
    clear(f, out, count(f, place.target));
    WindowWalk walk(f, op.window, planes(f, op.source), planes(f, op.adjoint));
    walk.each_output([&](Value* output) {
        Value* adjoint = load_element(f, op.adjoint, place.step, place.sample, output);
        add_to(f, out, largest(f, place, op.source, walk).element, adjoint);
    });
}

void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::SumPoolAdjoint& op) {
    Value* out = target_row(f, place);
    clear(f, out, count(f, place.target));
    WindowWalk walk(f, op.window, planes(f, place.target), planes(f, op.source));
    walk.each_output([&](Value* output) {
        Value* adjoint = load_element(f, op.source, place.step, place.sample, output);
        walk.each_place([&](const WindowWalk::Place& at) {
            Value* part = at.inside ? f.ir.CreateSelect(at.inside, adjoint, f.real(0)) : adjoint;
            add_to(f, out, at.element, part);
        });
    });
}

namespace {

/// `count` elements of the source's row, from element `from` on.
void copy_elements(FunctionBuilder& f, const RowPlace& place, TensorId source, Value* from,
                   Value* to, std::int64_t count) {
    const std::int32_t floats = f.frame.plan.values[source.index];
    if (floats >= 0) {
        Value* address = f.at(f.row(floats, place.step, place.sample), from, f.f32());
        f.ir.CreateMemCpy(to, llvm::MaybeAlign(4), address, llvm::MaybeAlign(4),
                          f.number(4 * count));
        return;
    }
    f.loop(f.number(0), f.number(count), [&](Value* i) {
        Value* element = f.ir.CreateAdd(i, from);
        f.ir.CreateStore(load_element(f, source, place.step, place.sample, element),
                         f.at(to, i, f.f32()));
    });
}

}  // namespace

void emit_row(FunctionBuilder& f, const RowPlace& place, const ir::Segment& op) {
    const std::int64_t whole = count(f, place.target);
    Value* out = target_row(f, place);
    if (op.count * op.blocks < whole) clear(f, out, whole);
    f.loop(f.number(0), f.number(op.blocks), [&](Value* block) {
        Value* from =
            f.ir.CreateAdd(f.ir.CreateMul(block, f.number(op.from_stride)), f.number(op.from));
        Value* to = f.ir.CreateAdd(f.ir.CreateMul(block, f.number(op.to_stride)), f.number(op.to));
        copy_elements(f, place, op.source, from, f.at(out, to, f.f32()), op.count);
    });
}

void emit_unpacked_row(FunctionBuilder& f, const RowPlace& place) {
    const std::int32_t slot = f.frame.plan.unpacked.at(place.target);
    Value* out = f.row(slot, place.step, place.sample);
    const ir::Shape& shape = f.frame.network[place.target].shape;
    each_vector(f, count(f, place.target), shape, place.sample, [&](const Strip& strip) {
        Value* value = load_lanes(f, place.target, strip, place.step)[0];
        f.ir.CreateMaskedStore(value, f.at(out, strip.element, f.f32()), llvm::Align(4),
                               strip.last_mask);
    });
}

}  // namespace snnc::codegen
