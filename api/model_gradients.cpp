// Loss and gradients of a model's runs.
#include "api/model_data.h"
#include "driver/loss_request.h"

namespace snnc::api {
namespace {

std::string key_of(const Arrays& targets, const GradientOptions& options) {
    std::string key = options.mode == Mode::Train ? "train" : "evaluate";
    key += "|" + options.loss + "|" + options.train_block + "|";
    for (const std::string& name : options.with_respect_to) key += "|" + name;
    for (const auto& [name, array] : options.states) key += "||" + name;
    if (options.loss.empty()) return key;
    // What a further array is follows from its shape.
    for (const auto& [name, array] : targets)
        key += "|||" + name + (array.is_integer() ? "i" : "f") + runtime::to_string(array.shape());
    return key;
}

/// What the inputs say of steps and samples, which a loss over further arrays is made with.
driver::SizeFinder sizes_of(const ir::Network& network, const Arrays& inputs,
                            const GradientOptions& options) {
    driver::SizeFinder sizes = driver::known_sizes(network, options.steps);
    for (const driver::GivenArray& array : given(inputs)) {
        const ir::TensorId id = network.find(array.name);
        if (id.valid()) driver::check_shape(network[id], array.array, {}, sizes);
    }
    return sizes;
}

ir::Network loss_network(Model::Data& data, const Arrays& inputs, const Arrays& targets,
                         const GradientOptions& options) {
    frontend::Request request =
        options.loss.empty() ? data.training_request(options.train_block) : data.request();
    request.mode = to_frontend(options.mode);
    if (options.loss.empty()) return data.elaborate(request);
    request.loss = options.loss;
    const driver::SizeFinder sizes = sizes_of(data.network, inputs, options);
    std::vector<driver::NamedShape> arrays;
    for (const driver::GivenArray& array : given(targets))
        arrays.push_back({array.name, {}, array.array.dtype, array.array.shape});
    ir::Network network =
        driver::network_with_loss(data.session, data.module, request, arrays, sizes);
    data.place_edges(network);
    return network;
}

GradientRun& gradient_program(Model::Data& data, const Arrays& inputs, const Arrays& targets,
                              const GradientOptions& options) {
    GradientRun& run = data.gradients[key_of(targets, options)];
    if (run.program) return run;
    ir::Network network = loss_network(data, inputs, targets, options);
    run.given.initials.clear();
    for (const auto& [name, array] : options.states)
        if (const auto initial = driver::initial_of(network, name))
            run.given.initials.push_back(*initial);
    driver::forget_formulas(network, run.given.initials);
    run.wanted =
        driver::wanted_gradients(network, run.given, options.with_respect_to, "with_respect_to");
    run.gradients = driver::add_gradients(network, driver::tensors_of(run.wanted));
    ir::LoweringOptions lowering =
        driver::gradient_lowering(network, run.gradients, run.wanted, run.given.initials);
    run.program =
        std::make_unique<Program>(data.machine, std::move(network), lowering, data.parameters);
    return run;
}

Array take_gradient(GradientRun& run, const driver::WantedGradient& wanted,
                    const ir::RunSize& size) {
    runtime::Array array = driver::gradient_array(run.program->network(), run.gradients, wanted,
                                                  run.given, run.program->values(), size);
    return {array.shape, array.to_f32(), {}};
}

}  // namespace

Gradients Model::differentiate(const Arrays& inputs, const Arrays& targets,
                               const GradientOptions& options) {
    return guarded(data_->session, [&] {
        require_positive("steps", options.steps);
        if (!options.loss.empty() && !options.train_block.empty())
            driver::fail(Code::BadCommandLine,
                         "the gradient is that of `loss` or of `train_block`, not of both");
        GradientRun& run = gradient_program(*data_, inputs, targets, options);
        const ir::Network& network = run.program->network();
        driver::PortValues& values = run.program->values();
        driver::SizeFinder sizes = driver::known_sizes(network, options.steps);
        const auto bind = [&](const std::vector<ir::TensorId>& tensors, const char* kind,
                              const Arrays& arrays) {
            auto views = given(arrays);
            for (driver::GivenArray& view : views) view.stays = true;
            driver::bind_arrays(data_->session, network, tensors, kind, views, sizes, values);
        };
        bind(network.inputs, "input", inputs);
        bind(network.training->targets, "target", targets);
        driver::bind_states(data_->session, network, "state", given(options.states), sizes, values);
        const ir::RunSize size = sizes.size(network);
        run.program->run(size, {data_->seed(options.seed, network), 0, {}});

        Gradients result;
        result.loss = driver::mean_loss(network, values);
        for (const driver::WantedGradient& one : run.wanted)
            result.of[one.name] = take_gradient(run, one, size);
        return result;
    });
}

}  // namespace snnc::api
