// Each line here is one of ir/expr/quantiles.h: the same operations in the same order.
#include "ir/expr/quantiles.h"

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/draws.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// Arithmetic on vectors or scalars like `model`.
class Quantiles {
 public:
    Quantiles(llvm::IRBuilder<>& ir, Value* model)
        : ir_(ir), real_(model->getType()), whole_(ir.getInt32Ty()) {
        if (auto* vector = llvm::dyn_cast<llvm::VectorType>(real_))
            whole_ = llvm::VectorType::getInteger(vector);
    }

    Value* normal(Value* u) {
        Value* x = sub(mul(real(2), u), real(1 - 0x1p-24f));
        Value* w = ir_.CreateFNeg(log(mul(sub(real(1), x), add(real(1), x))));
        Value* center = polynomial(ir::erfinv_center, sub(w, real(2.5f)));
        Value* tail = polynomial(ir::erfinv_tail, sub(sqrt(w), real(3)));
        Value* ratio = ir_.CreateSelect(ir_.CreateFCmpOLT(w, real(5)), center, tail);
        return mul(real(1.41421354f), mul(ratio, x));
    }

    /// For means that are too large to be searched.
    Value* poisson_expansion(Value* u, Value* mean) {
        Value* z = normal(u);
        Value* spread = sqrt(mean);
        Value* square = mul(z, z);
        Value* skew = add(mul(square, real(1.0f / 6)), real(1.0f / 3));
        Value* third = ir_.CreateFDiv(mul(z, add(square, real(2))), mul(real(72), spread));
        return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::floor,
                                        sub(add(add(mean, mul(spread, z)), skew), third));
    }

    Value* real(float value) { return llvm::ConstantFP::get(real_, double(value)); }

 private:
    Value* whole(std::uint32_t value) { return llvm::ConstantInt::get(whole_, value); }
    Value* add(Value* a, Value* b) { return ir_.CreateFAdd(a, b); }
    Value* sub(Value* a, Value* b) { return ir_.CreateFSub(a, b); }
    Value* mul(Value* a, Value* b) { return ir_.CreateFMul(a, b); }
    Value* sqrt(Value* a) { return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a); }

    template <std::size_t count>
    Value* polynomial(const float (&coefficients)[count], Value* x) {
        Value* sum = real(coefficients[0]);
        for (std::size_t i = 1; i < count; ++i) sum = add(mul(sum, x), real(coefficients[i]));
        return sum;
    }

    Value* log(Value* x) {
        Value* bits = ir_.CreateSub(ir_.CreateBitCast(x, whole_), whole(ir::sqrt_half_bits));
        Value* e = ir_.CreateSIToFP(ir_.CreateAShr(bits, 23), real_);
        Value* mantissa =
            ir_.CreateAdd(ir_.CreateAnd(bits, 0x007fffffu), whole(ir::sqrt_half_bits));
        Value* m = sub(ir_.CreateBitCast(mantissa, real_), real(1));
        Value* square = mul(m, m);
        Value* series = mul(mul(polynomial(ir::log_coefficients, m), m), square);
        Value* low = sub(add(series, mul(real(ir::log2_low), e)), mul(real(0.5f), square));
        return add(add(m, low), mul(real(ir::log2_high), e));
    }

    llvm::IRBuilder<>& ir_;
    llvm::Type* real_;
    llvm::Type* whole_;
};

/// The search for a count, for all lanes at once: a lane that has found its count waits.
class PoissonSearch {
 public:
    PoissonSearch(llvm::Function* function, llvm::LLVMContext& context)
        : function_(function), context_(context), ir_(context) {}

    void emit() {
        auto* before = llvm::BasicBlock::Create(context_, "entry", function_);
        auto* head = llvm::BasicBlock::Create(context_, "search", function_);
        auto* after = llvm::BasicBlock::Create(context_, "found", function_);
        Value *u = function_->getArg(0), *mean = function_->getArg(1), *none = function_->getArg(2);
        ir_.SetInsertPoint(before);
        Quantiles numbers(ir_, u);
        Value* searched = ir_.CreateFCmpOLE(mean, numbers.real(ir::largest_searched_mean));
        Value* first = ir_.CreateAnd(searched, ir_.CreateFCmpOLE(none, u));
        ir_.CreateCondBr(any(first), head, after);

        ir_.SetInsertPoint(head);
        llvm::PHINode* open = phi(first, before);
        llvm::PHINode* count = phi(numbers.real(0), before);
        llvm::PHINode* chance = phi(none, before);
        llvm::PHINode* sum = phi(none, before);
        Value* next_count = choose(open, ir_.CreateFAdd(count, numbers.real(1)), count);
        Value* ratio = ir_.CreateFDiv(mean, next_count);
        Value* next_chance = choose(open, ir_.CreateFMul(chance, ratio), chance);
        Value* next_sum = ir_.CreateFAdd(sum, next_chance);
        Value* goes_on =
            ir_.CreateAnd(ir_.CreateFCmpOGT(next_sum, sum), ir_.CreateFCmpOLE(next_sum, u));
        goes_on = ir_.CreateAnd(open, goes_on);
        open->addIncoming(goes_on, head);
        count->addIncoming(next_count, head);
        chance->addIncoming(next_chance, head);
        sum->addIncoming(next_sum, head);
        ir_.CreateCondBr(any(goes_on), head, after);

        ir_.SetInsertPoint(after);
        llvm::PHINode* found = phi(numbers.real(0), before);
        found->addIncoming(next_count, head);
        ir_.CreateRet(ir_.CreateSelect(searched, found, numbers.poisson_expansion(u, mean)));
    }

 private:
    llvm::PHINode* phi(Value* start, llvm::BasicBlock* before) {
        llvm::PHINode* node = ir_.CreatePHI(start->getType(), 2);
        node->addIncoming(start, before);
        return node;
    }
    Value* choose(Value* condition, Value* a, Value* b) {
        return ir_.CreateSelect(condition, a, b);
    }
    Value* any(Value* flags) {
        return flags->getType()->isVectorTy() ? ir_.CreateOrReduce(flags) : flags;
    }

    llvm::Function* function_;
    llvm::LLVMContext& context_;
    llvm::IRBuilder<> ir_;
};

}  // namespace

Value* emit_normal_quantile(FunctionBuilder& f, Value* u) { return Quantiles(f.ir, u).normal(u); }

/// A function of its own, because the place of a call may be no place for a loop: what does not
/// change over the steps is emitted between other instructions.
Value* emit_poisson_quantile(FunctionBuilder& f, Value* u, Value* mean, Value* none) {
    llvm::Type* real = u->getType();
    const std::string name = real->isVectorTy() ? "poisson_quantiles" : "poisson_quantile";
    llvm::Function* function = f.frame.module.getFunction(name);
    if (!function) {
        auto* type = llvm::FunctionType::get(real, {real, real, real}, false);
        function =
            llvm::Function::Create(type, llvm::Function::InternalLinkage, name, f.frame.module);
        function->setDoesNotAccessMemory();
        function->setDoesNotThrow();
        function->setWillReturn();
        PoissonSearch(function, f.frame.context).emit();
    }
    return f.ir.CreateCall(function, {u, mean, none});
}

}  // namespace snnc::codegen
