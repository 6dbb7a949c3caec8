#include <gtest/gtest.h>

#include <filesystem>

#include "driver/pipeline.h"

namespace snnc::driver {
namespace {

#ifdef SNNC_HAS_CODEGEN
std::ptrdiff_t threads_of_this_process() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                         std::filesystem::directory_iterator{});
}

ir::Network small_network() {
    Session session;
    const auto module = frontend::load_text(
        session.sources, "n.snn",
        "network N {\n    input x[t] : f32[3]\n    x -> LI as out\n    output out.v\n}\n",
        session.diagnostics);
    return make_network(session, *module, {});
}

// The threads that were asked for are all there are: an engine has no others of its own.
TEST(Machine, RunsOnTheThreadsThatWereAskedFor) {
    ir::Network network = small_network();
    ir::LoweringOptions lowering;
    lowering.results = network.outputs;
    const ir::StepProgram program = make_program(network, lowering);
    const std::ptrdiff_t before = threads_of_this_process();
    for (const int threads : {1, 3}) {
        EngineOptions options;
        options.threads = threads;
        Machine machine(options);
        const auto engine = machine.load(network, program);
        EXPECT_EQ(machine.threads(), threads);
        EXPECT_EQ(threads_of_this_process() - before, threads - 1);
    }
}
#endif

}  // namespace
}  // namespace snnc::driver
