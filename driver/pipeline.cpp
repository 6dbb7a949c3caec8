#include "driver/pipeline.h"

#include <fmt/format.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "ir/passes/forward_copies.h"
#include "ir/passes/round_products.h"

#ifdef SNNC_CODEGEN
#include "codegen/backend.h"
#endif

namespace snnc::driver {
namespace {

/// Of this process: separate models may be made on separate threads.
std::atomic<bool> timings = false;

template <class Function>
auto timed(const char* stage, Function&& function) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto result = function();
    if (timings) {
        const std::chrono::duration<double, std::milli> time = Clock::now() - start;
        fmt::print(stderr, "{:<14}{:9.2f} ms\n", stage, time.count());
    }
    return result;
}

[[noreturn]] [[maybe_unused]] void defect(const char* stage,
                                          const std::vector<std::string>& broken_rules) {
    std::string message = fmt::format("the verifier refuses the result of `{}`", stage);
    for (const std::string& rule : broken_rules) message += "\n  " + rule;
    throw std::logic_error(message);
}

void verify_network([[maybe_unused]] const char* stage,
                    [[maybe_unused]] const ir::Network& network) {
#ifndef NDEBUG
    if (const auto broken = ir::verify(network); !broken.empty()) defect(stage, broken);
#endif
}

void verify_program([[maybe_unused]] const ir::Network& network,
                    [[maybe_unused]] const ir::StepProgram& program) {
#ifndef NDEBUG
    if (const auto broken = ir::verify(network, program); !broken.empty()) defect("lower", broken);
#endif
}

}  // namespace

// ---- the line ------------------------------------------------------------------------------

const std::vector<PassInfo>& passes() {
    static const std::vector<PassInfo> all{
        {"parse", "text to syntax tree; imports and the standard library too"},
        {"elaborate", "names, options, shapes, time: the syntax tree becomes a network"},
        {"place_edges", "edges of sparse layers: drawn, or those of the weights file"},
        {"carry_past", "what is read of earlier steps can be given: windows, runs that go on"},
        {"differentiate", "adjoint equations of the loss (grad, train)"},
        {"add_optimizer", "update equations of the parameters (train)"},
        {"round_products", "products take operands rounded to bfloat16 (`precision = bf16`)"},
        {"forward_copies", "readers of a copy read the original"},
        {"lower", "definitions in order, fused into scans, with what is kept in memory"},
        {"compile", "Halide and LLVM code for the processor, from the cache where it is there"},
    };
    return all;
}

frontend::Module load_module(Session& session, const std::string& file) {
    auto module =
        timed("parse", [&] { return frontend::load(session.sources, file, session.diagnostics); });
    session.stop_on_errors();
    if (!module) throw std::logic_error("no module and no message");
    return std::move(*module);
}

ir::Network make_network(Session& session, const frontend::Module& module,
                         const frontend::Request& request) {
    auto network = timed("elaborate", [&] {
        return frontend::elaborate(session.sources, module, request, session.diagnostics);
    });
    session.stop_on_errors();
    if (!network) throw std::logic_error("no network and no message");
    verify_network("elaborate", *network);
    return std::move(*network);
}

ir::Gradients add_gradients(ir::Network& network, const std::vector<ir::TensorId>& wrt) {
    auto gradients = timed("differentiate",
                           [&] { return ir::differentiate(network, network.training->loss, wrt); });
    verify_network("differentiate", network);
    return gradients;
}

ir::StepProgram make_program(ir::Network& network, const ir::LoweringOptions& options) {
    if (network.training && network.training->bf16) ir::round_products(network);
    ir::forward_copies(network);
    verify_network("forward_copies", network);
    auto program = timed("lower", [&] { return ir::lower(network, options); });
    verify_program(network, program);
    return program;
}

// ---- what the line needs -------------------------------------------------------------------

std::vector<ir::TensorId> trainable_parameters(const ir::Network& network) {
    std::vector<ir::TensorId> result;
    for (const ir::Parameter& parameter : network.parameters) {
        if (network[parameter.tensor].trainable) result.push_back(parameter.tensor);
    }
    return result;
}

std::vector<ir::TensorId> learned_parameters(const ir::Network& network) {
    auto parameters = trainable_parameters(network);
    if (parameters.empty())
        fail(Code::NothingLearned,
             fmt::format("`{}` has no parameter that training changes", network.name));
    return parameters;
}

void fail_independent_loss(const ir::Network& network) {
    fail(Code::NothingLearned,
         fmt::format("the loss depends on no parameter of `{}` that training changes",
                     network.name));
}

void forget_formulas(ir::Network& network, const std::vector<ir::TensorId>& initials) {
    for (const ir::TensorId initial : initials) {
        for (ir::Definition& definition : network.definitions) {
            if (definition.target == initial)
                definition.kind = ir::Formula{network.pool.constant(0)};
        }
    }
}

void time_stages(bool on) { timings = on; }

std::string cache_folder() {
    if (const char* own = std::getenv("SNNC_CACHE"); own && *own) return own;
    if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/') {
        return std::string(xdg) + "/snnc";
    }
    if (const char* home = std::getenv("HOME"); home && *home == '/') {
        return std::string(home) + "/.cache/snnc";
    }
    return {};
}

// ---- engines -------------------------------------------------------------------------------

namespace {

class Interpreter final : public Engine {
 public:
    Interpreter(const ir::Network& network, const ir::StepProgram& program)
        : network_(network), program_(program) {}
    void run(const ir::RunSize& size, const std::vector<void*>& ports,
             const ir::Draws& draws) override {
        ir::interpret<float>(network_, program_, size, ports, draws);
    }

 private:
    const ir::Network& network_;
    const ir::StepProgram& program_;
};

#ifdef SNNC_CODEGEN
class Compiled final : public Engine {
 public:
    explicit Compiled(std::unique_ptr<codegen::Executable> executable)
        : executable_(std::move(executable)) {}
    void run(const ir::RunSize& size, const std::vector<void*>& ports,
             const ir::Draws& draws) override {
        executable_->run(size, ports, draws);
    }

    void run_first(const ir::RunSize& size, const std::vector<void*>& ports,
                   const ir::Draws& draws) override {
        executable_->run(size, ports, draws, codegen::Part::First);
    }
    void run_second(const ir::RunSize& size, const std::vector<void*>& ports,
                    const ir::Draws& draws) override {
        executable_->run(size, ports, draws, codegen::Part::Second);
    }

 private:
    std::unique_ptr<codegen::Executable> executable_;
};

std::string target_name(const EngineOptions& options) {
    try {
        if (options.cpu.empty()) return codegen::Target::host().name;
        return (options.any_cpu ? codegen::Target::known(options.cpu)
                                : codegen::Target::named(options.cpu))
            .name;
    } catch (const std::invalid_argument& error) {
        fail(Code::UnknownTarget, error.what());
    }
}
#else
std::string target_name(const EngineOptions&) {
    fail(Code::NoCodegen,
         "this snnc was built without code generation; `--backend interpret` works");
}
#endif

bool chooses_interpreter(const EngineOptions& options) {
    if (options.backend == "opencl" || options.backend == "cuda") {
        fail(Code::LaterBackend,
             fmt::format("the back end `{}` comes in a later version; `cpu` and `interpret` work",
                         options.backend));
    }
#ifndef SNNC_CODEGEN
    if (options.backend.empty()) return true;
#endif
    return options.backend == "interpret";
}

int thread_count(const EngineOptions& options) {
    if (options.threads == 0) return runtime::default_threads();
    if (options.threads < 0 || options.threads > runtime::most_threads)
        fail(Code::BadCommandLine, fmt::format("a run takes from 1 to {} threads, not {}",
                                               runtime::most_threads, options.threads));
    return options.threads;
}

}  // namespace

Machine::Machine(const EngineOptions& options)
    : interprets_(chooses_interpreter(options)),
      debug_(options.debug),
      target_(interprets_ ? "interpreter" : target_name(options)),
      threads_(thread_count(options)),
      cache_(options.cache ? *options.cache : cache_folder()) {
    if (options.timings) time_stages(true);
}

std::unique_ptr<Engine> Machine::load(const ir::Network& network, const ir::StepProgram& program) {
#ifdef SNNC_CODEGEN
    if (!interprets_) {
        codegen::CompileOptions options;
        options.target = codegen::Target::named(target_);
        options.cache_folder = cache_;
        options.threads = threads_;
        return std::make_unique<Compiled>(
            timed("compile", [&] { return codegen::compile(network, program, options); }));
    }
#endif
    return std::make_unique<Interpreter>(network, program);
}

}  // namespace snnc::driver
