#include "driver/surrogate_curve.h"

#include <fmt/format.h>

#include "driver/arrays.h"
#include "driver/pipeline.h"

namespace snnc::driver {
namespace {

/// A cell whose membrane is its input, so that the gradient of its spikes is the surrogate.
std::string with_probe(const std::string& text, const std::string& surrogate, std::size_t places) {
    return text + fmt::format(R"(
neuron SurrogateProbe {{
    input x
    output s
    s[t] = spike(x)
}}
network SurrogateProbeNetwork {{
    steps = 1
    input places[t] : f32[{}]
    places -> SurrogateProbe(surrogate = {}) as probe
    output probe.s
}}
)",
                              places, surrogate);
}

}  // namespace

SurrogateCurve surrogate_curve(Session& session, const std::string& name, const std::string& text,
                               const std::string& surrogate, const std::vector<double>& places) {
    const auto module = frontend::load_text(
        session.sources, name, with_probe(text, surrogate, places.size()), session.diagnostics);
    session.stop_on_errors();
    frontend::Request request;
    request.network = "SurrogateProbeNetwork";
    request.loss = "sum_t(sum(probe.s))";
    ir::Network network = make_network(session, module.value(), request);
    const ir::TensorId input = network.inputs.front(), spikes = network.outputs.front();
    const ir::Gradients gradients = add_gradients(network, {input});
    ir::LoweringOptions lowering;
    lowering.results = {spikes, gradients.of(input)};
    EngineOptions engine;
    engine.backend = "interpret";
    Machine machine(engine);
    const ir::StepProgram program = make_program(network, lowering);
    PortValues values(network);
    values[input].floats.assign(places.begin(), places.end());
    const ir::RunSize size{1, 1};
    machine.load(network, program)->run(size, values.arguments(program, size), {});
    const auto numbers = [&](ir::TensorId id) {
        const auto& floats = values.at(id).floats;
        return std::vector<double>(floats.begin(), floats.end());
    };
    return {numbers(spikes), numbers(gradients.of(input))};
}

}  // namespace snnc::driver
