#include "codegen/llvm/loops.h"

namespace snnc::codegen {

using llvm::BasicBlock;
using llvm::Value;

Value* emit_fold(llvm::IRBuilder<>& ir, Value* begin, Value* end, Value* start,
                 const std::function<Value*(Value*, Value*)>& body) {
    BasicBlock* before = ir.GetInsertBlock();
    llvm::Function* function = before->getParent();
    BasicBlock* head = BasicBlock::Create(ir.getContext(), "loop", function);
    BasicBlock* inside = BasicBlock::Create(ir.getContext(), "body", function);
    BasicBlock* after = BasicBlock::Create(ir.getContext(), "after", function);
    ir.CreateBr(head);
    ir.SetInsertPoint(head);
    llvm::PHINode* i = ir.CreatePHI(ir.getInt64Ty(), 2, "i");
    llvm::PHINode* carried = ir.CreatePHI(start->getType(), 2, "carried");
    i->addIncoming(begin, before);
    carried->addIncoming(start, before);
    ir.CreateCondBr(ir.CreateICmpSLT(i, end), inside, after);
    ir.SetInsertPoint(inside);
    Value* next = body(i, carried);
    i->addIncoming(ir.CreateAdd(i, ir.getInt64(1)), ir.GetInsertBlock());
    carried->addIncoming(next, ir.GetInsertBlock());
    ir.CreateBr(head);
    ir.SetInsertPoint(after);
    return carried;
}

void emit_loop(llvm::IRBuilder<>& ir, Value* begin, Value* end,
               const std::function<void(Value*)>& body) {
    emit_fold(ir, begin, end, ir.getInt64(0), [&](Value* i, Value* nothing) {
        body(i);
        return nothing;
    });
}

void emit_branch(llvm::IRBuilder<>& ir, llvm::Value* condition, const std::function<void()>& holds,
                 const std::function<void()>& fails) {
    llvm::Function* function = ir.GetInsertBlock()->getParent();
    auto* yes = llvm::BasicBlock::Create(ir.getContext(), "yes", function);
    auto* no = llvm::BasicBlock::Create(ir.getContext(), "no", function);
    auto* after = llvm::BasicBlock::Create(ir.getContext(), "after", function);
    ir.CreateCondBr(condition, yes, no);
    ir.SetInsertPoint(yes);
    holds();
    ir.CreateBr(after);
    ir.SetInsertPoint(no);
    fails();
    ir.CreateBr(after);
    ir.SetInsertPoint(after);
}

}  // namespace snnc::codegen
