#include "codegen/llvm/transpose.h"

#include <algorithm>

namespace snnc::codegen {
namespace {

using llvm::Value;

Value* interleave(FunctionBuilder& f, Value* a, Value* b, bool high) {
    const int lanes = f.frame.plan.lanes;
    std::vector<int> order;
    for (int i = 0; i < lanes / 2; ++i) {
        const int place = i + (high ? lanes / 2 : 0);
        order.push_back(place);
        order.push_back(place + lanes);
    }
    return f.ir.CreateShuffleVector(a, b, order);
}

/// The first lanes; null for all of them.
Value* first_lanes(FunctionBuilder& f, std::int64_t count) {
    const int lanes = f.frame.plan.lanes;
    if (count >= lanes) return nullptr;
    std::vector<llvm::Constant*> flags;
    for (int lane = 0; lane < lanes; ++lane) flags.push_back(f.ir.getInt1(lane < count));
    return llvm::ConstantVector::get(flags);
}

class Turner {
 public:
    Turner(FunctionBuilder& f, std::int64_t from_stride, std::int64_t to_stride)
        : f_(f), lanes_(f.frame.plan.lanes), from_stride_(from_stride), to_stride_(to_stride) {}

    /// At most lanes x lanes values. Interleaving row i with row i + lanes/2 moves the highest bit
    /// of the row's number to the lowest of the column's; after log2(lanes) rounds all have moved.
    void square(Value* from, Value* to, std::int64_t rows, std::int64_t columns) {
        std::vector<Value*> vectors;
        for (std::int64_t i = 0; i < lanes_; ++i)
            vectors.push_back(i < rows ? load(from, i, first_lanes(f_, columns))
                                       : llvm::Constant::getNullValue(f_.vector(f_.f32())));
        for (std::int64_t round = 1; round < lanes_; round *= 2) {
            std::vector<Value*> next;
            for (std::size_t i = 0; i < std::size_t(lanes_ / 2); ++i)
                for (const bool high : {false, true})
                    next.push_back(
                        interleave(f_, vectors[i], vectors[i + std::size_t(lanes_ / 2)], high));
            vectors = std::move(next);
        }
        for (std::int64_t i = 0; i < std::min(columns, lanes_); ++i)
            store(vectors[std::size_t(i)], to, i, first_lanes(f_, rows));
    }

 private:
    Value* load(Value* from, std::int64_t row, Value* mask) {
        llvm::Type* type = f_.vector(f_.f32());
        Value* address = f_.at(from, f_.number(row * from_stride_), f_.f32());
        if (!mask) return f_.ir.CreateAlignedLoad(type, address, llvm::Align(4));
        return f_.ir.CreateMaskedLoad(type, address, llvm::Align(4), mask,
                                      llvm::Constant::getNullValue(type));
    }

    void store(Value* value, Value* to, std::int64_t row, Value* mask) {
        Value* address = f_.at(to, f_.number(row * to_stride_), f_.f32());
        if (mask)
            f_.ir.CreateMaskedStore(value, address, llvm::Align(4), mask);
        else
            f_.ir.CreateAlignedStore(value, address, llvm::Align(4));
    }

    FunctionBuilder& f_;
    std::int64_t lanes_, from_stride_, to_stride_;
};

/// Calls body(first, count) for whole blocks in a loop, then for what remains.
void each_block(FunctionBuilder& f, std::int64_t count,
                const std::function<void(Value* first, std::int64_t count)>& body) {
    const std::int64_t lanes = f.frame.plan.lanes;
    const std::int64_t whole = count / lanes;
    if (whole > 0)
        f.loop(f.number(0), f.number(whole),
               [&](Value* block) { body(f.ir.CreateMul(block, f.number(lanes)), lanes); });
    if (count % lanes > 0) body(f.number(whole * lanes), count % lanes);
}

}  // namespace

void emit_transpose(FunctionBuilder& f, Value* from, std::int64_t from_stride, Value* to,
                    std::int64_t to_stride, std::int64_t rows, std::int64_t columns) {
    Turner turner(f, from_stride, to_stride);
    each_block(f, rows, [&](Value* row, std::int64_t some_rows) {
        each_block(f, columns, [&](Value* column, std::int64_t some_columns) {
            Value* source = f.ir.CreateAdd(f.ir.CreateMul(row, f.number(from_stride)), column);
            Value* target = f.ir.CreateAdd(f.ir.CreateMul(column, f.number(to_stride)), row);
            turner.square(f.at(from, source, f.f32()), f.at(to, target, f.f32()), some_rows,
                          some_columns);
        });
    });
}

}  // namespace snnc::codegen
