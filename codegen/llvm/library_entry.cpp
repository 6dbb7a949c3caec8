#include "codegen/llvm/library_entry.h"

#include "codegen/llvm/library_arguments.h"
#include "codegen/llvm/machine.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

constexpr const char* check_name = "check";

// ---- runs ----------------------------------------------------------------------------------

void emit_sizes(EntryFrame& frame, const LibrarySizes& sizes, Exports& exports) {
    EntryBuilder memory = exports.add("memory_bytes", frame.i64(), {frame.i64(), frame.i64()});
    memory.return_size(memory.evaluate(sizes.run, memory.argument(0), memory.argument(1)),
                       memory.argument(0), memory.argument(1));
    EntryBuilder state = exports.add("state_bytes", frame.i64(), {frame.i64()});
    state.return_size(
        state.evaluate(state_size(frame.model.run), state.number(1), state.argument(0)),
        state.number(1), state.argument(0));
}

void emit_run(EntryFrame& frame, llvm::Constant* go, Exports& exports) {
    EntryBuilder f = exports.add("run", frame.i32(), {frame.pointer()});
    require_checked(f, check_name);
    return_result(f, go, f.ir.getFalse());
}

void emit_step(EntryFrame& frame, llvm::Constant* go, Exports& exports) {
    EntryBuilder f = exports.add("step", frame.i32(), {frame.pointer()});
    require_checked(f, check_name);
    Arguments arguments(f, Interface::Run, f.argument(0));
    Value* given = arguments.load(Field::State);
    f.require_given(given, LibraryError::StateNull);
    Value* state = f.align_pointer(given);
    f.require_equal(f.load_word(state, StateWord::Identity), std::int64_t(frame.model.run.identity),
                    LibraryError::StateForeign);
    f.require(
        f.ir.CreateICmpEQ(f.load_word(state, StateWord::Samples), arguments.load(Field::Samples)),
        LibraryError::StateSamples);
    return_result(f, go, f.ir.CreateICmpSGT(f.load_word(state, StateWord::Steps), f.number(0)));
}

/// i32 P_begin(ptr state, i64 bytes, i64 samples)
void emit_begin(EntryFrame& frame, Exports& exports) {
    EntryBuilder f = exports.add("begin", frame.i32(), {frame.pointer(), frame.i64(), frame.i64()});
    f.require_given(f.argument(0), LibraryError::StateNull);
    f.require(f.within(f.argument(2)), LibraryError::SamplesOutOfRange);
    f.require(f.enough(f.argument(1), state_size(frame.model.run), f.number(1), f.argument(2)),
              LibraryError::StateSize);
    f.store_state_head(f.align_pointer(f.argument(0)), f.argument(2), f.number(0));
    f.return_code(LibraryError::None);
}

// ---- texts ---------------------------------------------------------------------------------

void emit_texts(EntryFrame& frame, Exports& exports) {
    EntryBuilder version = exports.add("abi_version", frame.i32(), {});
    version.ir.CreateRet(version.ir.getInt32(abi_version));
    EntryBuilder message = exports.add("message", frame.pointer(), {frame.i32()});
    Value* text = text_constant(frame, "there is no such error");
    for (const ErrorText& error : error_texts(frame.model)) {
        Value* meant = message.ir.CreateICmpEQ(message.argument(0),
                                               message.ir.getInt32(std::uint32_t(error.code)));
        text = message.ir.CreateSelect(meant, text_constant(frame, error.message), text);
    }
    message.ir.CreateRet(text);
}

void emit_own_weights(EntryFrame& frame) {
    if (!frame.model.weights) return;
    auto* global = llvm::cast<llvm::GlobalVariable>(bytes_constant(frame, *frame.model.weights));
    global->setName(frame.name(weights_name));
}

}  // namespace

void return_result(EntryBuilder& f, llvm::Constant* go, Value* resumed) {
    auto* type =
        llvm::FunctionType::get(f.frame.i32(), {f.frame.pointer(), f.ir.getInt1Ty()}, false);
    f.ir.CreateRet(f.ir.CreateCall(type, go, {f.argument(0), resumed}));
}

LibraryEntry compile_entry(const LibraryModel& model, const CompiledLibrary& library,
                           const LibrarySizes& sizes, Architecture architecture) {
    llvm::LLVMContext context;
    const auto machine = make_base_machine(architecture);
    llvm::Module module("snnc", context);
    prepare_module(module, *machine);
    EntryFrame frame{model, context, module};
    Exports exports(frame);
    emit_own_weights(frame);
    emit_hooks(frame);
    emit_sizes(frame, sizes, exports);
    emit_check(frame, check_name, Interface::Run, {&library.run}, {sizes.run});
    llvm::Constant* go = emit_choice(frame, library.run);
    emit_run(frame, go, exports);
    emit_begin(frame, exports);
    emit_step(frame, go, exports);
    emit_block_functions(frame, exports);
    if (library.training) emit_training_functions(frame, *library.training, sizes, exports);
    emit_texts(frame, exports);

    LibraryEntry entry;
    entry.exported = std::move(exports.names);
    optimize(module, *machine);
    entry.object = generate(module, *machine, llvm::CodeGenFileType::ObjectFile);
    return entry;
}

}  // namespace snnc::codegen
