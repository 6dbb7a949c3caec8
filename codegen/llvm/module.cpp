#include "codegen/llvm/module.h"

#include <llvm/Support/raw_ostream.h>

#include "codegen/llvm/driver.h"
#include "codegen/llvm/machine.h"

namespace snnc::codegen {
namespace {

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
    prepare_module(*built->module, *built->machine);
    ModuleFrame frame{network, program, plan, built->context, *built->module};
    emit_driver(frame);
    for (llvm::Function& function : *built->module)
        if (!function.isDeclaration()) {
            function.addFnAttr("target-cpu", built->machine->getTargetCPU());
            function.addFnAttr("prefer-vector-width", std::to_string(32 * plan.lanes));
            function.addFnAttr("min-legal-vector-width", std::to_string(32 * plan.lanes));
        }
    optimize(*built->module, *built->machine);
    return built;
}

}  // namespace

std::vector<std::byte> compile_module(const ir::Network& network, const ir::StepProgram& program,
                                      const BufferPlan& plan, const Target& target) {
    const auto built = build(network, program, plan, target);
    return generate(*built->module, *built->machine, llvm::CodeGenFileType::ObjectFile);
}

std::string print_module(const ir::Network& network, const ir::StepProgram& program,
                         const BufferPlan& plan, const Target& target, bool machine) {
    const auto built = build(network, program, plan, target);
    if (machine) {
        const auto bytes =
            generate(*built->module, *built->machine, llvm::CodeGenFileType::AssemblyFile);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    std::string text;
    llvm::raw_string_ostream out(text);
    built->module->print(out, nullptr);
    return out.str();
}

}  // namespace snnc::codegen
