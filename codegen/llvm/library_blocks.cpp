// Blocks of numbers by the names of what stands in them.
#include <algorithm>

#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// A function that copies one tensor of a block.
struct BlockFunction {
    const char* name;
    bool set;
    LibraryError null, size;  // of the block
};

/// Values stand in the layout of weights files: of a weight the last axis of the block first.
void copy_tensor(EntryBuilder& f, const BlockTensor& one, bool set) {
    const std::int64_t count = ir::element_count(one.tensor.shape);
    const std::int64_t columns = one.tensor.transposed_in_files ? one.tensor.shape.back() : 1;
    const std::int64_t rows = count / std::max<std::int64_t>(columns, 1);
    Value* block = f.at(f.argument(0), f.number(one.offset));
    llvm::Type* f32 = f.ir.getFloatTy();
    const auto element = [&](Value* base, Value* major, std::int64_t width, Value* minor) {
        Value* index = f.ir.CreateAdd(f.ir.CreateMul(major, f.number(width)), minor);
        return f.ir.CreateInBoundsGEP(f32, base, index);
    };
    f.loop(f.number(rows), [&](Value* row) {
        f.loop(f.number(columns), [&](Value* column) {
            Value* inside = element(block, row, columns, column);
            Value* outside = element(f.argument(3), column, rows, row);
            f.ir.CreateStore(f.ir.CreateLoad(f32, set ? outside : inside), set ? inside : outside);
        });
    });
}

/// i32 P_NAME(ptr block, i64 bytes, ptr name, ptr values, i64 count)
void emit_function(EntryFrame& frame, const BlockFunction& function, Exports& exports) {
    EntryBuilder f =
        exports.add(function.name, frame.i32(),
                    {frame.pointer(), frame.i64(), frame.pointer(), frame.pointer(), frame.i64()});
    f.require_given(f.argument(0), function.null);
    f.require_equal(f.argument(1), frame.model.parameter_bytes, function.size);
    f.require_given(f.argument(2), LibraryError::ValuesNull);
    f.require_given(f.argument(3), LibraryError::ValuesNull);
    for (const BlockTensor& one : frame.model.parameters) {
        Value* differs =
            f.call("strcmp", frame.i32(), {f.argument(2), text_constant(frame, one.tensor.name)});
        f.when(f.ir.CreateICmpEQ(differs, f.ir.getInt32(0)), [&] {
            f.require_equal(f.argument(4), ir::element_count(one.tensor.shape),
                            LibraryError::ValuesSize);
            copy_tensor(f, one, function.set);
            f.require(f.ir.getFalse(), LibraryError::None);  // done: nothing is left to compare
        });
    }
    f.return_code(LibraryError::NameUnknown);
}

/// i32 P_weights(ptr to, i64 bytes)
void emit_weights(EntryFrame& frame, Exports& exports) {
    EntryBuilder f = exports.add("weights", frame.i32(), {frame.pointer(), frame.i64()});
    f.require_given(f.argument(0), LibraryError::ParametersNull);
    f.require_equal(f.argument(1), frame.model.parameter_bytes, LibraryError::ParametersSize);
    f.copy(f.argument(0), frame.module.getNamedGlobal(frame.name(weights_name)), f.argument(1));
    f.return_code(LibraryError::None);
}

}  // namespace

void emit_block_functions(EntryFrame& frame, Exports& exports) {
    using Error = LibraryError;
    emit_function(frame, {"set_parameter", true, Error::ParametersNull, Error::ParametersSize},
                  exports);
    emit_function(frame, {"get_parameter", false, Error::ParametersNull, Error::ParametersSize},
                  exports);
    if (frame.model.training)
        emit_function(frame, {"get_gradient", false, Error::GradientsNull, Error::GradientsSize},
                      exports);
    if (frame.model.weights) emit_weights(frame, exports);
}

}  // namespace snnc::codegen
