#include "codegen/llvm/machine.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>

#include <mutex>

namespace snnc::codegen {
namespace {

void start_llvm() {
    static std::once_flag once;
    std::call_once(once, [] {
        LLVMInitializeX86TargetInfo();
        LLVMInitializeX86Target();
        LLVMInitializeX86TargetMC();
        LLVMInitializeX86AsmPrinter();
        LLVMInitializeX86AsmParser();
        LLVMInitializeAArch64TargetInfo();
        LLVMInitializeAArch64Target();
        LLVMInitializeAArch64TargetMC();
        LLVMInitializeAArch64AsmPrinter();
    });
}

const char* triple_of(Architecture architecture) {
    switch (architecture) {
        case Architecture::X86: return "x86_64-unknown-linux-gnu";
        case Architecture::Arm: return "aarch64-unknown-linux-gnu";
    }
    llvm_unreachable("an architecture");
}

std::unique_ptr<llvm::TargetMachine> make_machine(Architecture architecture,
                                                  const std::string& processor,
                                                  const char* features) {
    start_llvm();
    const std::string triple_text = triple_of(architecture);
    std::string error;
#if LLVM_VERSION_MAJOR >= 22
    const llvm::Triple triple(triple_text);
    const llvm::Target* found = llvm::TargetRegistry::lookupTarget(triple, error);
#else
    const std::string& triple = triple_text;
    const llvm::Target* found = llvm::TargetRegistry::lookupTarget(triple, error);
#endif
    if (!found) throw CompileFailure("LLVM has no target " + triple_text + ": " + error);
    std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
        triple, processor, features, llvm::TargetOptions(), llvm::Reloc::PIC_,
        llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
    if (!machine) throw CompileFailure("LLVM does not know the processor " + processor);
    return machine;
}

}  // namespace

std::unique_ptr<llvm::TargetMachine> make_machine(const Target& target) {
    if (target.architecture == Architecture::Arm) return make_base_machine(target.architecture);
    // Vectors of 512 bits are asked for: the scans are written for them.
    return make_machine(target.architecture, target.name,
                        target.lanes == 16 ? "-prefer-256-bit" : "");
}

std::unique_ptr<llvm::TargetMachine> make_base_machine(Architecture architecture) {
    return make_machine(architecture, architecture == Architecture::X86 ? "x86-64" : "generic", "");
}

void prepare_module(llvm::Module& module, const llvm::TargetMachine& machine) {
    module.setDataLayout(machine.createDataLayout());
#if LLVM_VERSION_MAJOR >= 21
    module.setTargetTriple(machine.getTargetTriple());
#else
    module.setTargetTriple(machine.getTargetTriple().str());
#endif
}

/// Our code is vector code already: clean it up, but do not look for more parallelism.
void optimize(llvm::Module& module, llvm::TargetMachine& machine) {
    std::string text;
    llvm::raw_string_ostream errors(text);
    if (llvm::verifyModule(module, &errors))
        throw CompileFailure("the generated LLVM code is unsound: " + errors.str());
    llvm::PipelineTuningOptions options;
    options.LoopVectorization = false;
    options.SLPVectorization = false;
    options.LoopUnrolling = false;
    options.LoopInterleaving = false;
    llvm::PassBuilder passes(&machine, options);
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager calls;
    llvm::ModuleAnalysisManager modules;
    passes.registerModuleAnalyses(modules);
    passes.registerCGSCCAnalyses(calls);
    passes.registerFunctionAnalyses(functions);
    passes.registerLoopAnalyses(loops);
    passes.crossRegisterProxies(loops, functions, calls, modules);
    passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1).run(module, modules);
}

std::vector<std::byte> generate(llvm::Module& module, llvm::TargetMachine& machine,
                                llvm::CodeGenFileType type) {
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream out(bytes);
    llvm::legacy::PassManager passes;
    if (machine.addPassesToEmitFile(passes, out, nullptr, type))
        throw CompileFailure("LLVM cannot generate code for this target");
    passes.run(module);
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
    return {begin, begin + bytes.size()};
}

}  // namespace snnc::codegen
