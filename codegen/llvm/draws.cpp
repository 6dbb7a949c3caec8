#include "codegen/llvm/draws.h"

#include <array>

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Philox4x32-10 on lanes of counters. A word is a scalar as long as it is the same for all lanes:
/// at first only the block differs.
class PhiloxEmitter {
 public:
    using Words = std::array<Value*, 4>;

    PhiloxEmitter(FunctionBuilder& f, ir::StreamId stream)
        : ir_(f.ir), lanes_(f.frame.plan.lanes), key_{f.key(stream, 0), f.key(stream, 1)} {}

    Words run(Words words) {
        for (int round = 0; round < 10; ++round) {
            const Product a = multiply(words[0], 0xD2511F53u);
            const Product b = multiply(words[2], 0xCD9E8D57u);
            words = {mix(mix(words[1], key_[0]), b.high), b.low,
                     mix(mix(words[3], key_[1]), a.high), a.low};
            key_[0] = ir_.CreateAdd(key_[0], ir_.getInt32(0x9E3779B9u));
            key_[1] = ir_.CreateAdd(key_[1], ir_.getInt32(0xBB67AE85u));
        }
        return words;
    }

 private:
    struct Product {
        Value *low, *high;
    };

    Product multiply(Value* word, std::uint32_t factor) {
        return word->getType()->isVectorTy() ? multiply_lanes(word, factor)
                                             : multiply_scalar(word, factor);
    }

    Product multiply_scalar(Value* word, std::uint32_t factor) {
        Value* wide = ir_.CreateMul(ir_.CreateZExt(word, ir_.getInt64Ty()), ir_.getInt64(factor));
        Value* high = ir_.CreateLShr(wide, 32);
        return {ir_.CreateTrunc(wide, ir_.getInt32Ty()), ir_.CreateTrunc(high, ir_.getInt32Ty())};
    }

    /// Processors multiply every second lane into 64 bits: once the even ones, once the odd ones.
    Product multiply_lanes(Value* words, std::uint32_t factor) {
        auto* wide = llvm::FixedVectorType::get(ir_.getInt64Ty(), unsigned(lanes_ / 2));
        Value* factors = llvm::ConstantInt::get(wide, factor);
        Value* low_half = llvm::ConstantInt::get(wide, 0xffffffffu);
        Value* pairs = ir_.CreateBitCast(words, wide);
        Value* even = ir_.CreateMul(ir_.CreateAnd(pairs, low_half), factors);
        Value* odd = ir_.CreateMul(ir_.CreateLShr(pairs, 32), factors);
        even = ir_.CreateBitCast(even, words->getType());
        odd = ir_.CreateBitCast(odd, words->getType());
        llvm::SmallVector<int> low, high;
        for (int lane = 0; lane < lanes_; lane += 2) {
            low.append({lane, lanes_ + lane});
            high.append({lane + 1, lanes_ + lane + 1});
        }
        return {ir_.CreateShuffleVector(even, odd, low), ir_.CreateShuffleVector(even, odd, high)};
    }

    Value* mix(Value* a, Value* b) {
        if (a->getType() != b->getType()) {
            Value*& scalar = a->getType()->isVectorTy() ? b : a;
            scalar = ir_.CreateVectorSplat(unsigned(lanes_), scalar);
        }
        return ir_.CreateXor(a, b);
    }

    llvm::IRBuilder<>& ir_;
    int lanes_;
    Value* key_[2];
};

/// The numbers of the blocks of a strip's counters as vectors in the order of the elements: 32
/// elements are eight lanes of word 0, then of word 1, 2, 3 (runtime::DrawPlace).
std::vector<Value*> in_element_order(FunctionBuilder& f, const PhiloxEmitter::Words& words) {
    const int lanes = f.frame.plan.lanes;
    if (lanes == 8) return {words.begin(), words.end()};
    std::vector<Value*> ordered;
    for (const int half : {0, 8})
        for (const unsigned word : {0u, 2u}) {
            llvm::SmallVector<int> places;
            for (int lane = 0; lane < 16; ++lane) places.push_back(half + lane % 8 + lane / 8 * 16);
            ordered.push_back(f.ir.CreateShuffleVector(words[word], words[word + 1], places));
        }
    return ordered;
}

}  // namespace

Lanes emit_uniform(FunctionBuilder& f, ir::StreamId stream, const Strip& strip, Value* step) {
    // A strip is as wide as the lanes' blocks have words, so it starts with the first of a block.
    static_assert(strip_vectors == 4);
    llvm::IRBuilder<>& ir = f.ir;
    const int lanes = f.frame.plan.lanes;
    llvm::Type* i32 = ir.getInt32Ty();
    std::vector<llvm::Constant*> ramp;
    for (int lane = 0; lane < lanes; ++lane) ramp.push_back(ir.getInt32(unsigned(lane)));
    Value* first = ir.CreateTrunc(ir.CreateLShr(strip.element, 2), i32);
    Value* blocks =
        ir.CreateAdd(ir.CreateVectorSplat(unsigned(lanes), first), llvm::ConstantVector::get(ramp));
    Value* at = ir.getInt32(0);
    if (step) at = ir.CreateTrunc(ir.CreateAdd(f.first_step(), step), i32);
    const PhiloxEmitter::Words words =
        PhiloxEmitter(f, stream).run({blocks, at, f.sample_number(strip.sample), f.epoch()});

    const std::vector<Value*> ordered = in_element_order(f, words);
    Lanes result;
    for (int j = 0; j < strip.vectors; ++j) {
        Value* bits = ir.CreateLShr(ordered[std::size_t(j)], 8);
        Value* whole = ir.CreateSIToFP(bits, f.vector(f.f32()));  // below 2^24: exact
        result.push_back(ir.CreateFMul(whole, llvm::ConstantFP::get(whole->getType(), 0x1p-24)));
    }
    return result;
}

}  // namespace snnc::codegen
