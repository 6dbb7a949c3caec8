#include "codegen/llvm/c_library.h"

#include <llvm/IR/IRBuilder.h>

#include <cmath>
#include <cstring>
#include <map>

#include "codegen/llvm/machine.h"

namespace snnc::codegen {
namespace {

template <class Real>
void* unary(Real (*function)(Real)) {
    return reinterpret_cast<void*>(function);
}
template <class Real>
void* binary(Real (*function)(Real, Real)) {
    return reinterpret_cast<void*>(function);
}

}  // namespace

const std::vector<CLibrary>& c_libraries() {
    using Compare = int (*)(const char*, const char*);
    static const std::vector<CLibrary> libraries = {
        {"libm.so.6",
         {{"expf", unary<float>(&::expf), "GLIBC_2.27", "GLIBC_2.27"},
          {"logf", unary<float>(&::logf), "GLIBC_2.27", "GLIBC_2.27"},
          {"powf", binary<float>(&::powf), "GLIBC_2.27", "GLIBC_2.27"},
          {"log10f", unary<float>(&::log10f)},
          {"log1pf", unary<float>(&::log1pf)},
          {"expm1f", unary<float>(&::expm1f)},
          {"sinf", unary<float>(&::sinf)},
          {"cosf", unary<float>(&::cosf)},
          {"tanf", unary<float>(&::tanf)},
          {"tanhf", unary<float>(&::tanhf)},
          // Of rates and schedules.
          {"pow", binary<double>(&::pow), "GLIBC_2.29", "GLIBC_2.29"},
          {"cos", unary<double>(&::cos)},
          {"floor", unary<double>(&::floor)}}},
        {"libc.so.6",
         {{"memcpy", reinterpret_cast<void*>(&std::memcpy), "GLIBC_2.14"},
          {"memmove", reinterpret_cast<void*>(&std::memmove)},
          {"memset", reinterpret_cast<void*>(&std::memset)},
          {"strcmp", reinterpret_cast<void*>(static_cast<Compare>(&std::strcmp))}}}};
    return libraries;
}

ObjectCode empty_functions(const CLibrary& library, Architecture architecture) {
    llvm::LLVMContext context;
    const auto machine = make_base_machine(architecture);
    llvm::Module module(library.name, context);
    prepare_module(module, *machine);
    llvm::IRBuilder<> ir(context);
    auto* type = llvm::FunctionType::get(ir.getVoidTy(), false);
    for (const CFunction& function : library.functions) {
        auto* empty =
            llvm::Function::Create(type, llvm::Function::ExternalLinkage, function.name, module);
        ir.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", empty));
        ir.CreateRetVoid();
    }
    return generate(module, *machine, llvm::CodeGenFileType::ObjectFile);
}

std::string version_script(const CLibrary& library, Architecture architecture) {
    std::map<std::string, std::string> names;  // by version
    for (const CFunction& function : library.functions)
        names[architecture == Architecture::Arm ? function.aarch64 : function.x86_64] +=
            std::string(" ") + function.name + ";";
    std::string script;
    for (const auto& [version, functions] : names)
        script += version + " { global:" + functions + " };\n";
    return script;
}

}  // namespace snnc::codegen
