#include "api/model_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "driver/parameters.h"

namespace snnc::api {
namespace {

driver::EngineOptions engine_options(const ModelOptions& options) {
    driver::EngineOptions engine;
    engine.backend = options.backend == Backend::Interpreter ? "interpret" : "";
    engine.cpu = options.target;
    engine.threads = options.threads;
    engine.cache = options.cache;
    return engine;
}

frontend::Module load(driver::Session& session, const Source& source) {
    auto module =
        frontend::load_text(session.sources, source.name, source.text, session.diagnostics);
    session.stop_on_errors();
    return std::move(module.value());
}

}  // namespace

Model::Data::Data(const std::shared_ptr<driver::Session>& owner, Source text, ModelOptions given)
    : session_owner(owner),
      session(*owner),
      source(std::move(text)),
      options(std::move(given)),
      module(load(session, source)),
      machine(engine_options(options)),
      network(driver::make_network(session, module, request())) {
    network.seed = options.seed.value_or(network.seed);
    driver::PortValues values(network);
    driver::place_edges(session, network, options.weights, network.seed, values);
    driver::initialise_parameters(network, network.seed, values);
    for (const ir::Parameter& parameter : network.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        driver::Values& first = values[parameter.tensor];
        if (tensor.kind == ir::DataKind::Index)
            edges.tensors[tensor.name] = driver::to_file_layout(tensor, first);
        parameters[tensor.name] = std::make_shared<driver::Values>(std::move(first));
    }
    if (!options.weights.empty()) load_weights(options.weights, options.partial);
    session.diagnostics.sort_by_place();
    warnings = to_public(session.sources, session.diagnostics);
}

std::unique_ptr<Model::Data> Model::Data::make(Source source, ModelOptions options) {
    const auto session = std::make_shared<driver::Session>();
    return guarded(*session, [&] {
        return std::make_unique<Data>(session, std::move(source), std::move(options));
    });
}

frontend::Request Model::Data::request() const {
    require_positive("steps", options.steps);
    frontend::Request request;
    request.network = options.network;
    request.steps = options.steps;
    for (const auto& [path, value] : options.settings) request.sets.push_back({path, value});
    return request;
}

frontend::Request Model::Data::training_request(const std::string& train_block) const {
    if (frontend::train_names(module).empty())
        driver::fail(Code::NoTraining, "the text has no `train` block that says the loss");
    frontend::Request wanted = request();
    wanted.training = true;
    wanted.train_block = train_block;
    return wanted;
}

ir::Network Model::Data::elaborate(const frontend::Request& request) {
    ir::Network result = driver::make_network(session, module, request);
    place_edges(result);
    return result;
}

void Model::Data::place_edges(ir::Network& made) {
    driver::PortValues values(made);
    driver::place_edges(session, made, edges, {}, network.seed, values);
}

ir::Network Model::Data::with_loss(const std::string& loss, const std::string& train_block) {
    if (loss.empty()) return elaborate(training_request(train_block));
    frontend::Request wanted = request();
    wanted.loss = loss;
    return elaborate(wanted);
}

void Model::Data::set_parameters(const driver::PortValues& values) {
    for (const ir::Parameter& parameter : network.parameters) {
        const auto& from = values.at(parameter.tensor).floats;
        std::copy(from.begin(), from.end(),
                  parameters.at(network[parameter.tensor].name)->floats.begin());
    }
}

void Model::Data::load_weights(const std::string& path, bool partial) {
    // Into copies first: a file that is refused changes nothing.
    driver::PortValues loaded(network);
    for (const ir::Parameter& parameter : network.parameters)
        loaded[parameter.tensor] = *parameters.at(network[parameter.tensor].name);
    driver::load_weights(session, network, path, partial, loaded);
    set_parameters(loaded);
}

const ir::Tensor& Model::Data::find_parameter(const std::string& name) const {
    std::vector<std::string> names;
    for (const ir::Parameter& parameter : network.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        if (tensor.name == name) return tensor;
        names.push_back(tensor.name);
    }
    const std::string hint = did_you_mean(name, names);
    driver::fail(Code::TensorUnknown, fmt::format("`{}` has no parameter `{}`", network.name, name),
                 {}, hint.empty() ? std::vector<std::string>{} : std::vector{hint});
}

runtime::TensorFile Model::Data::weights() const {
    runtime::TensorFile file;
    for (const auto& [name, values] : parameters)
        file.tensors[name] = driver::to_file_layout(find_parameter(name), *values);
    return file;
}

frontend::Mode to_frontend(Mode mode) {
    return mode == Mode::Train ? frontend::Mode::Train : frontend::Mode::Evaluate;
}

void require_positive(const char* option, std::optional<std::int64_t> number) {
    if (number && *number < 1)
        driver::fail(Code::BadCommandLine,
                     fmt::format("`{}` is at least 1, not {}", option, *number));
}

std::vector<ir::TensorId> recorded(const ir::Network& network,
                                   const std::vector<std::string>& record) {
    if (record.empty()) return network.outputs;
    std::vector<ir::TensorId> result;
    for (const std::string& name : record)
        result.push_back(driver::find_variable(network, name, "record"));
    return result;
}

}  // namespace snnc::api
