// The frame of a library's entry points: their module, small words for checks and loops. Included
// by codegen/llvm/library_*.cpp only.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <string>

#include "codegen/library_errors.h"
#include "codegen/llvm/library_entry.h"
#include "codegen/llvm/loops.h"

namespace snnc::codegen {

/// What the functions of one library share.
struct EntryFrame {
    const LibraryModel& model;
    llvm::LLVMContext& context;
    llvm::Module& module;

    std::string name(const std::string& suffix) const { return model.prefix + "_" + suffix; }
    llvm::Type* i32() { return llvm::Type::getInt32Ty(context); }
    llvm::Type* i64() { return llvm::Type::getInt64Ty(context); }
    llvm::Type* pointer() { return llvm::PointerType::get(context, 0); }
};

/// The words at the head of a state.
enum class StateWord : std::int64_t { Identity, Samples, Steps };
/// The words at the head of an optimizer's block.
enum class OptimizerWord : std::int64_t { Identity, Count, Updates, UpdatesPerEpoch };

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

    llvm::Value* round_up(llvm::Value* bytes);         // to 64
    llvm::Value* align_pointer(llvm::Value* address);  // to 64
    /// In 128 bits: a product of user's numbers never wraps.
    llvm::Value* wide(llvm::Value* value) { return ir.CreateSExt(value, ir.getInt128Ty()); }
    llvm::Value* evaluate(const SizeFormula& size, llvm::Value* steps, llvm::Value* samples);
    /// Bytes of an array of that shape; `rows` steps where it has steps.
    llvm::Value* bytes_of(const Slot& shape, llvm::Value* steps, llvm::Value* samples);

    /// Words at the head of a block, which may begin anywhere.
    template <class Word>
    llvm::Value* load_word(llvm::Value* block, Word word) {
        return ir.CreateAlignedLoad(ir.getInt64Ty(), at(block, number(8 * std::int64_t(word))),
                                    llvm::Align(1));
    }
    template <class Word>
    void store_word(llvm::Value* block, Word word, llvm::Value* value) {
        ir.CreateAlignedStore(value, at(block, number(8 * std::int64_t(word))), llvm::Align(1));
    }
    /// Says that so many steps were made of a state of this library.
    void store_state_head(llvm::Value* state, llvm::Value* samples, llvm::Value* steps);

    /// Whether a size is from 1 to the largest that there is.
    llvm::Value* within(llvm::Value* count);
    /// Whether `bytes` are at least those of the formula.
    llvm::Value* enough(llvm::Value* bytes, const SizeFormula& size, llvm::Value* steps,
                        llvm::Value* samples);
    /// Returns the bytes; -1 where the size of the run is no size, or they do not fit.
    void return_size(llvm::Value* bytes, llvm::Value* steps, llvm::Value* samples);

    /// Returns the error unless the condition holds.
    void require(llvm::Value* condition, llvm::Value* error);
    void require(llvm::Value* condition, std::int32_t code) {
        require(condition, ir.getInt32(std::uint32_t(code)));
    }
    void require(llvm::Value* condition, LibraryError error) {
        require(condition, std::int32_t(error));
    }
    void require_given(llvm::Value* pointer, LibraryError error) {
        require(ir.CreateIsNotNull(pointer), error);
    }
    void require_equal(llvm::Value* value, std::int64_t wanted, LibraryError error) {
        require(ir.CreateICmpEQ(value, number(wanted)), error);
    }
    void return_code(LibraryError error) { ir.CreateRet(ir.getInt32(std::uint32_t(error))); }
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
    /// Of the C library, on doubles, as it stands: LLVM would make pow(2, x) a call of exp2, which
    /// rounds otherwise.
    llvm::Value* libm(const std::string& name, const std::vector<llvm::Value*>& arguments);
};

/// `text` as a constant that ends with a zero.
llvm::Constant* text_constant(EntryFrame& frame, const std::string& text);
llvm::Constant* bytes_constant(EntryFrame& frame, const std::vector<std::byte>& bytes);

/// The functions that the library exports, in the order in which they were asked for.
class Exports {
 public:
    explicit Exports(EntryFrame& frame) : frame_(frame) {}
    EntryBuilder add(const std::string& name, llvm::Type* result,
                     const std::vector<llvm::Type*>& parameters) {
        names.push_back(frame_.name(name));
        return {frame_, name, result, parameters, true};
    }
    std::vector<std::string> names;

 private:
    EntryFrame& frame_;
};

/// i32 P_PROGRAM_VARIANT(arguments, i1 resumed): the run itself; everything was checked. Returns 0.
llvm::Function* emit_body(EntryFrame& frame, const LibraryProgram& program,
                          const LibraryVariant& variant);

/// i32 P_PROGRAM_go(arguments, i1 resumed): the body for this processor, or
/// LibraryError::ProcessorTooOld. Chosen when the library is loaded, where there is a choice.
llvm::Constant* emit_choice(EntryFrame& frame, const CompiledProgram& program);

/// Returns what such a function returns.
void return_result(EntryBuilder& f, llvm::Constant* go, llvm::Value* resumed);

/// P_set_parameter and P_get_parameter, P_get_gradient, P_weights.
void emit_block_functions(EntryFrame& frame, Exports& exports);
/// P_grad, P_update and what belongs to them.
void emit_training_functions(EntryFrame& frame, const CompiledTraining& training,
                             const LibrarySizes& sizes, Exports& exports);

/// What the generated code calls: loops without threads, Halide's memory, keys of random streams.
void emit_hooks(EntryFrame& frame);
/// i64 P_key(i64 seed, ptr text, i64 length)
inline constexpr const char* key_name = "key";
inline constexpr const char* serial_name = "serial";
/// The weights that came with the library.
inline constexpr const char* weights_name = "own_weights";

}  // namespace snnc::codegen
