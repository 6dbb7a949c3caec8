// Runs of a model that are a part of somebody else's computation: the run first, its derivative
// when that of the results is known.
#include <fmt/format.h>

#include <algorithm>

#include "api/model_data.h"

namespace snnc::api {
namespace {

std::string key_of(const LinearizeOptions& options) {
    std::string key = options.mode == Mode::Train ? "train" : "evaluate";
    for (const std::string& name : options.record) key += "|" + name;
    key += "||";
    for (const std::string& name : options.with_respect_to) key += "|" + name;
    return key;
}

/// The loss whose derivative by each result is its cotangent.
ir::Network functional(Model::Data& data, const LinearizeOptions& options, LinearRun& run) {
    frontend::Request request = data.request();
    request.mode = to_frontend(options.mode);
    std::string loss;
    const std::vector<ir::TensorId> results = recorded(data.network, options.record);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const ir::Tensor& tensor = data.network[results[i]];
        if (!tensor.per_step)
            driver::fail(Code::BadShape,
                         fmt::format("`{}` is the same in all steps, and only results with steps "
                                     "have a derivative here",
                                     tensor.name));
        const std::string name = fmt::format("cotangent{}", i);
        request.extra_targets.push_back({name, tensor.shape, true, false});
        loss += fmt::format("{}sum_t(sum({}*{}))", i ? " + " : "", name, tensor.name);
    }
    request.loss = loss;
    ir::Network network = data.elaborate(request);
    for (std::size_t i = 0; i < results.size(); ++i) {
        run.results.push_back(network.find(data.network[results[i]].name));
        run.cotangents.push_back(network.find(fmt::format("cotangent{}", i)));
        network[run.cotangents[i]].name = "cotangent." + network[run.results[i]].name;
    }
    return network;
}

LinearRun& linear_program(Model::Data& data, const LinearizeOptions& options) {
    LinearRun& known = data.linear[key_of(options)];
    if (known.program) return known;
    LinearRun run;
    ir::Network network = functional(data, options, run);
    run.wanted = driver::wanted_gradients(network, {}, options.with_respect_to, "with_respect_to");
    run.gradients = driver::add_gradients(network, driver::tensors_of(run.wanted));
    ir::LoweringOptions lowering =
        driver::gradient_lowering(network, run.gradients, run.wanted, {});
    lowering.results.erase(lowering.results.begin());  // nobody reads the loss
    for (const ir::TensorId id : run.results) lowering.want(id);
    lowering.given_later = run.cotangents;
    run.program =
        std::make_unique<Program>(data.machine, std::move(network), lowering, data.parameters);
    known = std::move(run);
    return known;
}

/// The gradient as it lies, moved out, with `reuse` in its place; the loss was a mean over the
/// samples.
Array take_gradient(LinearRun& run, const driver::WantedGradient& wanted, Array reuse) {
    const ir::Network& network = run.program->network();
    const ir::Tensor& tensor = network[wanted.tensor];
    const ir::TensorId gradient = run.gradients.of(wanted.tensor);
    if (tensor.role != ir::Role::Parameter || !gradient.valid()) {
        const runtime::Array array = driver::gradient_array(network, run.gradients, wanted, {},
                                                            run.program->values(), run.size);
        return {array.shape, array.to_f32(), {}};
    }
    std::swap(run.program->values()[gradient].floats, reuse.values);
    return {ir::shape_in_files(tensor), std::move(reuse.values), strides_of(tensor)};
}

/// Each in its place, times the number of samples, over which the loss is a mean.
void give_cotangents(LinearRun& run, const Arrays& cotangents) {
    const ir::Network& network = run.program->network();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < run.results.size(); ++i) {
        const ir::Tensor& tensor = network[run.cotangents[i]];
        const std::string& name = network[run.results[i]].name;
        names.push_back(name);
        auto& values = run.program->values()[run.cotangents[i]].floats;
        const auto found = cotangents.find(name);
        if (found == cotangents.end()) {
            values.assign(std::size_t(driver::element_count(tensor, run.size)), 0.0f);
            continue;
        }
        driver::SizeFinder sizes;
        sizes.see_steps(run.size.steps, "the run");
        sizes.see_samples(run.size.samples, "the run");
        const driver::GivenArray one = given({*found}).front();
        driver::check_shape(tensor, one.array, {}, sizes);
        values = one.array.to_f32();
        driver::scale(values, double(run.size.samples));
    }
    for (const auto& [name, array] : cotangents)
        if (std::find(names.begin(), names.end(), name) == names.end())
            driver::fail(Code::UnknownArray, fmt::format("the run has no result `{}`", name));
}

}  // namespace

Linearization Model::linearize(const Arrays& inputs, const LinearizeOptions& options) {
    return guarded(data_->session, [&] {
        require_positive("steps", options.steps);
        LinearRun& run = linear_program(*data_, options);
        const ir::Network& network = run.program->network();
        driver::SizeFinder sizes = driver::known_sizes(network, options.steps);
        run.number = 0;
        bind_inputs(data_->session, *run.program, run.results, inputs, sizes);
        run.size = sizes.size(network);
        run.draws = {data_->seed(options.seed, network), 0, {}};
        give_cotangents(run, {});
        run.program->run_first(run.size, run.draws);
        run.number = ++data_->linear_runs;
        Linearization result;
        result.number = run.number;
        for (const ir::TensorId id : run.results)
            result.results[network[id].name] = run.program->copy(id, run.size, true);
        return result;
    });
}

Results Model::pull_back(std::uint64_t number, const Arrays& cotangents, Results reuse) {
    return guarded(data_->session, [&] {
        const auto found =
            std::find_if(data_->linear.begin(), data_->linear.end(),
                         [&](const auto& one) { return one.second.number == number; });
        if (number == 0 || found == data_->linear.end())
            driver::fail(Code::CheckpointMismatch,
                         "the model has made another run since, and keeps the last one only");
        LinearRun& run = found->second;
        give_cotangents(run, cotangents);
        run.program->run_second(run.size, run.draws);
        Results gradients;
        for (const driver::WantedGradient& one : run.wanted)
            gradients[one.name] = take_gradient(run, one, std::move(reuse[one.name]));
        return gradients;
    });
}

}  // namespace snnc::api
