// Operands of Halide kernels: halide_buffer_t (HalideRuntime.h), built on the driver's stack.
#pragma once

#include <array>
#include <vector>

#include "codegen/llvm/builder.h"

namespace snnc::codegen {

/// Places for the three operands of one kernel call; used anew for every call.
class HalideBuffers {
 public:
    explicit HalideBuffers(FunctionBuilder& f);

    /// Sets operand `index` to a dense array of f32 and returns it. Extents come innermost first.
    llvm::Value* array(int index, llvm::Value* data, const std::vector<llvm::Value*>& extents);

    /// int symbol(context, buffer, …), with everything the kernel needs in its operands.
    void call(const std::string& symbol, const std::vector<llvm::Value*>& operands);

 private:
    static constexpr unsigned most_dimensions = 5;
    void set(llvm::Value* dims, unsigned dimension, unsigned field, llvm::Value* value);
    void make(std::size_t index);

    FunctionBuilder& f_;
    llvm::StructType* buffer_;
    llvm::StructType* dimension_;
    std::array<llvm::Value*, 3> places_{}, dimensions_{};
};

}  // namespace snnc::codegen
