#include "codegen/llvm/jit.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <mutex>

#include "codegen/backend.h"
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
    using Unary = float (*)(float);
    using Binary = float (*)(float, float);
    const auto unary = [](Unary function) { return reinterpret_cast<void*>(function); };
    return {{"halide_malloc", reinterpret_cast<void*>(&snnc_halide_malloc)},
            {"halide_free", reinterpret_cast<void*>(&snnc_halide_free)},
            {"halide_do_par_for", reinterpret_cast<void*>(&snnc_halide_do_par_for)},
            {"memset", reinterpret_cast<void*>(&std::memset)},
            {"memcpy", reinterpret_cast<void*>(&std::memcpy)},
            {"expf", unary(&::expf)},
            {"logf", unary(&::logf)},
            {"log10f", unary(&::log10f)},
            {"log1pf", unary(&::log1pf)},
            {"expm1f", unary(&::expm1f)},
            {"sinf", unary(&::sinf)},
            {"cosf", unary(&::cosf)},
            {"tanf", unary(&::tanf)},
            {"tanhf", unary(&::tanhf)},
            {"powf", reinterpret_cast<void*>(static_cast<Binary>(&::powf))}};
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
            auto layer = std::make_unique<llvm::orc::ObjectLinkingLayer>(session);
            struct Map : llvm::orc::ObjectLinkingLayer::Plugin {
                void modifyPassConfig(llvm::orc::MaterializationResponsibility&,
                                      llvm::jitlink::LinkGraph&,
                                      llvm::jitlink::PassConfiguration& c) override {
                    c.PostFixupPasses.push_back([](llvm::jitlink::LinkGraph& g) {
                        FILE* f =
                            fopen(("/tmp/perf-" + std::to_string(getpid()) + ".map").c_str(), "a");
                        for (auto* s : g.defined_symbols())
                            if (s->isCallable())
                                fprintf(f, "%llx %llx %s\n",
                                        (unsigned long long)s->getAddress().getValue(),
                                        (unsigned long long)s->getSize(),
                                        s->hasName() ? std::string(*s->getName()).c_str() : "anon");
                        fclose(f);
                        return llvm::Error::success();
                    });
                }
                llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility&) override {
                    return llvm::Error::success();
                }
                llvm::Error notifyRemovingResources(llvm::orc::JITDylib&,
                                                    llvm::orc::ResourceKey) override {
                    return llvm::Error::success();
                }
                void notifyTransferringResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey,
                                                 llvm::orc::ResourceKey) override {}
            };
            layer->addPlugin(std::make_shared<Map>());
            return layer;
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
