#include "codegen/llvm/module.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <mutex>
#include <set>

#include "codegen/llvm/driver.h"
#include "codegen/llvm/operators.h"

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

void collect_products(const std::vector<ir::Task>& tasks, const ir::Network& network,
                      const BufferPlan& plan, std::set<std::string>& known,
                      std::vector<Product>& products) {
    for (const ir::Task& task : tasks) {
        if (const auto* loop = std::get_if<ir::LoopTask>(&task))
            collect_products(loop->tasks, network, plan, known, products);
        const auto* op = std::get_if<ir::OperatorTask>(&task);
        if (!op || !is_halide_product(plan, *network.definition(op->target))) continue;
        const ir::DefinitionKind& kind = network.definition(op->target)->kind;
        Product product{ProductKind::Weight, 0, 0, {}};
        ir::TensorId weight = op->target;
        if (const auto* dense = std::get_if<ir::Dense>(&kind)) {
            product.kind = dense->transposed ? ProductKind::Transposed : ProductKind::Forward;
            weight = dense->weight;
        }
        product.in = network[weight].shape[0];
        product.out = network[weight].shape[1];
        product.symbol = product_symbol(product.kind, product.in, product.out);
        if (known.insert(product.symbol).second) products.push_back(product);
    }
}

}  // namespace

std::string product_symbol(ProductKind kind, std::int64_t in, std::int64_t out) {
    const char* names[] = {"forward", "transposed", "weight"};
    return std::string("snnc_product_") + names[int(kind)] + "_" + std::to_string(in) + "_" +
           std::to_string(out);
}

std::vector<Product> products_of(const ir::Network& network, const ir::StepProgram& program,
                                 const BufferPlan& plan) {
    std::set<std::string> known;
    std::vector<Product> products;
    collect_products(program.tasks, network, plan, known, products);
    return products;
}

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
