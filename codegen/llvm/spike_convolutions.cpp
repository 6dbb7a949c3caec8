#include "codegen/llvm/spike_convolutions.h"

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/local.h"
#include "codegen/llvm/tensor_access.h"
#include "codegen/llvm/transpose.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Outputs whose sums are kept in registers at a time.
constexpr int block_vectors = 8;
/// Bytes of sums that are collected before they are turned into planes: half of a first-level
/// cache.
constexpr std::int64_t tile_bytes = 16 * 1024;

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

/// The spikes of one row, by place, and the walk over those under a window.
class SpikePlanes {
 public:
    SpikePlanes(FunctionBuilder& f, const ConvolutionKernel& kernel)
        : f_(f),
          k_(kernel),
          words_((kernel.in() + 63) / 64),
          count_(kernel.source.plane() * kernel.groups * words_),
          channels_(local(f, f.ir.getInt64Ty(), count_)) {}

    /// Reads a row of bits.
    void read(Value* bits) {
        f_.ir.CreateMemSet(channels_, f_.ir.getInt8(0), f_.number(8 * count_),
                           llvm::MaybeAlign(64));
        const std::int64_t row_words = (k_.source.elements() + 63) / 64;
        f_.loop(f_.number(0), f_.number(row_words), [&](Value* index) {
            Value* base = f_.ir.CreateMul(index, f_.number(64));
            each_bit(load_word(bits, index), [&](Value* bit) { mark(f_.ir.CreateAdd(base, bit)); });
        });
    }

    /// visit(index of the weight's row) for every spike of a group under the window at (y, x).
    void each_spike(Value* group, Value* y, Value* x, const std::function<void(Value*)>& visit) {
        f_.loop(f_.number(0), f_.number(k_.window.size[0]), [&](Value* r) {
            Value* row = coordinate(0, y, r);
            when_inside(row, k_.source.rows, padded(0), [&] {
                f_.loop(f_.number(0), f_.number(k_.window.size[1]), [&](Value* c) {
                    Value* column = coordinate(1, x, c);
                    when_inside(column, k_.source.columns, padded(1), [&] {
                        Value* place = f_.ir.CreateAdd(
                            f_.ir.CreateMul(row, f_.number(k_.source.columns)), column);
                        Value* window =
                            f_.ir.CreateAdd(f_.ir.CreateMul(r, f_.number(k_.window.size[1])), c);
                        at_place(place, group, window, visit);
                    });
                });
            });
        });
    }

 private:
    Value* load_word(Value* base, Value* index) {
        return f_.ir.CreateLoad(f_.ir.getInt64Ty(), f_.at(base, index, f_.ir.getInt64Ty()));
    }

    void each_bit(Value* word, const std::function<void(Value*)>& body) {
        f_.while_nonzero(word, [&](Value* rest) {
            body(f_.ir.CreateIntrinsic(llvm::Intrinsic::cttz, {f_.ir.getInt64Ty()},
                                       {rest, f_.ir.getTrue()}));
            return f_.ir.CreateAnd(rest, f_.ir.CreateSub(rest, f_.number(1)));
        });
    }

    /// Sets the channel of an element in the word of its place.
    void mark(Value* element) {
        Value* plane = f_.number(k_.source.plane());
        Value* channel = f_.ir.CreateUDiv(element, plane);
        Value* place = f_.ir.CreateURem(element, plane);
        Value* group = f_.ir.CreateUDiv(channel, f_.number(k_.in()));
        Value* in_group = f_.ir.CreateURem(channel, f_.number(k_.in()));
        Value* index = word_of(place, group, f_.ir.CreateLShr(in_group, f_.number(6)));
        Value* address = f_.at(channels_, index, f_.ir.getInt64Ty());
        Value* bit = f_.ir.CreateShl(f_.number(1), f_.ir.CreateAnd(in_group, f_.number(63)));
        f_.ir.CreateStore(f_.ir.CreateOr(f_.ir.CreateLoad(f_.ir.getInt64Ty(), address), bit),
                          address);
    }

    Value* word_of(Value* place, Value* group, Value* word) {
        Value* row = f_.ir.CreateAdd(f_.ir.CreateMul(place, f_.number(k_.groups)), group);
        return f_.ir.CreateAdd(f_.ir.CreateMul(row, f_.number(words_)), word);
    }

    void at_place(Value* place, Value* group, Value* window,
                  const std::function<void(Value*)>& visit) {
        for (std::int64_t word = 0; word < words_; ++word) {
            Value* bits = load_word(channels_, word_of(place, group, f_.number(word)));
            each_bit(bits, [&](Value* bit) {
                Value* channel = f_.ir.CreateAdd(bit, f_.number(64 * word));
                Value* row = f_.ir.CreateAdd(
                    f_.ir.CreateMul(channel, f_.number(k_.window.places())), window);
                visit(f_.ir.CreateMul(row, f_.number(k_.result.channels)));
            });
        }
    }

    Value* coordinate(int axis, Value* output, Value* place) {
        const auto i = std::size_t(axis);
        Value* first = f_.ir.CreateSub(f_.ir.CreateMul(output, f_.number(k_.window.stride[i])),
                                       f_.number(k_.window.padding[i]));
        return f_.ir.CreateAdd(first, f_.ir.CreateMul(place, f_.number(k_.window.dilation[i])));
    }

    bool padded(int axis) const { return k_.window.padding[std::size_t(axis)] != 0; }

    void when_inside(Value* coordinate, std::int64_t extent, bool check,
                     const std::function<void()>& body) {
        if (!check) return body();
        auto* inside = llvm::BasicBlock::Create(f_.frame.context, "inside", f_.function);
        auto* after = llvm::BasicBlock::Create(f_.frame.context, "outside", f_.function);
        f_.ir.CreateCondBr(f_.ir.CreateICmpULT(coordinate, f_.number(extent)), inside, after);
        f_.ir.SetInsertPoint(inside);
        body();
        f_.ir.CreateBr(after);
        f_.ir.SetInsertPoint(after);
    }

    FunctionBuilder& f_;
    const ConvolutionKernel& k_;
    std::int64_t words_;  // for the channels of a group
    std::int64_t count_;
    Value* channels_;
};

/// One row of a convolution, block by block of its outputs.
class Forward {
 public:
    Forward(FunctionBuilder& f, const RowPlace& place, const ConvolutionCall& call)
        : f_(f), k_(call.kernel), spikes_(f, call.kernel) {
        const BufferPlan& plan = f.frame.plan;
        weight_ = f.slot(plan.values[call.b.index]);
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
    SpikePlanes spikes_;
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
                    add_to(to, added, block.strip);
                });
            });
        });
    }

    void add_to(Value* to, const Lanes& added, const Strip& strip) {
        const Lanes old = load_floats(f_, to, strip);
        for (std::size_t j = 0; j < old.size(); ++j) {
            Value* sum = f_.ir.CreateFAdd(old[j], added[j]);
            Value* address = vector_address(f_, to, j);
            if (Value* mask = strip.mask(int(j)))
                f_.ir.CreateMaskedStore(sum, address, llvm::Align(4), mask);
            else
                f_.ir.CreateAlignedStore(sum, address, llvm::Align(4));
        }
    }

    FunctionBuilder& f_;
    const ConvolutionCall& call_;
    const ConvolutionKernel& k_;
    SpikePlanes spikes_;
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

void emit_sum_of_parts(FunctionBuilder& f, ir::TensorId target) {
    const std::int64_t count = ir::element_count(f.frame.network[target].shape);
    const int lanes = f.frame.plan.lanes;
    Value* parts = f.slot(f.frame.plan.partial.at(target));
    Value* out = f.slot(f.frame.plan.values[target.index]);
    Value* first = f.ir.CreateMul(f.task, f.number(lanes));
    Value* mask = f.ir.CreateIntrinsic(llvm::Intrinsic::get_active_lane_mask,
                                       {f.vector(f.ir.getInt1Ty()), f.ir.getInt64Ty()},
                                       {first, f.number(count)});
    llvm::Type* vector = f.vector(f.f32());
    Value* zero = llvm::Constant::getNullValue(vector);
    Value* sum = zero;
    for (std::int64_t part = 0; part < weight_parts; ++part) {
        Value* place = f.at(parts, f.ir.CreateAdd(first, f.number(part * count)), f.f32());
        sum =
            f.ir.CreateFAdd(sum, f.ir.CreateMaskedLoad(vector, place, llvm::Align(4), mask, zero));
    }
    f.ir.CreateMaskedStore(sum, f.at(out, first, f.f32()), llvm::Align(4), mask);
}

}  // namespace snnc::codegen
