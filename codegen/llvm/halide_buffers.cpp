#include "codegen/llvm/halide_buffers.h"

namespace snnc::codegen {

using llvm::Value;

HalideBuffers::HalideBuffers(FunctionBuilder& f) : f_(f) {
    llvm::LLVMContext& context = f.frame.context;
    llvm::Type* i8 = f.ir.getInt8Ty();
    llvm::Type* i32 = f.ir.getInt32Ty();
    llvm::Type* i64 = f.ir.getInt64Ty();
    llvm::Type* pointer = f.ir.getPtrTy();
    dimension_ = llvm::StructType::create(context, {i32, i32, i32, i32}, "halide_dimension_t");
    buffer_ = llvm::StructType::create(
        context, {i64, pointer, pointer, i64, i8, i8, f.ir.getInt16Ty(), i32, pointer, pointer},
        "halide_buffer_t");
    for (std::size_t i = 0; i < places_.size(); ++i) make(i);
}

/// f32 (type code 2), 32 bits, one lane; minima 0, innermost stride 1.
void HalideBuffers::make(std::size_t index) {
    Value* buffer = places_[index] = f_.ir.CreateAlloca(buffer_);
    Value* dims = dimensions_[index] =
        f_.ir.CreateAlloca(dimension_, f_.ir.getInt32(most_dimensions));
    f_.ir.CreateStore(llvm::Constant::getNullValue(buffer_), buffer);
    for (unsigned i = 0; i < most_dimensions; ++i)
        f_.ir.CreateStore(llvm::Constant::getNullValue(dimension_),
                          f_.ir.CreateConstInBoundsGEP1_32(dimension_, dims, i));
    f_.ir.CreateStore(f_.ir.getInt8(2), f_.ir.CreateStructGEP(buffer_, buffer, 4));
    f_.ir.CreateStore(f_.ir.getInt8(32), f_.ir.CreateStructGEP(buffer_, buffer, 5));
    f_.ir.CreateStore(f_.ir.getInt16(1), f_.ir.CreateStructGEP(buffer_, buffer, 6));
    f_.ir.CreateStore(dims, f_.ir.CreateStructGEP(buffer_, buffer, 8));
}

void HalideBuffers::set(Value* dims, unsigned dimension, unsigned field, Value* value) {
    Value* place = f_.ir.CreateConstInBoundsGEP1_32(dimension_, dims, dimension);
    f_.ir.CreateStore(f_.ir.CreateTrunc(value, f_.ir.getInt32Ty()),
                      f_.ir.CreateStructGEP(dimension_, place, field));
}

Value* HalideBuffers::array(int index, Value* data, const std::vector<Value*>& extents) {
    Value* buffer = places_[std::size_t(index)];
    Value* dims = dimensions_[std::size_t(index)];
    f_.ir.CreateStore(data, f_.ir.CreateStructGEP(buffer_, buffer, 2));
    f_.ir.CreateStore(f_.ir.getInt32(std::uint32_t(extents.size())),
                      f_.ir.CreateStructGEP(buffer_, buffer, 7));
    Value* stride = f_.number(1);
    for (unsigned i = 0; i < extents.size(); ++i) {
        set(dims, i, 1, extents[i]);
        set(dims, i, 2, stride);
        stride = f_.ir.CreateMul(stride, extents[i]);
    }
    return buffer;
}

void HalideBuffers::call(const std::string& symbol, const std::vector<Value*>& operands) {
    std::vector<Value*> arguments{f_.kernel_memory()};
    arguments.insert(arguments.end(), operands.begin(), operands.end());
    const std::vector<llvm::Type*> types(arguments.size(), f_.ir.getPtrTy());
    auto* type = llvm::FunctionType::get(f_.ir.getInt32Ty(), types, false);
    f_.ir.CreateCall(f_.frame.module.getOrInsertFunction(symbol, type), arguments);
}

}  // namespace snnc::codegen
