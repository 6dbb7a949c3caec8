#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {

using llvm::BasicBlock;
using llvm::Value;

llvm::StructType* arguments_type(EntryFrame& frame) {
    llvm::LLVMContext& context = frame.context;
    if (auto* known = llvm::StructType::getTypeByName(context, "snnc.arguments")) return known;
    llvm::Type* i32 = llvm::Type::getInt32Ty(context);
    llvm::Type* i64 = llvm::Type::getInt64Ty(context);
    llvm::Type* pointer = llvm::PointerType::get(context, 0);
    auto* array = llvm::StructType::create(context, {pointer, i64}, "snnc.array");
    return llvm::StructType::create(context,
                                    {i32, i32, i64, i64, i64, pointer, i64, pointer, i64, pointer,
                                     i64, llvm::ArrayType::get(array, frame.model.arrays.size())},
                                    "snnc.arguments");
}

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

Value* EntryBuilder::load(Value* arguments, Field field) {
    llvm::StructType* type = arguments_type(frame);
    const unsigned index = unsigned(field);
    return ir.CreateLoad(type->getElementType(index), ir.CreateStructGEP(type, arguments, index));
}

Value* EntryBuilder::array_data(Value* arguments, std::size_t index) {
    Value* place = ir.CreateInBoundsGEP(arguments_type(frame), arguments,
                                        {ir.getInt32(0), ir.getInt32(unsigned(Field::Arrays)),
                                         ir.getInt32(unsigned(index)), ir.getInt32(0)});
    return ir.CreateLoad(ir.getPtrTy(), place);
}

Value* EntryBuilder::array_bytes(Value* arguments, std::size_t index) {
    Value* place = ir.CreateInBoundsGEP(arguments_type(frame), arguments,
                                        {ir.getInt32(0), ir.getInt32(unsigned(Field::Arrays)),
                                         ir.getInt32(unsigned(index)), ir.getInt32(1)});
    return ir.CreateLoad(ir.getInt64Ty(), place);
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

Value* EntryBuilder::load_state(Value* state, StateWord word) {
    return ir.CreateLoad(ir.getInt64Ty(), at(state, number(8 * std::int64_t(word))));
}

void EntryBuilder::store_state_head(Value* state, Value* samples, Value* steps) {
    const auto store = [&](StateWord word, Value* value) {
        ir.CreateStore(value, at(state, number(8 * std::int64_t(word))));
    };
    store(StateWord::Identity, number(std::int64_t(frame.model.identity)));
    store(StateWord::Samples, samples);
    store(StateWord::Steps, steps);
}

void EntryBuilder::when(Value* condition, const std::function<void()>& body) {
    otherwise(condition, body, [] {});
}

void EntryBuilder::otherwise(Value* condition, const std::function<void()>& holds,
                             const std::function<void()>& fails) {
    BasicBlock* yes = BasicBlock::Create(frame.context, "yes", function);
    BasicBlock* no = BasicBlock::Create(frame.context, "no", function);
    BasicBlock* after = BasicBlock::Create(frame.context, "after", function);
    ir.CreateCondBr(condition, yes, no);
    ir.SetInsertPoint(yes);
    holds();
    ir.CreateBr(after);
    ir.SetInsertPoint(no);
    fails();
    ir.CreateBr(after);
    ir.SetInsertPoint(after);
}

Value* EntryBuilder::call(const std::string& name, llvm::Type* result,
                          const std::vector<Value*>& arguments) {
    std::vector<llvm::Type*> types;
    types.reserve(arguments.size());
    for (const Value* argument : arguments) types.push_back(argument->getType());
    auto* type = llvm::FunctionType::get(result, types, false);
    return ir.CreateCall(frame.module.getOrInsertFunction(name, type), arguments);
}

}  // namespace snnc::codegen
