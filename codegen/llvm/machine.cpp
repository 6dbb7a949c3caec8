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
    });
}

}  // namespace

std::unique_ptr<llvm::TargetMachine> make_machine(const Target& target) {
    start_llvm();
    const std::string triple_text = "x86_64-unknown-linux-gnu";
    std::string error;
#if LLVM_VERSION_MAJOR >= 22
    const llvm::Triple triple(triple_text);
    const llvm::Target* found = llvm::TargetRegistry::lookupTarget(triple, error);
#else
    const std::string& triple = triple_text;
    const llvm::Target* found = llvm::TargetRegistry::lookupTarget(triple, error);
#endif
    if (!found) throw CompileFailure("LLVM has no x86-64 target: " + error);
    // Vectors of 512 bits are asked for: the scans are written for them.
    const char* features = target.name == "x86-64-v4" ? "-prefer-256-bit" : "";
    std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
        triple, target.name, features, llvm::TargetOptions(), llvm::Reloc::PIC_,
        llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
    if (!machine) throw CompileFailure("LLVM does not know the processor " + target.name);
    return machine;
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
