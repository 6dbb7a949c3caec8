#include "codegen/llvm/jit.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>

#include <mutex>

#include "codegen/backend.h"
#include "codegen/llvm/c_library.h"
#include "runtime/halide_runtime.h"

namespace snnc::codegen {

struct LoadedCode::State {
    std::unique_ptr<llvm::orc::LLJIT> jit;
};

namespace {

template <class T>
T checked(llvm::Expected<T> value) {
    if (value) return std::move(*value);
    throw CompileFailure("the generated code cannot be loaded: " +
                         llvm::toString(value.takeError()));
}

void checked(llvm::Error error) {
    if (error)
        throw CompileFailure("the generated code cannot be loaded: " +
                             llvm::toString(std::move(error)));
}

/// Everything that generated code may call; nothing else of the process is visible to it.
std::vector<std::pair<const char*, void*>> surroundings() {
    std::vector<std::pair<const char*, void*>> found = {
        {"halide_malloc", reinterpret_cast<void*>(&snnc_halide_malloc)},
        {"halide_free", reinterpret_cast<void*>(&snnc_halide_free)},
        {"halide_do_par_for", reinterpret_cast<void*>(&snnc_halide_do_par_for)}};
    for (const CLibrary& library : c_libraries())
        for (const CFunction& function : library.functions)
            found.emplace_back(function.name, function.here);
    return found;
}

void start_llvm() {
    static std::once_flag once;
    std::call_once(once, [] {
        llvm::InitializeNativeTarget();
        llvm::InitializeNativeTargetAsmPrinter();
    });
}

}  // namespace

LoadedCode::LoadedCode(const std::vector<std::vector<std::byte>>& objects)
    : state_(std::make_unique<State>()) {
    start_llvm();
    llvm::orc::LLJITBuilder builder;
    builder.setObjectLinkingLayerCreator(
#if LLVM_VERSION_MAJOR >= 21
        [](llvm::orc::ExecutionSession& session)
#else
        [](llvm::orc::ExecutionSession& session, const llvm::Triple&)
#endif
            -> llvm::Expected<std::unique_ptr<llvm::orc::ObjectLayer>> {
            return std::make_unique<llvm::orc::ObjectLinkingLayer>(session);
        });
    builder.setLinkProcessSymbolsByDefault(false);
    builder.setPlatformSetUp(
        llvm::orc::setUpInactivePlatform);  // no constructors, no threads' data
    state_->jit = checked(builder.create());
    llvm::orc::SymbolMap symbols;
    for (const auto& [name, address] : surroundings())
        symbols[state_->jit->mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(address),
                                                       llvm::JITSymbolFlags::Exported};
    checked(state_->jit->getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols))));
    for (const auto& object : objects) {
        const llvm::StringRef bytes(reinterpret_cast<const char*>(object.data()), object.size());
        checked(state_->jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(bytes)));
    }
}

LoadedCode::~LoadedCode() = default;

void* LoadedCode::symbol(const std::string& name) const {
    return checked(state_->jit->lookup(name)).toPtr<void*>();
}

std::string host_level() {
    const auto features = llvm::sys::getHostCPUFeatures();
    const auto has = [&](std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (!features.lookup(name)) return false;
        return true;
    };
    if (!has({"avx2", "fma", "bmi", "bmi2", "f16c"})) return {};
    return has({"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"}) ? "x86-64-v4"
                                                                            : "x86-64-v3";
}

}  // namespace snnc::codegen
