#include "codegen/llvm/sparse_adjoint.h"

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/local.h"
#include "codegen/llvm/tensor_access.h"
#include "codegen/llvm/transpose.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Vectors of a weight's row that are summed in registers at a time.
int block_vectors(const BufferPlan& plan) { return plan.lanes == 16 ? 20 : 10; }

class SparseAdjoint {
 public:
    SparseAdjoint(FunctionBuilder& f, const RowPlace& place, const ConvolutionCall& call)
        : f_(f),
          k_(call.kernel),
          lanes_(f.frame.plan.lanes),
          row_(turned_row(k_, int(lanes_))),
          frame_rows_(k_.source.rows + 2 * k_.window.padding[0]),
          frame_columns_(k_.source.columns + 2 * k_.window.padding[1]) {
        const BufferPlan& plan = f.frame.plan;
        weight_ = f.slot(plan.turned_windows.at(call.b));
        out_ = f.row(plan.values[place.target.index], place.step, place.sample);
        adjoint_ = f.row(plan.values[call.a.index], place.step, place.sample);
        // Reads of whole vectors may begin at the last output.
        turned_ = local(f, f.f32(), k_.result.elements() + lanes_);
        frame_ = local(f, f.f32(), frame_elements() + lanes_);
        sums_ = local(f, f.f32(), row_);
    }

    void emit() {
        emit_transpose(f_, adjoint_, k_.result.plane(), turned_, k_.result.channels,
                       k_.result.channels, k_.result.plane());
        f_.loop(f_.number(0), f_.number(k_.groups), [&](Value* group) {
            f_.ir.CreateMemSet(frame_, f_.ir.getInt8(0), f_.number(4 * frame_elements()),
                               llvm::MaybeAlign(64));
            f_.loop(f_.number(0), f_.number(k_.result.rows), [&](Value* y) {
                f_.loop(f_.number(0), f_.number(k_.result.columns), [&](Value* x) {
                    sum_place(group, y, x);
                    spread(y, x);
                });
            });
            write(group);
        });
    }

 private:
    /// The source's places with the padding around them, channels innermost.
    std::int64_t frame_elements() const { return frame_rows_ * frame_columns_ * k_.in(); }

    void sum_place(Value* group, Value* y, Value* x) {
        Value* place = f_.ir.CreateAdd(f_.ir.CreateMul(y, f_.number(k_.result.columns)), x);
        Value* first_output = f_.ir.CreateMul(group, f_.number(k_.out()));
        Value* values = f_.at(
            turned_,
            f_.ir.CreateAdd(f_.ir.CreateMul(place, f_.number(k_.result.channels)), first_output),
            f_.f32());
        const std::int64_t vectors = row_ / lanes_;
        const std::int64_t most = block_vectors(f_.frame.plan);
        for (std::int64_t first = 0; first < vectors; first += most) {
            Sums sums(f_, int(std::min(most, vectors - first)));
            sums.clear();
            for (std::int64_t o = 0; o < k_.out(); o += lanes_)
                add_outputs(values, first_output, o, first * lanes_, sums);
            Value* to = f_.at(sums_, f_.number(first * lanes_), f_.f32());
            for (std::size_t j = 0; j < sums.size(); ++j)
                f_.ir.CreateAlignedStore(sums.get(j), vector_address(f_, to, j), llvm::Align(4));
        }
    }

    /// Visits those of a vector of outputs that are not zero.
    void add_outputs(Value* values, Value* first_output, std::int64_t first, std::int64_t column,
                     Sums& sums) {
        llvm::Type* vector = f_.vector(f_.f32());
        Value* start = f_.at(values, f_.number(first), f_.f32());
        Value* some = f_.ir.CreateAlignedLoad(vector, start, llvm::Align(4));
        Value* flags = f_.ir.CreateFCmpUNE(some, llvm::Constant::getNullValue(vector));
        Value* word = f_.ir.CreateZExt(
            f_.ir.CreateBitCast(flags, f_.ir.getIntNTy(unsigned(lanes_))), f_.ir.getInt64Ty());
        if (const std::int64_t rest = k_.out() - first; rest < lanes_)
            word = f_.ir.CreateAnd(word, f_.number((std::int64_t(1) << rest) - 1));
        f_.while_nonzero(word, [&](Value* bits) {
            Value* lane = f_.ir.CreateIntrinsic(llvm::Intrinsic::cttz, {f_.ir.getInt64Ty()},
                                                {bits, f_.ir.getTrue()});
            Value* factor = f_.ir.CreateVectorSplat(
                unsigned(lanes_), f_.ir.CreateLoad(f_.f32(), f_.at(start, lane, f_.f32())));
            Value* output = f_.ir.CreateAdd(f_.ir.CreateAdd(first_output, f_.number(first)), lane);
            Value* place =
                f_.ir.CreateAdd(f_.ir.CreateMul(output, f_.number(row_)), f_.number(column));
            sums.add_product(factor, f_.at(weight_, place, f_.f32()));
            return f_.ir.CreateAnd(bits, f_.ir.CreateSub(bits, f_.number(1)));
        });
    }

    /// Adds the sums of one place of the result to the frame. The channels of neighbouring columns
    /// under the window follow each other there, unless the window is dilated.
    void spread(Value* y, Value* x) {
        const bool together = k_.window.dilation[1] == 1;
        const std::int64_t parts = together ? 1 : k_.window.size[1];
        const std::int64_t length = together ? k_.window.size[1] * k_.in() : k_.in();
        Value* first_row = f_.ir.CreateMul(y, f_.number(k_.window.stride[0]));
        Value* first_column = f_.ir.CreateMul(x, f_.number(k_.window.stride[1]));
        for (std::int64_t r = 0; r < k_.window.size[0]; ++r)
            for (std::int64_t c = 0; c < parts; ++c) {
                Value* row = f_.ir.CreateAdd(first_row, f_.number(r * k_.window.dilation[0]));
                Value* column = f_.ir.CreateAdd(first_column, f_.number(c * k_.window.dilation[1]));
                Value* place =
                    f_.ir.CreateAdd(f_.ir.CreateMul(row, f_.number(frame_columns_)), column);
                Value* to = f_.at(frame_, f_.ir.CreateMul(place, f_.number(k_.in())), f_.f32());
                const std::int64_t from = (r * k_.window.size[1] + c) * k_.in();
                add(f_.at(sums_, f_.number(from), f_.f32()), to, length);
            }
    }

    void add(Value* from, Value* to, std::int64_t length) {
        Strip strip;
        strip.vectors = int((length + lanes_ - 1) / lanes_);
        if (length % lanes_ != 0) {
            std::vector<llvm::Constant*> flags;
            for (std::int64_t lane = 0; lane < lanes_; ++lane)
                flags.push_back(f_.ir.getInt1(lane < length % lanes_));
            strip.last_mask = llvm::ConstantVector::get(flags);
        }
        add_floats(f_, to, load_floats(f_, from, strip), strip);
    }

    /// The frame without its padding, turned into planes.
    void write(Value* group) {
        const ir::Planes& source = k_.source;
        Value* first = f_.ir.CreateMul(group, f_.number(k_.in() * source.plane()));
        Value* planes = f_.at(out_, first, f_.f32());
        const auto& padding = k_.window.padding;
        if (padding[0] == 0 && padding[1] == 0) {
            emit_transpose(f_, frame_, k_.in(), planes, source.plane(), source.plane(), k_.in());
            return;
        }
        f_.loop(f_.number(0), f_.number(source.rows), [&](Value* row) {
            Value* line = f_.ir.CreateMul(f_.ir.CreateAdd(row, f_.number(padding[0])),
                                          f_.number(frame_columns_));
            Value* from =
                f_.ir.CreateMul(f_.ir.CreateAdd(line, f_.number(padding[1])), f_.number(k_.in()));
            Value* to = f_.ir.CreateMul(row, f_.number(source.columns));
            emit_transpose(f_, f_.at(frame_, from, f_.f32()), k_.in(), f_.at(planes, to, f_.f32()),
                           source.plane(), source.columns, k_.in());
        });
    }

    FunctionBuilder& f_;
    const ConvolutionKernel& k_;
    std::int64_t lanes_, row_, frame_rows_, frame_columns_;
    Value* weight_;
    Value* out_;
    Value* adjoint_;
    Value* turned_;
    Value* frame_;
    Value* sums_;
};

}  // namespace

std::int64_t turned_row(const ConvolutionKernel& kernel, int lanes) {
    return (kernel.window.places() * kernel.in() + lanes - 1) / lanes * lanes;
}

void emit_sparse_adjoint(FunctionBuilder& f, const RowPlace& place,
                         const ConvolutionCall& convolution) {
    SparseAdjoint(f, place, convolution).emit();
}

void emit_turned_window(FunctionBuilder& f, const ConvolutionCall& convolution) {
    const ConvolutionKernel& k = convolution.kernel;
    const BufferPlan& plan = f.frame.plan;
    Value* from = f.slot(plan.values[convolution.b.index]);
    Value* to = f.at(f.slot(plan.turned_windows.at(convolution.b)),
                     f.ir.CreateMul(f.task, f.number(turned_row(k, plan.lanes))), f.f32());
    f.loop(f.number(0), f.number(k.window.places()), [&](Value* place) {
        f.loop(f.number(0), f.number(k.in()), [&](Value* channel) {
            Value* row =
                f.ir.CreateAdd(f.ir.CreateMul(channel, f.number(k.window.places())), place);
            Value* source =
                f.ir.CreateAdd(f.ir.CreateMul(row, f.number(k.result.channels)), f.task);
            Value* target = f.ir.CreateAdd(f.ir.CreateMul(place, f.number(k.in())), channel);
            f.ir.CreateStore(f.ir.CreateLoad(f.f32(), f.at(from, source, f.f32())),
                             f.at(to, target, f.f32()));
        });
    });
}

}  // namespace snnc::codegen
