// What the programs of a library have in common when they are made (driver/library_programs.h).
#pragma once

#include "driver/library_programs.h"

namespace snnc::driver {

/// Puts a tensor behind those that are in the block, on a cache line of it; returns the new end.
std::int64_t append_to_block(std::vector<codegen::BlockTensor>& block, std::int64_t end,
                             const ir::Tensor& tensor);
std::int64_t offset_of(const std::vector<codegen::BlockTensor>& block, const std::string& name);

/// The array of a tensor, counted in the unit of its declaration.
codegen::LibraryArray array_of(const ir::Network& network, ir::TensorId id,
                               codegen::LibraryArray::Use use);

/// Lowers the program's network; its identity follows from the whole of it.
void lower_program(codegen::LibraryProgram& program, const ir::LoweringOptions& lowering);

/// Where the parameters stand that it reads. Edges stay with the library.
void place_parameters(const PreparedNetwork& prepared,
                      const std::vector<codegen::BlockTensor>& block,
                      codegen::LibraryProgram& program);

/// A tensor that comes from outside as one that is computed: its array is another one.
ir::TensorId give_definition(ir::Network& network, ir::TensorId id);

}  // namespace snnc::driver
