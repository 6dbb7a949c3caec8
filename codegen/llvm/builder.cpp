#include "codegen/llvm/builder.h"

namespace snnc::codegen {

using llvm::BasicBlock;
using llvm::Value;

// The fields of RunContext (codegen/plan.h), in its order.
llvm::StructType* run_context_type(llvm::LLVMContext& context) {
    if (auto* known = llvm::StructType::getTypeByName(context, "snnc.run")) return known;
    llvm::Type* i64 = llvm::Type::getInt64Ty(context);
    llvm::Type* pointer = llvm::PointerType::get(context, 0);
    return llvm::StructType::create(
        context,
        {i64, i64, i64, pointer, pointer, i64, pointer, pointer, pointer, i64, i64, pointer, i64},
        "snnc.run");
}

FunctionBuilder::FunctionBuilder(ModuleFrame& shared, const std::string& name, bool is_task)
    : frame(shared), ir(shared.context) {
    std::vector<llvm::Type*> types = {llvm::PointerType::get(frame.context, 0)};
    if (is_task) types.insert(types.end(), {ir.getInt64Ty(), ir.getInt64Ty()});
    auto* type = llvm::FunctionType::get(ir.getVoidTy(), types, false);
    const auto linkage =
        is_task ? llvm::Function::InternalLinkage : llvm::Function::ExternalLinkage;
    function = llvm::Function::Create(type, linkage, name, frame.module);
    run = function->getArg(0);
    if (is_task) {
        task = function->getArg(1);
        thread = function->getArg(2);
    }
    ir.SetInsertPoint(BasicBlock::Create(frame.context, "entry", function));
}

Value* FunctionBuilder::field(unsigned index, const char* name) {
    Value* place = ir.CreateStructGEP(run_context_type(frame.context), run, index);
    return ir.CreateLoad(ir.getInt64Ty(), place, name);
}

Value* FunctionBuilder::pointer_field(unsigned index) {
    Value* place = ir.CreateStructGEP(run_context_type(frame.context), run, index);
    llvm::LoadInst* pointer = ir.CreateLoad(ir.getPtrTy(), place);
    pointer->setMetadata(llvm::LLVMContext::MD_invariant_load,
                         llvm::MDNode::get(frame.context, {}));
    return pointer;
}

void FunctionBuilder::set_step(Value* value) {
    ir.CreateStore(value, ir.CreateStructGEP(run_context_type(frame.context), run, 2));
}

Value* FunctionBuilder::scratch_of_thread() {
    Value* offset = ir.CreateMul(thread, field(5, "scratch_stride"));
    return at(pointer_field(4), offset, ir.getInt8Ty());
}

Value* FunctionBuilder::slot(std::int32_t index) {
    Value* place = at(pointer_field(3), number(index), ir.getPtrTy());
    return ir.CreateLoad(ir.getPtrTy(), place);
}

Value* FunctionBuilder::key(ir::StreamId stream, unsigned word) {
    return word_of_run(7, number(2 * std::int64_t(stream.index) + word));
}

Value* FunctionBuilder::sample_number(Value* sample) { return word_of_run(8, sample); }

Value* FunctionBuilder::epoch() { return ir.CreateTrunc(field(9, "epoch"), ir.getInt32Ty()); }

Value* FunctionBuilder::first_step() { return field(10, "first_step"); }

Value* FunctionBuilder::part() { return field(12, "part"); }

/// Marked as never written, so that it is loaded once and not in every step.
Value* FunctionBuilder::word_of_run(unsigned array, Value* index) {
    llvm::LoadInst* word =
        ir.CreateLoad(ir.getInt32Ty(), at(pointer_field(array), index, ir.getInt32Ty()));
    word->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(frame.context, {}));
    return word;
}

Value* FunctionBuilder::row(std::int32_t index, Value* step, Value* sample) {
    const Slot& shape = frame.plan.slots[std::size_t(index)];
    Value* row = number(0);
    if (shape.per_step && shape.ring > 0) step = ir.CreateAnd(step, number(shape.ring - 1));
    if (shape.per_step) row = shape.per_sample ? ir.CreateMul(step, samples()) : step;
    if (shape.per_sample) row = ir.CreateAdd(row, sample);
    return at(slot(index), ir.CreateMul(row, number(shape.row_bytes)), ir.getInt8Ty());
}

void FunctionBuilder::while_nonzero(Value* start, const std::function<Value*(Value*)>& body) {
    BasicBlock* before = ir.GetInsertBlock();
    BasicBlock* head = BasicBlock::Create(frame.context, "while", function);
    BasicBlock* inside = BasicBlock::Create(frame.context, "body", function);
    BasicBlock* after = BasicBlock::Create(frame.context, "after", function);
    ir.CreateBr(head);
    ir.SetInsertPoint(head);
    llvm::PHINode* carried = ir.CreatePHI(start->getType(), 2, "carried");
    carried->addIncoming(start, before);
    ir.CreateCondBr(ir.CreateIsNotNull(carried), inside, after);
    ir.SetInsertPoint(inside);
    Value* next = body(carried);
    carried->addIncoming(next, ir.GetInsertBlock());
    ir.CreateBr(head);
    ir.SetInsertPoint(after);
}

Value* FunctionBuilder::libm(const std::string& name, const std::vector<Value*>& arguments) {
    const std::vector<llvm::Type*> types(arguments.size(), f32());
    auto* type = llvm::FunctionType::get(f32(), types, false);
    auto callee = frame.module.getOrInsertFunction(name, type);
    if (auto* declared = llvm::dyn_cast<llvm::Function>(callee.getCallee())) {
        declared->setDoesNotAccessMemory();
        declared->setDoesNotThrow();
        declared->setWillReturn();
    }
    // Meant as written: LLVM would make pow(2, x) a call of exp2f, which rounds otherwise.
    llvm::CallInst* call = ir.CreateCall(callee, arguments);
    call->addFnAttr(llvm::Attribute::NoBuiltin);
    return call;
}

}  // namespace snnc::codegen
