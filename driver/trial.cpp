#include "driver/trial.h"

namespace snnc::driver {

std::string unused_name(const std::string& text, std::string wanted) {
    while (text.find(wanted) != std::string::npos) wanted += '_';
    return wanted;
}

frontend::Module module_of_text(Session& session, const std::string& file,
                                const std::string& text) {
    auto module = frontend::load_text(session.sources, file, text, session.diagnostics);
    session.stop_on_errors();
    return std::move(module.value());
}

void run_once(ir::Network& network, const std::vector<ir::TensorId>& results,
              const ir::RunSize& size, PortValues& values) {
    ir::LoweringOptions lowering;
    for (const ir::TensorId result : results) lowering.want(result);
    const ir::StepProgram program = make_program(network, lowering);
    EngineOptions engine;
    engine.backend = "interpret";
    Machine(engine).load(network, program)->run(size, values.arguments(program, size), {});
}

}  // namespace snnc::driver
