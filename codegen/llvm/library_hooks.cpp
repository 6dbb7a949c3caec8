// What the generated code calls, and the choice of its copy for this processor.
#include <llvm/IR/GlobalIFunc.h>
#include <llvm/IR/InlineAsm.h>

#include "codegen/kernel_code.h"
#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

/// void P_serial(i64 tasks, ptr function, ptr closure): the loop of compiled code, on this thread.
void emit_serial(EntryFrame& frame) {
    llvm::Type* i64 = llvm::Type::getInt64Ty(frame.context);
    llvm::Type* pointer = llvm::PointerType::get(frame.context, 0);
    llvm::Type* nothing = llvm::Type::getVoidTy(frame.context);
    EntryBuilder f(frame, serial_name, nothing, {i64, pointer, pointer}, false);
    auto* task = llvm::FunctionType::get(nothing, {pointer, i64, i64}, false);
    f.loop(f.argument(0), [&](Value* i) {
        f.ir.CreateCall(task, f.argument(1), {f.argument(2), i, f.number(0)});
    });
    f.ir.CreateRetVoid();
}

/// int P_halide_do_par_for(ptr context, ptr task, int min, int size, ptr closure)
void emit_halide_loop(EntryFrame& frame) {
    llvm::Type* i32 = llvm::Type::getInt32Ty(frame.context);
    llvm::Type* pointer = llvm::PointerType::get(frame.context, 0);
    EntryBuilder f(frame, "halide_do_par_for", i32, {pointer, pointer, i32, i32, pointer}, false);
    auto* task = llvm::FunctionType::get(i32, {pointer, i32, pointer}, false);
    f.loop(f.ir.CreateSExt(f.argument(3), f.ir.getInt64Ty()), [&](Value* i) {
        Value* index = f.ir.CreateAdd(f.argument(2), f.ir.CreateTrunc(i, i32));
        f.ir.CreateCall(task, f.argument(1), {f.argument(0), index, f.argument(4)});
    });
    f.ir.CreateRet(f.ir.getInt32(0));
}

/// The working memory of kernels: a stack of allocations in the caller's memory. Its context is
/// {first free byte, head of the last allocation}; a head is {head of the one before, whether it
/// was freed}. Halide frees in any order: what is not the last stays until those above it are gone.
class KernelMemory {
 public:
    explicit KernelMemory(EntryFrame& frame) : frame_(frame) {}

    /// ptr P_halide_malloc(ptr context, i64 bytes)
    void emit_allocate() {
        EntryBuilder f(frame_, "halide_malloc", frame_.pointer(), {frame_.pointer(), frame_.i64()},
                       false);
        Value* head = load(f, f.argument(0));
        store(f, head, load(f, word(f, f.argument(0))));
        store(f, word(f, head), f.null());
        Value* bytes = f.ir.CreateAdd(f.argument(1), f.number(allocation_head + allocation_room));
        store(f, f.argument(0), f.at(head, f.round_up(bytes)));
        store(f, word(f, f.argument(0)), head);
        f.ir.CreateRet(f.at(head, f.number(allocation_head)));
    }

    /// void P_halide_free(ptr context, ptr allocation)
    void emit_free() {
        EntryBuilder f(frame_, "halide_free", f_void(), {frame_.pointer(), frame_.pointer()},
                       false);
        Value* own = f.at(f.argument(1), f.number(-allocation_head));
        store(f, word(f, own), own);
        const auto block = [&](const char* name) {
            return llvm::BasicBlock::Create(frame_.context, name, f.function);
        };
        auto *head = block("head"), *look = block("look"), *pop = block("pop"),
             *done = block("done");
        f.ir.CreateBr(head);
        f.ir.SetInsertPoint(head);
        Value* last = load(f, word(f, f.argument(0)));
        f.ir.CreateCondBr(f.ir.CreateIsNull(last), done, look);
        f.ir.SetInsertPoint(look);
        f.ir.CreateCondBr(f.ir.CreateIsNull(load(f, word(f, last))), done, pop);
        f.ir.SetInsertPoint(pop);
        store(f, f.argument(0), last);
        store(f, word(f, f.argument(0)), load(f, last));
        f.ir.CreateBr(head);
        f.ir.SetInsertPoint(done);
        f.ir.CreateRetVoid();
    }

 private:
    llvm::Type* f_void() { return llvm::Type::getVoidTy(frame_.context); }
    /// The second word of a pair.
    static Value* word(EntryBuilder& f, Value* pair) { return f.at(pair, f.number(8)); }
    Value* load(EntryBuilder& f, Value* place) { return f.ir.CreateLoad(frame_.pointer(), place); }
    static void store(EntryBuilder& f, Value* place, Value* value) {
        f.ir.CreateStore(value, place);
    }

    EntryFrame& frame_;
};

/// runtime::philox_key: FNV-1a over the seed's bytes, then the text's (purpose and name).
void emit_key(EntryFrame& frame) {
    llvm::Type* i64 = llvm::Type::getInt64Ty(frame.context);
    llvm::Type* pointer = llvm::PointerType::get(frame.context, 0);
    EntryBuilder f(frame, key_name, i64, {i64, pointer, i64}, false);
    Value* hash = f.ir.CreateAlloca(i64);
    f.ir.CreateStore(f.ir.getInt64(0xcbf29ce484222325u), hash);
    const auto mix = [&](Value* byte) {
        Value* mixed = f.ir.CreateXor(f.ir.CreateLoad(i64, hash), byte);
        f.ir.CreateStore(f.ir.CreateMul(mixed, f.ir.getInt64(0x100000001b3u)), hash);
    };
    f.loop(f.number(8), [&](Value* i) {
        Value* shifted = f.ir.CreateLShr(f.argument(0), f.ir.CreateMul(i, f.number(8)));
        mix(f.ir.CreateAnd(shifted, f.number(255)));
    });
    f.loop(f.argument(2), [&](Value* i) {
        Value* byte = f.ir.CreateLoad(f.ir.getInt8Ty(), f.at(f.argument(1), i));
        mix(f.ir.CreateZExt(byte, i64));
    });
    f.ir.CreateRet(f.ir.CreateLoad(i64, hash));
}

// ---- the processor -------------------------------------------------------------------------

/// Words of CPUID (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A).
class ProcessorQuestions {
 public:
    explicit ProcessorQuestions(EntryBuilder& f) : f_(f) {}

    struct Words {
        Value *a, *b, *c;
    };
    Words cpuid(std::uint32_t leaf) {
        llvm::Type* i32 = f_.ir.getInt32Ty();
        auto* result = llvm::StructType::get(f_.frame.context, {i32, i32, i32, i32});
        auto* type = llvm::FunctionType::get(result, {i32, i32}, false);
        Value* words = f_.ir.CreateCall(
            llvm::InlineAsm::get(type, "cpuid",
                                 "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}",
                                 true),
            {f_.ir.getInt32(leaf), f_.ir.getInt32(0)});
        return {f_.ir.CreateExtractValue(words, 0), f_.ir.CreateExtractValue(words, 1),
                f_.ir.CreateExtractValue(words, 2)};
    }

    /// Which registers the operating system saves. Only where CPUID says that it tells.
    Value* saved_registers() {
        llvm::Type* i32 = f_.ir.getInt32Ty();
        auto* result = llvm::StructType::get(f_.frame.context, {i32, i32});
        auto* type = llvm::FunctionType::get(result, {i32}, false);
        Value* words = f_.ir.CreateCall(
            llvm::InlineAsm::get(type, "xgetbv", "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}",
                                 true),
            {f_.ir.getInt32(0)});
        return f_.ir.CreateExtractValue(words, 0);
    }

    Value* has(Value* word, std::initializer_list<int> bits) {
        std::uint32_t mask = 0;
        for (const int bit : bits) mask |= 1u << bit;
        return f_.ir.CreateICmpEQ(f_.ir.CreateAnd(word, f_.ir.getInt32(mask)),
                                  f_.ir.getInt32(mask));
    }

 private:
    EntryBuilder& f_;
};

/// The levels of the x86-64 psABI: v3 and v4.
Value* choose(EntryBuilder& f, const std::vector<LibraryVariant>& variants,
              const std::vector<llvm::Function*>& bodies, llvm::Function* too_old) {
    ProcessorQuestions ask(f);
    Value* chosen = f.ir.CreateAlloca(f.ir.getPtrTy());
    f.ir.CreateStore(too_old, chosen);
    const auto base = ask.cpuid(1);
    Value* enough = f.ir.CreateICmpUGE(ask.cpuid(0).a, f.ir.getInt32(7));
    enough = f.ir.CreateAnd(enough, ask.has(base.c, {12, 22, 27, 29}));  // FMA MOVBE OSXSAVE F16C
    f.when(enough, [&] {
        const auto extended = ask.cpuid(7);
        Value* saved = ask.saved_registers();
        Value* v3 = f.ir.CreateAnd(ask.has(extended.b, {3, 5, 8}),  // BMI1 AVX2 BMI2
                                   ask.has(saved, {1, 2}));
        v3 = f.ir.CreateAnd(v3, ask.has(ask.cpuid(0x80000001).c, {5}));             // LZCNT
        Value* v4 = f.ir.CreateAnd(v3, ask.has(extended.b, {16, 17, 28, 30, 31}));  // AVX-512
        v4 = f.ir.CreateAnd(v4, ask.has(saved, {1, 2, 5, 6, 7}));
        for (std::size_t i = 0; i < variants.size(); ++i) {
            Value* fits = variants[i].target.name == "x86-64-v4" ? v4 : v3;
            f.when(fits, [&] { f.ir.CreateStore(bodies[i], chosen); });
        }
    });
    return f.ir.CreateLoad(f.ir.getPtrTy(), chosen);
}

}  // namespace

void emit_hooks(EntryFrame& frame) {
    emit_serial(frame);
    emit_halide_loop(frame);
    KernelMemory memory(frame);
    memory.emit_allocate();
    memory.emit_free();
    emit_key(frame);
}

llvm::Constant* emit_choice(EntryFrame& frame, const CompiledProgram& program) {
    std::vector<llvm::Function*> bodies;
    for (const LibraryVariant& variant : program.variants)
        bodies.push_back(emit_body(frame, *program.program, variant));
    // Every processor of the architecture can run the only variant.
    if (program.variants[0].target.architecture == Architecture::Arm) return bodies[0];
    const std::string& name = program.program->name;
    llvm::FunctionType* type = bodies[0]->getFunctionType();
    EntryBuilder too_old(frame, name + "_too_old", type->getReturnType(),
                         {type->getParamType(0), type->getParamType(1)}, false);
    too_old.return_code(LibraryError::ProcessorTooOld);
    EntryBuilder resolver(frame, name + "_choose", frame.pointer(), {}, false);
    resolver.ir.CreateRet(choose(resolver, program.variants, bodies, too_old.function));
    auto* choice =
        llvm::GlobalIFunc::create(type, 0, llvm::GlobalValue::ExternalLinkage,
                                  frame.name(name + "_go"), resolver.function, &frame.module);
    choice->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return choice;
}

}  // namespace snnc::codegen
