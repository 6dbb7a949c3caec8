#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {

using llvm::BasicBlock;
using llvm::Value;

namespace {

/// Largest number of steps, of samples, and of elements of one array.
constexpr std::int64_t most = INT32_MAX;

}  // namespace

llvm::Constant* bytes_constant(EntryFrame& frame, const std::vector<std::byte>& bytes) {
    const llvm::StringRef text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    auto* value = llvm::ConstantDataArray::getString(frame.context, text, false);
    auto* global = new llvm::GlobalVariable(frame.module, value->getType(), true,
                                            llvm::GlobalValue::PrivateLinkage, value);
    global->setAlignment(llvm::Align(64));
    return global;
}

llvm::Constant* text_constant(EntryFrame& frame, const std::string& text) {
    auto* value = llvm::ConstantDataArray::getString(frame.context, text, true);
    auto* global = new llvm::GlobalVariable(frame.module, value->getType(), true,
                                            llvm::GlobalValue::PrivateLinkage, value);
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return global;
}

EntryBuilder::EntryBuilder(EntryFrame& shared, const std::string& name, llvm::Type* result,
                           const std::vector<llvm::Type*>& parameters, bool exported)
    : frame(shared), ir(shared.context) {
    auto* type = llvm::FunctionType::get(result, parameters, false);
    // An earlier call may have declared it.
    function = llvm::cast<llvm::Function>(
        frame.module.getOrInsertFunction(frame.name(name), type).getCallee());
    function->setVisibility(exported ? llvm::GlobalValue::DefaultVisibility
                                     : llvm::GlobalValue::HiddenVisibility);
    ir.SetInsertPoint(BasicBlock::Create(frame.context, "entry", function));
}

Value* EntryBuilder::round_up(Value* bytes) {
    return ir.CreateAnd(ir.CreateAdd(bytes, number(63)), number(-64));
}

Value* EntryBuilder::align_pointer(Value* address) {
    Value* value = ir.CreatePtrToInt(address, ir.getInt64Ty());
    return at(address, ir.CreateSub(round_up(value), value));
}

Value* EntryBuilder::evaluate(const SizeFormula& size, Value* steps, Value* samples) {
    Value* rows = wide(steps);
    Value* columns = wide(samples);
    const auto term = [&](std::int64_t factor, Value* count) {
        return ir.CreateMul(wide(number(factor)), count);
    };
    Value* sum = wide(number(size.constant));
    sum = ir.CreateAdd(sum, term(size.per_step, rows));
    sum = ir.CreateAdd(sum, term(size.per_sample, columns));
    return ir.CreateAdd(sum, term(size.per_step_and_sample, ir.CreateMul(rows, columns)));
}

Value* EntryBuilder::bytes_of(const Slot& shape, Value* steps, Value* samples) {
    Value* bytes = number(shape.row_bytes);
    if (shape.per_step) bytes = ir.CreateMul(bytes, shape.ring > 0 ? number(shape.ring) : steps);
    if (shape.per_sample) bytes = ir.CreateMul(bytes, samples);
    return bytes;
}

void EntryBuilder::require(Value* condition, Value* error) {
    BasicBlock* good = BasicBlock::Create(frame.context, "good", function);
    BasicBlock* bad = BasicBlock::Create(frame.context, "bad", function);
    ir.CreateCondBr(condition, good, bad);
    ir.SetInsertPoint(bad);
    ir.CreateRet(error);
    ir.SetInsertPoint(good);
}

void EntryBuilder::store_state_head(Value* state, Value* samples, Value* steps) {
    store_word(state, StateWord::Identity, number(std::int64_t(frame.model.run.identity)));
    store_word(state, StateWord::Samples, samples);
    store_word(state, StateWord::Steps, steps);
}

// 0 and below wrap around.
Value* EntryBuilder::within(Value* count) {
    return ir.CreateICmpULT(ir.CreateSub(count, number(1)), number(most));
}

Value* EntryBuilder::enough(Value* bytes, const SizeFormula& size, Value* steps, Value* samples) {
    return ir.CreateICmpSGE(wide(bytes), evaluate(size, steps, samples));
}

void EntryBuilder::return_size(Value* bytes, Value* steps, Value* samples) {
    Value* good = ir.CreateAnd(within(steps), within(samples));
    good = ir.CreateAnd(good, ir.CreateICmpSLE(bytes, wide(number(INT64_MAX))));
    ir.CreateRet(ir.CreateSelect(good, ir.CreateTrunc(bytes, ir.getInt64Ty()), number(-1)));
}

void EntryBuilder::when(Value* condition, const std::function<void()>& body) {
    otherwise(condition, body, [] {});
}

void EntryBuilder::otherwise(Value* condition, const std::function<void()>& holds,
                             const std::function<void()>& fails) {
    emit_branch(ir, condition, holds, fails);
}

Value* EntryBuilder::call(const std::string& name, llvm::Type* result,
                          const std::vector<Value*>& arguments) {
    std::vector<llvm::Type*> types;
    types.reserve(arguments.size());
    for (const Value* argument : arguments) types.push_back(argument->getType());
    auto* type = llvm::FunctionType::get(result, types, false);
    return ir.CreateCall(frame.module.getOrInsertFunction(name, type), arguments);
}

Value* EntryBuilder::libm(const std::string& name, const std::vector<Value*>& arguments) {
    auto* result = llvm::cast<llvm::CallInst>(call(name, ir.getDoubleTy(), arguments));
    result->addFnAttr(llvm::Attribute::NoBuiltin);
    return result;
}

}  // namespace snnc::codegen
