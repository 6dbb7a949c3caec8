#include "codegen/llvm/module.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <mutex>

#include "codegen/llvm/driver.h"

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

/// Our code is vector code already: clean it up, but do not look for more parallelism.
void optimize(llvm::Module& module, llvm::TargetMachine& machine) {
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

struct Built {
    llvm::LLVMContext context;
    std::unique_ptr<llvm::TargetMachine> machine;
    std::unique_ptr<llvm::Module> module;
};

std::unique_ptr<Built> build(const ir::Network& network, const ir::StepProgram& program,
                             const BufferPlan& plan, const Target& target) {
    auto built = std::make_unique<Built>();
    built->machine = make_machine(target);
    built->module = std::make_unique<llvm::Module>("snnc", built->context);
    built->module->setDataLayout(built->machine->createDataLayout());
#if LLVM_VERSION_MAJOR >= 21
    built->module->setTargetTriple(built->machine->getTargetTriple());
#else
    built->module->setTargetTriple(built->machine->getTargetTriple().str());
#endif
    ModuleFrame frame{network, program, plan, built->context, *built->module};
    emit_driver(frame);
    for (llvm::Function& function : *built->module)
        if (!function.isDeclaration()) {
            function.addFnAttr("target-cpu", target.name);
            function.addFnAttr("prefer-vector-width", std::to_string(32 * plan.lanes));
            function.addFnAttr("min-legal-vector-width", std::to_string(32 * plan.lanes));
        }
    std::string text;
    llvm::raw_string_ostream errors(text);
    if (llvm::verifyModule(*built->module, &errors))
        throw CompileFailure("the generated LLVM code is unsound: " + errors.str());
    optimize(*built->module, *built->machine);
    return built;
}

llvm::SmallVector<char, 0> generate(Built& built, llvm::CodeGenFileType type) {
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream out(bytes);
    llvm::legacy::PassManager passes;
    if (built.machine->addPassesToEmitFile(passes, out, nullptr, type))
        throw CompileFailure("LLVM cannot generate code for this target");
    passes.run(*built.module);
    return bytes;
}

}  // namespace

std::vector<std::byte> compile_module(const ir::Network& network, const ir::StepProgram& program,
                                      const BufferPlan& plan, const Target& target) {
    const auto built = build(network, program, plan, target);
    const auto bytes = generate(*built, llvm::CodeGenFileType::ObjectFile);
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
    return {begin, begin + bytes.size()};
}

std::string print_module(const ir::Network& network, const ir::StepProgram& program,
                         const BufferPlan& plan, const Target& target, bool machine) {
    const auto built = build(network, program, plan, target);
    if (machine) {
        const auto bytes = generate(*built, llvm::CodeGenFileType::AssemblyFile);
        return {bytes.begin(), bytes.end()};
    }
    std::string text;
    llvm::raw_string_ostream out(text);
    built->module->print(out, nullptr);
    return out.str();
}

}  // namespace snnc::codegen
