#include "codegen/llvm/expression.h"

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/draws.h"

namespace snnc::codegen {
namespace {

using ir::Op;
using llvm::Value;

/// Operators on one vector or scalar; see ir/expr/evaluate.h for what each means.
class OperatorEmitter {
 public:
    OperatorEmitter(FunctionBuilder& f, const std::vector<Value*>& operands)
        : f_(f), ir_(f.ir), operands_(operands), type_(operands[0]->getType()) {}

    Value* emit(Op op) {
        Value* a = operands_[0];
        Value* b = operands_.size() > 1 ? operands_[1] : nullptr;
        Value* c = operands_.size() > 2 ? operands_[2] : nullptr;
        switch (op) {
            case Op::Constant:
            case Op::Read:
            case Op::StepIndex:
            case Op::StepCount:
            case Op::BatchSize:
            case Op::Uniform:
            case Op::SourceCell:
            case Op::TargetCell: break;  // leaves are the formula emitter's
            case Op::Neg: return ir_.CreateFNeg(a);
            case Op::Not: return truth(ir_.CreateFCmpOEQ(a, zero()));
            case Op::Add: return ir_.CreateFAdd(a, b);
            case Op::Sub: return ir_.CreateFSub(a, b);
            case Op::Mul: return ir_.CreateFMul(a, b);
            case Op::Div: return ir_.CreateFDiv(a, b);
            case Op::Pow: return per_lane("powf");
            case Op::Lt: return truth(ir_.CreateFCmpOLT(a, b));
            case Op::Le: return truth(ir_.CreateFCmpOLE(a, b));
            case Op::Gt: return truth(ir_.CreateFCmpOGT(a, b));
            case Op::Ge: return truth(ir_.CreateFCmpOGE(a, b));
            case Op::Eq: return truth(ir_.CreateFCmpOEQ(a, b));
            case Op::Ne: return truth(ir_.CreateFCmpUNE(a, b));
            case Op::And: return truth(ir_.CreateAnd(holds(a), holds(b)));
            case Op::Or: return truth(ir_.CreateOr(holds(a), holds(b)));
            case Op::Select: return ir_.CreateSelect(holds(a), b, c);
            case Op::Min: return extreme(ir_.CreateFCmpOLT(a, b));
            case Op::Max: return extreme(ir_.CreateFCmpOGT(a, b));
            case Op::Clip: return clip(a, b, c);
            case Op::Abs: return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a);
            case Op::Sign:
                return ir_.CreateFSub(truth(ir_.CreateFCmpOGT(a, zero())),
                                      truth(ir_.CreateFCmpOLT(a, zero())));
            case Op::Floor: return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::floor, a);
            case Op::Round: return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::roundeven, a);
            case Op::Ceil: return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::ceil, a);
            case Op::Sqrt: return ir_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a);
            case Op::Exp: return per_lane("expf");
            case Op::Ln: return per_lane("logf");
            case Op::Log10: return per_lane("log10f");
            case Op::Log1p: return per_lane("log1pf");
            case Op::Expm1: return per_lane("expm1f");
            case Op::Sin: return per_lane("sinf");
            case Op::Cos: return per_lane("cosf");
            case Op::Tan: return per_lane("tanf");
            case Op::Tanh: return per_lane("tanhf");
            case Op::Sigmoid: return sigmoid(a);
            case Op::Softplus: return softplus(a);
            case Op::Relu: return relu(a);
            case Op::Step:
            case Op::Spike: return truth(ir_.CreateFCmpOGT(a, zero()));
            case Op::Detach: return a;
            case Op::RoundBf16: return round_to_bf16(a);
            case Op::NormalQuantile: return emit_normal_quantile(f_, a);
            case Op::PoissonQuantile: return emit_poisson_quantile(f_, a, b, c);
        }
        llvm_unreachable("a leaf is no operator");
    }

 private:
    Value* constant(double value) { return llvm::ConstantFP::get(type_, double(float(value))); }
    Value* zero() { return constant(0); }
    Value* truth(Value* condition) { return ir_.CreateUIToFP(condition, type_); }
    Value* holds(Value* value) { return ir_.CreateFCmpUNE(value, zero()); }

    Value* extreme(Value* first_wins) {
        Value* nan = ir_.CreateFCmpUNO(operands_[0], operands_[0]);
        return ir_.CreateSelect(ir_.CreateOr(nan, first_wins), operands_[0], operands_[1]);
    }

    Value* clip(Value* a, Value* low, Value* high) {
        Value* raised = ir_.CreateSelect(ir_.CreateFCmpOLT(a, low), low, a);
        return ir_.CreateSelect(ir_.CreateFCmpOGT(raised, high), high, raised);
    }

    /// One call of the C library for each lane: the same digits as the interpreter.
    Value* per_lane(const char* function) { return per_lane(function, operands_); }
    Value* per_lane(const char* function, const std::vector<Value*>& operands) {
        auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type_);
        if (!vector) return f_.libm(function, operands);
        Value* result = llvm::PoisonValue::get(type_);
        for (unsigned lane = 0; lane < vector->getNumElements(); ++lane) {
            std::vector<Value*> elements;
            for (Value* operand : operands)
                elements.push_back(ir_.CreateExtractElement(operand, lane));
            result = ir_.CreateInsertElement(result, f_.libm(function, elements), lane);
        }
        return result;
    }

    Value* exp_of_minus_abs(Value* a) {
        Value* size = ir_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a);
        return per_lane("expf", {ir_.CreateFNeg(size)});
    }

    Value* sigmoid(Value* a) {
        Value* e = exp_of_minus_abs(a);
        Value* sum = ir_.CreateFAdd(constant(1), e);
        Value* numerator = ir_.CreateSelect(ir_.CreateFCmpOGE(a, zero()), constant(1), e);
        return ir_.CreateFDiv(numerator, sum);
    }

    Value* softplus(Value* a) {
        Value* positive = ir_.CreateSelect(ir_.CreateFCmpOLT(a, zero()), zero(), a);
        return ir_.CreateFAdd(positive, per_lane("log1pf", {exp_of_minus_abs(a)}));
    }

    Value* relu(Value* a) {
        Value* kept = ir_.CreateOr(ir_.CreateFCmpOGT(a, zero()), ir_.CreateFCmpUNO(a, a));
        return ir_.CreateSelect(kept, a, zero());
    }

    Value* round_to_bf16(Value* a) {
        llvm::Type* words = type_->getWithNewType(ir_.getInt32Ty());
        const auto word = [&](std::uint32_t value) { return llvm::ConstantInt::get(words, value); };
        Value* bits = ir_.CreateBitCast(a, words);
        Value* odd = ir_.CreateAnd(ir_.CreateLShr(bits, word(16)), word(1));
        Value* raised = ir_.CreateAdd(ir_.CreateAdd(bits, word(0x7fff)), odd);
        Value* rounded = ir_.CreateBitCast(ir_.CreateAnd(raised, word(0xffff0000u)), type_);
        return ir_.CreateSelect(ir_.CreateFCmpUNO(a, a), a, rounded);
    }

    FunctionBuilder& f_;
    llvm::IRBuilder<>& ir_;
    const std::vector<Value*>& operands_;
    llvm::Type* type_;
};

}  // namespace

Value* emit_operator(FunctionBuilder& f, Op op, const std::vector<Value*>& operands) {
    return OperatorEmitter(f, operands).emit(op);
}

void FormulaEmitter::enter_loop(llvm::Instruction* before_loop, Value* step) {
    before_loop_ = before_loop;
    step_ = step;
    std::erase_if(values_, [&](const auto& entry) { return !invariant(entry.first); });
}

bool FormulaEmitter::invariant(ir::ExprId id) {
    const auto found = invariant_.find(id);
    if (found != invariant_.end()) return found->second;
    const ir::ExprNode& node = f_.frame.network.pool[id];
    bool result = node.op != Op::StepIndex;
    if (node.op == Op::Read) result = !f_.frame.network[node.tensor].per_step;
    if (node.op == Op::Uniform) result = !f_.frame.network[node.stream].per_step;
    for (const ir::ExprId operand : node.arguments()) result = invariant(operand) && result;
    return invariant_[id] = result;
}

Lanes FormulaEmitter::splat(Value* scalar) {
    return Lanes(std::size_t(vectors_),
                 f_.ir.CreateVectorSplat(unsigned(f_.frame.plan.lanes), scalar));
}

Lanes FormulaEmitter::emit(ir::ExprId id) {
    const auto found = values_.find(id);
    if (found != values_.end()) return found->second;
    Lanes value;
    if (before_loop_ && invariant(id)) {
        const llvm::IRBuilderBase::InsertPointGuard guard(f_.ir);
        f_.ir.SetInsertPoint(before_loop_);
        value = make(id);
    } else {
        value = make(id);
    }
    return values_[id] = value;
}

Lanes FormulaEmitter::make(ir::ExprId id) {
    const ir::ExprNode& node = f_.frame.network.pool[id];
    switch (node.op) {
        case Op::Constant: return splat(f_.real(node.constant));
        case Op::Read: return read_(node);
        case Op::Uniform: return draw_(node);
        case Op::StepIndex: return splat(f_.ir.CreateSIToFP(step_, f_.f32()));
        case Op::StepCount: return splat(f_.ir.CreateSIToFP(f_.steps(), f_.f32()));
        case Op::BatchSize: return splat(f_.ir.CreateSIToFP(f_.samples(), f_.f32()));
        default: break;
    }
    // The surrogate of a spike has no value forward.
    const std::size_t count = node.op == Op::Spike ? 1 : node.arguments().size();
    std::vector<Lanes> operands;
    for (std::size_t i = 0; i < count; ++i) operands.push_back(emit(node.args[i]));
    Lanes result;
    for (std::size_t j = 0; j < std::size_t(vectors_); ++j) {
        std::vector<Value*> one;
        for (const Lanes& operand : operands) one.push_back(operand[j]);
        result.push_back(emit_operator(f_, node.op, one));
    }
    return result;
}

}  // namespace snnc::codegen
