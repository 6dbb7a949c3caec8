// What a function keeps for itself: arrays on its stack, vectors in its registers.
#pragma once

#include <llvm/IR/Intrinsics.h>

#include "codegen/llvm/builder.h"
#include "codegen/llvm/tensor_access.h"

namespace snnc::codegen {

/// An array on the stack of the function, whatever the block that asks for it.
inline llvm::Value* local(FunctionBuilder& f, llvm::Type* element, std::int64_t count) {
    llvm::IRBuilder<> entry(&f.function->getEntryBlock(), f.function->getEntryBlock().begin());
    auto* place = entry.CreateAlloca(element, entry.getInt64(std::uint64_t(count)));
    place->setAlignment(llvm::Align(64));
    return place;
}

/// Vectors that live in registers across loops (stack places that LLVM promotes).
class Sums {
 public:
    Sums(FunctionBuilder& f, int vectors) : f_(f) {
        for (int j = 0; j < vectors; ++j) places_.push_back(local(f, f.vector(f.f32()), 1));
    }
    void clear() {
        for (llvm::Value* place : places_)
            f_.ir.CreateStore(llvm::Constant::getNullValue(f_.vector(f_.f32())), place);
    }
    void add(const Lanes& values) {
        for (std::size_t j = 0; j < values.size(); ++j)
            f_.ir.CreateStore(f_.ir.CreateFAdd(get(j), values[j]), places_[j]);
    }
    /// += factor times the vectors that lie at `address`.
    void add_product(llvm::Value* factor, llvm::Value* address) {
        for (std::size_t j = 0; j < places_.size(); ++j) {
            llvm::Value* value = f_.ir.CreateAlignedLoad(
                f_.vector(f_.f32()), vector_address(f_, address, j), llvm::Align(4));
            f_.ir.CreateStore(f_.ir.CreateIntrinsic(llvm::Intrinsic::fma, {factor->getType()},
                                                    {factor, value, get(j)}),
                              places_[j]);
        }
    }
    llvm::Value* get(std::size_t j) { return f_.ir.CreateLoad(f_.vector(f_.f32()), places_[j]); }
    std::size_t size() const { return places_.size(); }

 private:
    FunctionBuilder& f_;
    std::vector<llvm::Value*> places_;
};

}  // namespace snnc::codegen
