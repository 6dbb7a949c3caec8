// The whole compiler on one page: a file becomes a module, a network, its gradients, a step
// program, and something that runs. Each verb takes the part that it needs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/command_line.h"
#include "driver/session.h"
#include "frontend/elaborate.h"
#include "ir/autodiff/differentiate.h"
#include "ir/interpreter/interpreter.h"
#include "ir/net/network.h"
#include "ir/step/program.h"
#include "runtime/threads.h"

namespace snnc::driver {

/// Something that runs a step program.
class Engine {
 public:
    virtual ~Engine() = default;
    /// Arguments as for ir::interpret<float>.
    virtual void run(const ir::RunSize& size, const std::vector<void*>& ports,
                     const ir::Draws& draws) = 0;
    /// The parts of a program in two (ir::StepProgram::first_part), one after the other with the
    /// same size and the same ports. An engine that keeps nothing runs all of it each time.
    virtual void run_first(const ir::RunSize& size, const std::vector<void*>& ports,
                           const ir::Draws& draws) {
        run(size, ports, draws);
    }
    virtual void run_second(const ir::RunSize& size, const std::vector<void*>& ports,
                            const ir::Draws& draws) {
        run(size, ports, draws);
    }
};

/// Makes engines of one kind: the compiled one for a processor, or the interpreter.
class Machine {
 public:
    /// Reports an unknown processor and back ends of later versions as Failure.
    explicit Machine(const EngineOptions& options);

    std::unique_ptr<Engine> load(const ir::Network& network, const ir::StepProgram& program);
    /// "x86-64-v3", or "interpreter".
    const std::string& target() const { return target_; }
    int threads() const { return threads_; }
    bool interprets() const { return interprets_; }
    /// Are the intervals of ports looked at in a run (checked_ports.h)?
    bool checks_ports() const { return debug_ || interprets_; }

 private:
    bool interprets_, debug_;
    std::string target_;
    int threads_;
    std::string cache_;
};

/// The stages. All of them throw Stop after errors or limitations were reported.
frontend::Module load_module(Session& session, const std::string& file);
ir::Network make_network(Session& session, const frontend::Module& module,
                         const frontend::Request& request);
ir::Gradients add_gradients(ir::Network& network, const std::vector<ir::TensorId>& wrt);
/// The network must be complete: its copies are put in their readers' place first.
ir::StepProgram make_program(ir::Network& network, const ir::LoweringOptions& options);

/// The trainable parameters of the network.
std::vector<ir::TensorId> trainable_parameters(const ir::Network& network);
/// The same for training, which needs some: NothingLearned.
std::vector<ir::TensorId> learned_parameters(const ir::Network& network);
/// NothingLearned: the loss depends on none of them.
[[noreturn]] void fail_independent_loss(const ir::Network& network);

/// Marks the initial values as given from outside: no gradient flows into their formulas.
void forget_formulas(ir::Network& network, const std::vector<ir::TensorId>& initials);

/// What happens to a network on its way to something that runs, in this order.
struct PassInfo {
    const char* name;
    const char* description;
};
const std::vector<PassInfo>& passes();

/// Says how long a stage took, where --timings asks for it (see time_stages).
void time_stages(bool on);

/// Where compiled kernels are kept: SNNC_CACHE, else the XDG cache folder; empty if there is none.
std::string cache_folder();

}  // namespace snnc::driver
