#include "codegen/llvm/tiled_pools.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

/// The inputs under a vector of outputs, and which of them lie at one place of the windows.
class Tile {
 public:
    Tile(FunctionBuilder& f, const ir::Window& window, const ir::Planes& source)
        : f_(f),
          lanes_(f.frame.plan.lanes),
          places_(int(window.places())),
          type_(llvm::FixedVectorType::get(f.f32(), unsigned(lanes_ * places_))) {
        const int height = int(window.size[0]), width = int(window.size[1]);
        const int columns = int(source.columns), outputs = columns / width;
        for (int r = 0; r < height; ++r)
            for (int c = 0; c < width; ++c) {
                std::vector<int> lanes;
                for (int lane = 0; lane < lanes_; ++lane)
                    lanes.push_back((lane / outputs * height + r) * columns +
                                    lane % outputs * width + c);
                at_place_.push_back(std::move(lanes));
            }
    }

    int places() const { return places_; }

    Value* load(Value* row, Value* vector) {
        return f_.ir.CreateAlignedLoad(type_, address(row, vector), llvm::Align(4));
    }
    Value* take(Value* inputs, int place) {
        return f_.ir.CreateShuffleVector(inputs, at_place_[std::size_t(place)]);
    }

    /// The reverse of take(): the values of all places, side by side.
    void store(const std::vector<Value*>& values, Value* row, Value* vector) {
        Value* all = values[0];
        int width = lanes_;
        for (std::size_t place = 1; place < values.size(); ++place, width += lanes_)
            all = append(all, width, values[place]);
        std::vector<int> order(std::size_t(lanes_ * places_));
        for (int place = 0; place < places_; ++place)
            for (int lane = 0; lane < lanes_; ++lane)
                order[std::size_t(at_place_[std::size_t(place)][std::size_t(lane)])] =
                    place * lanes_ + lane;
        f_.ir.CreateAlignedStore(f_.ir.CreateShuffleVector(all, order), address(row, vector),
                                 llvm::Align(4));
    }

 private:
    Value* address(Value* row, Value* vector) {
        Value* first = f_.ir.CreateMul(vector, f_.number(std::int64_t(lanes_) * places_));
        return f_.at(row, first, f_.f32());
    }

    /// A vector of `width` and one of `lanes_` behind each other.
    Value* append(Value* wide, int width, Value* narrow) {
        std::vector<int> widened, order;
        for (int i = 0; i < width; ++i) widened.push_back(i < lanes_ ? i : -1);
        Value* same_width = f_.ir.CreateShuffleVector(narrow, widened);
        for (int i = 0; i < width; ++i) order.push_back(i);
        for (int i = 0; i < lanes_; ++i) order.push_back(width + i);
        return f_.ir.CreateShuffleVector(wide, same_width, order);
    }

    FunctionBuilder& f_;
    int lanes_, places_;
    llvm::VectorType* type_;
    std::vector<std::vector<int>> at_place_;
};

/// The largest values and the number of the first place that holds each.
struct Largest {
    Value* value;
    Value* place;
};
Largest largest(FunctionBuilder& f, Tile& tile, Value* inputs) {
    const auto number = [&](int place) {
        return f.ir.CreateVectorSplat(unsigned(f.frame.plan.lanes),
                                      f.ir.getInt32(std::uint32_t(place)));
    };
    Largest best{tile.take(inputs, 0), number(0)};
    for (int place = 1; place < tile.places(); ++place) {
        Value* value = tile.take(inputs, place);
        Value* wins =
            f.ir.CreateOr(f.ir.CreateFCmpOGT(value, best.value), f.ir.CreateFCmpUNO(value, value));
        best = {f.ir.CreateSelect(wins, value, best.value),
                f.ir.CreateSelect(wins, number(place), best.place)};
    }
    return best;
}

Value* row(FunctionBuilder& f, const RowPlace& place, TensorId id) {
    return f.row(f.frame.plan.values[id.index], place.step, place.sample);
}

void each_vector(FunctionBuilder& f, TensorId result, const std::function<void(Value*)>& body) {
    const std::int64_t count = ir::element_count(f.frame.network[result].shape);
    f.loop(f.number(0), f.number(count / f.frame.plan.lanes), body);
}

Value* vector_at(FunctionBuilder& f, Value* row, Value* vector) {
    return f.at(row, f.ir.CreateMul(vector, f.number(f.frame.plan.lanes)), f.f32());
}

}  // namespace

bool is_tiled(const ir::Window& window, const ir::Planes& source, const ir::Planes& result,
              int lanes) {
    return window.stride == window.size && window.padding == ir::Window::Pair{0, 0} &&
           window.dilation == ir::Window::Pair{1, 1} && window.places() <= 9 &&
           source.rows == result.rows * window.size[0] &&
           source.columns == result.columns * window.size[1] && lanes % result.columns == 0 &&
           result.elements() % lanes == 0;
}

void emit_tiled_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPool& op) {
    Tile tile(f, op.window, ir::planes_of(f.frame.network[op.source].shape));
    Value* in = row(f, place, op.source);
    Value* out = row(f, place, place.target);
    each_vector(f, place.target, [&](Value* vector) {
        const Largest best = largest(f, tile, tile.load(in, vector));
        f.ir.CreateAlignedStore(best.value, vector_at(f, out, vector), llvm::Align(4));
    });
}

void emit_tiled_row(FunctionBuilder& f, const RowPlace& place, const ir::MaxPoolAdjoint& op) {
    Tile tile(f, op.window, ir::planes_of(f.frame.network[op.source].shape));
    Value* in = row(f, place, op.source);
    Value* adjoints = row(f, place, op.adjoint);
    Value* out = row(f, place, place.target);
    llvm::Type* type = f.vector(f.f32());
    each_vector(f, op.adjoint, [&](Value* vector) {
        const Largest best = largest(f, tile, tile.load(in, vector));
        Value* adjoint =
            f.ir.CreateAlignedLoad(type, vector_at(f, adjoints, vector), llvm::Align(4));
        std::vector<Value*> parts;
        for (int p = 0; p < tile.places(); ++p) {
            Value* here = f.ir.CreateICmpEQ(
                best.place, f.ir.CreateVectorSplat(unsigned(f.frame.plan.lanes),
                                                   f.ir.getInt32(std::uint32_t(p))));
            parts.push_back(f.ir.CreateSelect(here, adjoint, llvm::Constant::getNullValue(type)));
        }
        tile.store(parts, out, vector);
    });
}

}  // namespace snnc::codegen
