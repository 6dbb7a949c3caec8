#include "codegen/llvm/spike_convolutions.h"

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/local.h"
#include "codegen/llvm/spike_strings.h"
#include "codegen/llvm/tensor_access.h"
#include "codegen/llvm/transpose.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Outputs whose sums are kept in registers at a time.
constexpr int block_vectors = 8;
/// Bytes of sums that are collected before they are turned into planes: half of a first-level
/// cache.
constexpr std::int64_t tile_bytes = std::int64_t(16) * 1024;

/// Some outputs of a group: whole vectors, the last one masked if the group ends inside it.
struct Block {
    std::int64_t first = 0, count = 0;
    Strip strip;
};

std::vector<Block> blocks_of(FunctionBuilder& f, std::int64_t outputs) {
    const int lanes = f.frame.plan.lanes;
    std::vector<Block> blocks;
    for (std::int64_t first = 0; first < outputs; first += std::int64_t(block_vectors) * lanes) {
        Block block;
        block.first = first;
        block.count = std::min(outputs - first, std::int64_t(block_vectors) * lanes);
        block.strip.vectors = int((block.count + lanes - 1) / lanes);
        if (block.count % lanes != 0) {
            std::vector<llvm::Constant*> flags;
            for (int lane = 0; lane < lanes; ++lane)
                flags.push_back(f.ir.getInt1(lane < block.count % lanes));
            block.strip.last_mask = llvm::ConstantVector::get(flags);
        }
        blocks.push_back(block);
    }
    return blocks;
}

/// One row of a convolution, block by block of its outputs.
class Forward {
 public:
    Forward(FunctionBuilder& f, const RowPlace& place, const ConvolutionCall& call)
        : f_(f), k_(call.kernel), spikes_(f, call.kernel) {
        const BufferPlan& plan = f.frame.plan;
        weight_ = f.slot(plan.turned_taps.at(call.b));
        out_ = f.row(plan.values[place.target.index], place.step, place.sample);
        spikes_.read(f.row(plan.bits[call.a.index], place.step, place.sample));
    }

    void emit() {
        for (const Block& block : blocks_of(f_, k_.out()))
            f_.loop(f_.number(0), f_.number(k_.groups), [&](Value* group) { emit(block, group); });
    }

 private:
    void emit(const Block& block, Value* group) {
        const std::int64_t width = std::int64_t(block.strip.vectors) * f_.frame.plan.lanes;
        const std::int64_t row_bytes = 4 * width * k_.result.columns;
        const std::int64_t rows =
            std::clamp<std::int64_t>(tile_bytes / row_bytes, 1, k_.result.rows);
        Value* tile = local(f_, f_.f32(), rows * k_.result.columns * width);
        Sums sums(f_, block.strip.vectors);
        Value* first_output =
            f_.ir.CreateAdd(f_.ir.CreateMul(group, f_.number(k_.out())), f_.number(block.first));
        const auto rows_from = [&](Value* first_row, std::int64_t some) {
            f_.loop(f_.number(0), f_.number(some), [&](Value* y) {
                f_.loop(f_.number(0), f_.number(k_.result.columns), [&](Value* x) {
                    sum_place(block, group, f_.ir.CreateAdd(first_row, y), x, first_output, sums);
                    Value* place =
                        f_.ir.CreateAdd(f_.ir.CreateMul(y, f_.number(k_.result.columns)), x);
                    Value* to = f_.at(tile, f_.ir.CreateMul(place, f_.number(width)), f_.f32());
                    for (std::size_t j = 0; j < sums.size(); ++j)
                        f_.ir.CreateAlignedStore(sums.get(j), vector_address(f_, to, j),
                                                 llvm::Align(4));
                });
            });
            Value* plane = f_.ir.CreateMul(first_output, f_.number(k_.result.plane()));
            Value* start =
                f_.ir.CreateAdd(plane, f_.ir.CreateMul(first_row, f_.number(k_.result.columns)));
            emit_transpose(f_, tile, width, f_.at(out_, start, f_.f32()), k_.result.plane(),
                           some * k_.result.columns, block.count);
        };
        const std::int64_t whole = k_.result.rows / rows, rest = k_.result.rows % rows;
        f_.loop(f_.number(0), f_.number(whole),
                [&](Value* part) { rows_from(f_.ir.CreateMul(part, f_.number(rows)), rows); });
        if (rest > 0) rows_from(f_.number(whole * rows), rest);
    }

    void sum_place(const Block& block, Value* group, Value* y, Value* x, Value* first_output,
                   Sums& sums) {
        sums.clear();
        spikes_.each_spike(group, y, x, [&](Value* row) {
            Value* from = f_.at(weight_, f_.ir.CreateAdd(row, first_output), f_.f32());
            sums.add(load_floats(f_, from, block.strip));
        });
    }

    FunctionBuilder& f_;
    const ConvolutionKernel& k_;
    SpikeStrings spikes_;
    Value* weight_;
    Value* out_;
};

/// A part of the sum over rows.
class Weight {
 public:
    Weight(FunctionBuilder& f, ir::TensorId target, const ConvolutionCall& call)
        : f_(f), call_(call), k_(call.kernel), spikes_(f, call.kernel) {
        const ir::Shape& shape = f.frame.network[target].shape;
        const std::int64_t count = ir::element_count(shape);
        Value* first = f.ir.CreateMul(f.task, f.number(count));
        sum_ = f.at(f.slot(f.frame.plan.partial.at(target)), first, f.f32());
        f.ir.CreateMemSet(sum_, f.ir.getInt8(0), f.number(4 * count), llvm::MaybeAlign(4));
        turned_ = local(f, f.f32(), k_.result.elements());
    }

    void emit() {
        const ir::Tensor& source = f_.frame.network[call_.a];
        Value* samples = source.per_sample ? f_.samples() : f_.number(1);
        Value* rows = source.per_step ? f_.ir.CreateMul(samples, f_.steps()) : samples;
        Value* share = f_.ir.CreateUDiv(f_.ir.CreateAdd(rows, f_.number(weight_parts - 1)),
                                        f_.number(weight_parts));
        Value* begin = f_.ir.CreateMul(f_.task, share);
        Value* end =
            f_.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, f_.ir.CreateAdd(begin, share), rows);
        f_.loop(begin, end, [&](Value* row) {
            add_row(f_.ir.CreateSDiv(row, samples), f_.ir.CreateSRem(row, samples));
        });
    }

 private:
    void add_row(Value* step, Value* sample) {
        const BufferPlan& plan = f_.frame.plan;
        spikes_.read(f_.row(plan.bits[call_.a.index], step, sample));
        emit_transpose(f_, f_.row(plan.values[call_.b.index], step, sample), k_.result.plane(),
                       turned_, k_.result.channels, k_.result.channels, k_.result.plane());
        for (const Block& block : blocks_of(f_, k_.out()))
            f_.loop(f_.number(0), f_.number(k_.groups),
                    [&](Value* group) { add_block(block, group); });
    }

    void add_block(const Block& block, Value* group) {
        Value* first_output =
            f_.ir.CreateAdd(f_.ir.CreateMul(group, f_.number(k_.out())), f_.number(block.first));
        f_.loop(f_.number(0), f_.number(k_.result.rows), [&](Value* y) {
            f_.loop(f_.number(0), f_.number(k_.result.columns), [&](Value* x) {
                Value* place = f_.ir.CreateAdd(f_.ir.CreateMul(y, f_.number(k_.result.columns)), x);
                Value* index = f_.ir.CreateAdd(
                    f_.ir.CreateMul(place, f_.number(k_.result.channels)), first_output);
                const Lanes added = load_floats(f_, f_.at(turned_, index, f_.f32()), block.strip);
                spikes_.each_spike(group, y, x, [&](Value* row) {
                    Value* to = f_.at(sum_, f_.ir.CreateAdd(row, first_output), f_.f32());
                    add_floats(f_, to, added, block.strip);
                });
            });
        });
    }

    FunctionBuilder& f_;
    const ConvolutionCall& call_;
    const ConvolutionKernel& k_;
    SpikeStrings spikes_;
    Value* sum_;
    Value* turned_;
};

}  // namespace

void emit_spike_convolution(FunctionBuilder& f, const RowPlace& place,
                            const ConvolutionCall& convolution) {
    Forward(f, place, convolution).emit();
}

void emit_spike_convolution_weight(FunctionBuilder& f, ir::TensorId target,
                                   const ConvolutionCall& convolution) {
    Weight(f, target, convolution).emit();
}

void emit_turned_taps(FunctionBuilder& f, const ConvolutionCall& convolution) {
    const ConvolutionKernel& k = convolution.kernel;
    const BufferPlan& plan = f.frame.plan;
    Value* from = f.slot(plan.values[convolution.b.index]);
    Value* to = f.slot(plan.turned_taps.at(convolution.b));
    f.loop(f.number(0), f.number(k.window.places()), [&](Value* place) {
        Value* source = f.ir.CreateAdd(f.ir.CreateMul(f.task, f.number(k.window.places())), place);
        Value* target = f.ir.CreateAdd(f.ir.CreateMul(place, f.number(k.in())), f.task);
        const auto row = [&](Value* base, Value* index) {
            return f.at(base, f.ir.CreateMul(index, f.number(k.result.channels)), f.f32());
        };
        f.ir.CreateMemCpy(row(to, target), llvm::MaybeAlign(4), row(from, source),
                          llvm::MaybeAlign(4), f.number(4 * k.result.channels));
    });
}

void emit_sum_of_parts(FunctionBuilder& f, ir::TensorId target,
                       const ConvolutionCall& convolution) {
    const ConvolutionKernel& k = convolution.kernel;
    const std::int64_t count = ir::element_count(f.frame.network[target].shape);
    const int lanes = f.frame.plan.lanes;
    Value* channel = f.ir.CreateUDiv(f.task, f.number(k.window.places()));
    Value* place = f.ir.CreateURem(f.task, f.number(k.window.places()));
    Value* tap = f.ir.CreateAdd(f.ir.CreateMul(place, f.number(k.in())), channel);
    Value* outputs = f.number(k.result.channels);
    Value* parts =
        f.at(f.slot(f.frame.plan.partial.at(target)), f.ir.CreateMul(tap, outputs), f.f32());
    Value* out =
        f.at(f.slot(f.frame.plan.values[target.index]), f.ir.CreateMul(f.task, outputs), f.f32());
    llvm::Type* vector = f.vector(f.f32());
    Value* zero = llvm::Constant::getNullValue(vector);
    f.loop(f.number(0), f.number((k.result.channels + lanes - 1) / lanes), [&](Value* number) {
        Value* first = f.ir.CreateMul(number, f.number(lanes));
        Value* mask =
            f.ir.CreateIntrinsic(llvm::Intrinsic::get_active_lane_mask,
                                 {f.vector(f.ir.getInt1Ty()), f.ir.getInt64Ty()}, {first, outputs});
        Value* sum = zero;
        for (std::int64_t part = 0; part < weight_parts; ++part) {
            Value* from = f.at(parts, f.ir.CreateAdd(first, f.number(part * count)), f.f32());
            sum = f.ir.CreateFAdd(sum,
                                  f.ir.CreateMaskedLoad(vector, from, llvm::Align(4), mask, zero));
        }
        f.ir.CreateMaskedStore(sum, f.at(out, first, f.f32()), llvm::Align(4), mask);
    });
}

}  // namespace snnc::codegen
