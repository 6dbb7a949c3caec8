// The frame of a library's entry points: their module, the caller's structure, small words for
// checks and loops. Included by codegen/llvm/library_*.cpp only.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <string>

#include "codegen/llvm/library_entry.h"
#include "codegen/llvm/loops.h"

namespace snnc::codegen {

/// What the functions of one library share.
struct EntryFrame {
    const ir::Network& network;
    const ir::StepProgram& program;
    const LibraryModel& model;
    const std::vector<LibraryVariant>& variants;
    const SizeFormula& memory;
    llvm::LLVMContext& context;
    llvm::Module& module;

    std::string name(const std::string& suffix) const { return model.prefix + "_" + suffix; }
};

/// The fields of the structure that the caller fills, in their order (the header has them in C).
enum class Field : unsigned {
    AbiVersion,
    StructBytes,
    Steps,
    Samples,
    Seed,
    Parameters,
    ParametersBytes,
    State,
    StateBytes,
    Memory,
    MemoryBytes,
    Arrays,  // [n] of {data, bytes}
};

/// The words at the head of a state.
enum class StateWord : std::int64_t { Identity, Samples, Steps };

/// An IRBuilder in one function of the library.
class EntryBuilder {
 public:
    /// Exported functions have default visibility, all others are hidden.
    EntryBuilder(EntryFrame& frame, const std::string& name, llvm::Type* result,
                 const std::vector<llvm::Type*>& parameters, bool exported);

    EntryFrame& frame;
    llvm::IRBuilder<> ir;
    llvm::Function* function;

    llvm::Value* argument(unsigned index) { return function->getArg(index); }
    llvm::Value* number(std::int64_t value) { return ir.getInt64(std::uint64_t(value)); }
    llvm::Value* null() { return llvm::ConstantPointerNull::get(ir.getPtrTy()); }
    llvm::Value* at(llvm::Value* base, llvm::Value* bytes) {
        return ir.CreateInBoundsGEP(ir.getInt8Ty(), base, bytes);
    }

    /// Of the caller's structure.
    llvm::Value* load(llvm::Value* arguments, Field field);
    llvm::Value* array_data(llvm::Value* arguments, std::size_t index);
    llvm::Value* array_bytes(llvm::Value* arguments, std::size_t index);

    llvm::Value* round_up(llvm::Value* bytes);         // to 64
    llvm::Value* align_pointer(llvm::Value* address);  // to 64
    /// In 128 bits: a product of user's numbers never wraps.
    llvm::Value* wide(llvm::Value* value) { return ir.CreateSExt(value, ir.getInt128Ty()); }
    llvm::Value* evaluate(const SizeFormula& size, llvm::Value* steps, llvm::Value* samples);
    /// Bytes of an array of that shape; `rows` steps where it has steps.
    llvm::Value* bytes_of(const Slot& shape, llvm::Value* steps, llvm::Value* samples);

    llvm::Value* load_state(llvm::Value* state, StateWord word);
    /// Says that so many steps were made of a state of this library.
    void store_state_head(llvm::Value* state, llvm::Value* samples, llvm::Value* steps);

    /// Returns the error unless the condition holds.
    void require(llvm::Value* condition, llvm::Value* error);
    void require(llvm::Value* condition, std::int32_t code) {
        require(condition, ir.getInt32(std::uint32_t(code)));
    }
    void require(llvm::Value* condition, LibraryError error) {
        require(condition, std::int32_t(error));
    }
    void when(llvm::Value* condition, const std::function<void()>& body);
    void otherwise(llvm::Value* condition, const std::function<void()>& holds,
                   const std::function<void()>& fails);
    /// for (i = 0; i < count; ++i) body(i)
    void loop(llvm::Value* count, const std::function<void(llvm::Value*)>& body) {
        emit_loop(ir, number(0), count, body);
    }

    void copy(llvm::Value* to, llvm::Value* from, llvm::Value* bytes) {
        ir.CreateMemCpy(to, llvm::MaybeAlign(1), from, llvm::MaybeAlign(1), bytes);
    }
    void zero(llvm::Value* to, llvm::Value* bytes) {
        ir.CreateMemSet(to, ir.getInt8(0), bytes, llvm::MaybeAlign(1));
    }

    llvm::Value* call(const std::string& name, llvm::Type* result,
                      const std::vector<llvm::Value*>& arguments);
};

llvm::StructType* arguments_type(EntryFrame& frame);

/// `text` as a constant that ends with a zero.
llvm::Constant* text_constant(EntryFrame& frame, const std::string& text);
llvm::Constant* bytes_constant(EntryFrame& frame, const std::vector<std::byte>& bytes);

/// i32 P_VARIANT_go(arguments, i1 resumed): the run itself; everything was checked. Returns 0.
llvm::Function* emit_body(EntryFrame& frame, const LibraryVariant& variant);

/// i32 P_go(arguments, i1 resumed): the body for this processor, or LibraryError::ProcessorTooOld.
/// Chosen when the library is loaded.
llvm::Constant* emit_choice(EntryFrame& frame, const std::vector<llvm::Function*>& bodies);

/// What the generated code calls: loops without threads, Halide's memory, keys of random streams.
void emit_hooks(EntryFrame& frame);
/// i64 P_key(i64 seed, ptr text, i64 length)
inline constexpr const char* key_name = "key";
inline constexpr const char* serial_name = "serial";

}  // namespace snnc::codegen
