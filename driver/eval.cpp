// snnc eval: loss and metrics of trained weights.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "driver/data_options.h"
#include "driver/evaluation.h"
#include "driver/parameters.h"

namespace snnc::driver {
namespace {

struct EvalOptions {
    NetworkOptions network;
    WeightOptions weights;
    EngineOptions engine;
    DataOptions data;
    std::string train_block;
    std::optional<std::int64_t> batch;
    bool json = false;
};

std::string as_json(const std::vector<Score>& scores, const SampleSet& samples) {
    nlohmann::ordered_json json{{"data", samples.name}, {"samples", samples.count}};
    for (const Score& score : scores) {
        // JSON knows no infinity.
        if (std::isfinite(score.value))
            json[score.name] = score.value;
        else
            json[score.name] = nullptr;
    }
    return json.dump() + "\n";
}

int evaluate(Session& session, const EvalOptions& options) {
    Machine machine(options.engine);
    const frontend::Module module = load_module(session, options.network.file);
    if (frontend::train_names(module).empty()) {
        fail(Code::NoTraining, "the file has no `train` block that says loss and metrics",
             options.network.file);
    }
    frontend::Request request = options.network.request();
    request.training = true;
    request.train_block = options.train_block;
    ir::Network network = make_network(session, module, request);
    PortValues values(network);
    prepare_parameters(session, network, options.weights, values);
    const TrainingData data = load_test_data(session, network, options.data);

    Evaluation evaluation(session, network, machine);
    const auto scores =
        evaluation.run(*data.test, options.batch.value_or(network.training->batch), data.steps,
                       options.weights.seed.value_or(network.seed), values);
    if (options.json) {
        write_out(as_json(scores, *data.test));
        return Done;
    }
    for (const Score& score : scores)
        write_out(fmt::format("{} {:.9g}\n", score.name, score.value));
    return Done;
}

}  // namespace

void add_eval(Tool& tool) {
    auto* verb = add_verb(
        tool, "eval", "Loss and metrics of trained weights",
        {"eval examples/02_fashion_mlp.snn --weights w.safetensors --data fashion-mnist",
         "eval net.snn --weights w.safetensors --input x=x.npy --target label=y.npy --json"});
    auto options = std::make_shared<EvalOptions>();
    options->network.add_to(*verb);
    verb->add_option("--train-block", options->train_block,
                     "which train block, if there are several");
    options->data.add_to(*verb, true);
    options->weights.add_to(*verb);
    verb->get_option("--weights")->required();
    verb->add_option("--batch", options->batch, "samples at a time")->check(whole_number());
    verb->add_flag("--json", options->json, "prints one JSON object");
    options->engine.add_to(*verb);
    options->engine.add_debug_to(*verb);
    verb->add_option("--cpu", options->engine.cpu, "the processor to compile for");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return evaluate(session, *options); };
    });
}

}  // namespace snnc::driver
