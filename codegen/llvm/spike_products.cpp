#include "codegen/llvm/spike_products.h"

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/tensor_access.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Outputs that one pass over the spikes accumulates in registers.
constexpr int block_vectors = 16;

/// A block of output columns: whole vectors, the last one masked if the row ends inside it.
struct Block {
    std::int64_t first = 0;
    Strip strip;
};

std::vector<Block> blocks_of(FunctionBuilder& f, std::int64_t columns) {
    const int lanes = f.frame.plan.lanes;
    std::vector<Block> blocks;
    for (std::int64_t first = 0; first < columns; first += std::int64_t(block_vectors) * lanes) {
        const std::int64_t count = std::min(columns - first, std::int64_t(block_vectors) * lanes);
        Block block;
        block.first = first;
        block.strip.vectors = int((count + lanes - 1) / lanes);
        if (count % lanes != 0) {
            std::vector<llvm::Constant*> flags;
            for (int lane = 0; lane < lanes; ++lane)
                flags.push_back(f.ir.getInt1(lane < count % lanes));
            block.strip.last_mask = llvm::ConstantVector::get(flags);
        }
        blocks.push_back(block);
    }
    return blocks;
}

Value* load_word(FunctionBuilder& f, Value* row, Value* index) {
    return f.ir.CreateLoad(f.ir.getInt64Ty(), f.at(row, index, f.ir.getInt64Ty()));
}

/// Number of the lowest set bit, and the word without it.
Value* lowest_bit(FunctionBuilder& f, Value* word) {
    return f.ir.CreateIntrinsic(llvm::Intrinsic::cttz, {f.ir.getInt64Ty()}, {word, f.ir.getTrue()});
}
Value* without_lowest(FunctionBuilder& f, Value* word) {
    return f.ir.CreateAnd(word, f.ir.CreateSub(word, f.number(1)));
}

void store_vector(FunctionBuilder& f, Value* value, Value* base, int vector, Value* mask) {
    Value* address = f.at(base, f.number(std::int64_t(vector) * f.frame.plan.lanes), f.f32());
    if (mask)
        f.ir.CreateMaskedStore(value, address, llvm::Align(4), mask);
    else
        f.ir.CreateAlignedStore(value, address, llvm::Align(4));
}

}  // namespace

std::int64_t spike_words(const ir::Shape& shape) { return (ir::element_count(shape) + 63) / 64; }

void emit_spike_product(FunctionBuilder& f, ir::TensorId target, const ir::Dense& dense,
                        Value* step, Value* sample) {
    const BufferPlan& plan = f.frame.plan;
    const std::int64_t columns = ir::element_count(f.frame.network[target].shape);
    const std::int64_t words = spike_words(f.frame.network[dense.source].shape);
    Value* spikes = f.row(plan.bits[dense.source.index], step, sample);
    Value* weight = f.slot(plan.values[dense.weight.index]);
    Value* out = f.row(plan.values[target.index], step, sample);
    llvm::Type* vector = f.vector(f.f32());
    for (const Block& block : blocks_of(f, columns)) {
        // Sums live in stack places that become registers (mem2reg).
        std::vector<Value*> sums;
        for (int j = 0; j < block.strip.vectors; ++j) {
            llvm::IRBuilder<> entry(&f.function->getEntryBlock(),
                                    f.function->getEntryBlock().begin());
            sums.push_back(entry.CreateAlloca(vector));
            f.ir.CreateStore(llvm::Constant::getNullValue(vector), sums.back());
        }
        f.loop(f.number(0), f.number(words), [&](Value* index) {
            Value* base = f.ir.CreateMul(index, f.number(64));
            f.while_nonzero(load_word(f, spikes, index), [&](Value* word) {
                Value* input = f.ir.CreateAdd(base, lowest_bit(f, word));
                Value* place =
                    f.ir.CreateAdd(f.ir.CreateMul(input, f.number(columns)), f.number(block.first));
                const Lanes row = load_floats(f, f.at(weight, place, f.f32()), block.strip);
                for (std::size_t j = 0; j < row.size(); ++j)
                    f.ir.CreateStore(f.ir.CreateFAdd(f.ir.CreateLoad(vector, sums[j]), row[j]),
                                     sums[j]);
                return without_lowest(f, word);
            });
        });
        Value* base = f.at(out, f.number(block.first), f.f32());
        for (int j = 0; j < block.strip.vectors; ++j)
            store_vector(f, f.ir.CreateLoad(vector, sums[std::size_t(j)]), base, j,
                         block.strip.mask(j));
    }
}

void emit_spike_weight(FunctionBuilder& f, ir::TensorId target, const ir::DenseWeight& product) {
    const BufferPlan& plan = f.frame.plan;
    const ir::Network& network = f.frame.network;
    const ir::Tensor& source = network[product.source];
    const std::int64_t inputs = ir::element_count(source.shape);
    const std::int64_t columns = network[target].shape[1];
    Value* weight = f.slot(plan.values[target.index]);
    Value* first = f.ir.CreateMul(f.task, f.number(64));
    Value* rest = f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, f.number(64),
                                             f.ir.CreateSub(f.number(inputs), first));
    Value* own = f.at(weight, f.ir.CreateMul(first, f.number(columns)), f.f32());
    f.ir.CreateMemSet(own, f.ir.getInt8(0), f.ir.CreateMul(rest, f.number(4 * columns)),
                      llvm::MaybeAlign(4));
    const auto add_row = [&](Value* step, Value* sample) {
        Value* spikes = f.row(plan.bits[product.source.index], step, sample);
        Value* adjoint = f.row(plan.values[product.adjoint.index], step, sample);
        for (const Block& block : blocks_of(f, columns)) {
            const Lanes added =
                load_floats(f, f.at(adjoint, f.number(block.first), f.f32()), block.strip);
            f.while_nonzero(load_word(f, spikes, f.task), [&](Value* word) {
                Value* input = lowest_bit(f, word);
                Value* place =
                    f.ir.CreateAdd(f.ir.CreateMul(input, f.number(columns)), f.number(block.first));
                Value* base = f.at(own, place, f.f32());
                const Lanes old = load_floats(f, base, block.strip);
                for (std::size_t j = 0; j < old.size(); ++j)
                    store_vector(f, f.ir.CreateFAdd(old[j], added[j]), base, int(j),
                                 block.strip.mask(int(j)));
                return without_lowest(f, word);
            });
        }
    };
    Value* steps = source.per_step ? f.steps() : f.number(1);
    Value* samples = source.per_sample ? f.samples() : f.number(1);
    f.loop(f.number(0), steps, [&](Value* step) {
        f.loop(f.number(0), samples, [&](Value* sample) { add_row(step, sample); });
    });
}

}  // namespace snnc::codegen
