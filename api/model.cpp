// A model's description and its parameters.
#include <fmt/format.h>
#include <snnc/model.h>

#include <algorithm>

#include "api/model_data.h"
#include "driver/parameters.h"
#include "ir/net/equations.h"

namespace snnc::api {
namespace {

std::vector<TensorInfo> describe_all(const ir::Network& network,
                                     const std::vector<ir::TensorId>& tensors) {
    std::vector<TensorInfo> result;
    for (const ir::TensorId id : tensors) result.push_back(describe(network[id]));
    return result;
}

}  // namespace

Model::Model(Source source, ModelOptions options)
    : data_(Data::make(std::move(source), std::move(options))) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const std::string& Model::name() const { return data_->network.name; }
const std::string& Model::target() const { return data_->machine.target(); }
double Model::time_step() const { return data_->network.dt; }
std::optional<std::int64_t> Model::steps() const { return data_->network.steps; }

std::vector<TensorInfo> Model::inputs() const {
    return describe_all(data_->network, data_->network.inputs);
}

std::vector<TensorInfo> Model::outputs() const {
    return describe_all(data_->network, data_->network.outputs);
}

std::vector<TensorInfo> Model::variables() const {
    return describe_all(data_->network, driver::nameable_variables(data_->network));
}

std::vector<TensorInfo> Model::parameters() const {
    std::vector<TensorInfo> result;
    for (const ir::Parameter& parameter : data_->network.parameters)
        result.push_back(describe(data_->network[parameter.tensor]));
    return result;
}

std::vector<TensorInfo> Model::targets(const std::string& train_block) const {
    return guarded(data_->session, [&] {
        const ir::Network network = data_->with_loss({}, train_block);
        return describe_all(network, network.training->targets);
    });
}

std::vector<PopulationInfo> Model::populations() const {
    std::vector<PopulationInfo> result;
    for (const ir::Population& population : data_->network.populations) {
        PopulationInfo about{population.name, population.cell, population.shape, {}};
        for (const auto& [name, tensor] : population.variables) about.variables.push_back(name);
        result.push_back(std::move(about));
    }
    return result;
}

const std::vector<Diagnostic>& Model::warnings() const { return data_->warnings; }

std::string Model::equations() const { return ir::print_equations(data_->network); }

std::string Model::gradient_equations(const std::string& loss,
                                      const std::string& train_block) const {
    return guarded(data_->session, [&] {
        ir::Network network = data_->with_loss(loss, train_block);
        auto wanted = driver::trainable_parameters(network);
        if (wanted.empty()) wanted = network.inputs;
        const ir::Gradients gradients = driver::add_gradients(network, wanted);
        return ir::print_gradient(network, gradients);
    });
}

// ---- parameters ------------------------------------------------------------------------------

Array Model::parameter(const std::string& name) const {
    return guarded(data_->session, [&] {
        const ir::Tensor& tensor = data_->find_parameter(name);
        const runtime::Array array =
            driver::to_file_layout(tensor, *data_->parameters.at(tensor.name));
        return Array{array.shape, array.to_f32(), {}};
    });
}

ParameterView Model::parameter_view(const std::string& name) {
    return guarded(data_->session, [&] {
        const ir::Tensor& tensor = data_->find_parameter(name);
        if (tensor.kind == ir::DataKind::Index)
            driver::fail(Code::BadDtype,
                         fmt::format("`{}` holds the edges of a sparse layer, which cannot be "
                                     "changed one by one",
                                     name));
        ParameterView view{data_->parameters.at(name)->floats.data(), ir::shape_in_files(tensor),
                           strides_of(tensor)};
        return view;
    });
}

void Model::set_parameter(const std::string& name, const ArrayView& values) {
    guarded(data_->session, [&] {
        const ir::Tensor& tensor = data_->find_parameter(name);
        if (tensor.kind == ir::DataKind::Index || values.is_integer())
            driver::fail(Code::BadDtype,
                         fmt::format("`{}` cannot be set to integers: parameters are float", name));
        ir::Tensor in_files = tensor;
        in_files.shape = ir::shape_in_files(tensor);
        in_files.per_sample = false;
        const driver::GivenArray given = api::given({{name, values}}).front();
        driver::SizeFinder sizes;
        driver::check_shape(in_files, given.array, {}, sizes);
        driver::to_values(in_files, given.array, {});  // finite
        const runtime::Array array = runtime::Array::of_f32(values.shape(), values.floats());
        const driver::Values turned = driver::from_file_layout(tensor, array);
        std::copy(turned.floats.begin(), turned.floats.end(),
                  data_->parameters.at(name)->floats.begin());
    });
}

void Model::draw_parameters(std::uint64_t seed) {
    if (!data_->network.patterns.empty()) {
        ModelOptions changed = data_->options;
        changed.seed = seed;
        changed.weights.clear();
        data_ = data_->again(std::move(changed));
        return;
    }
    guarded(data_->session, [&] {
        driver::PortValues drawn(data_->network);
        driver::initialise_parameters(data_->network, seed, drawn);
        data_->set_parameters(drawn);
        data_->options.seed = data_->network.seed = seed;
    });
}

void Model::load_weights(const std::string& path, bool partial) {
    if (!data_->network.patterns.empty()) {
        ModelOptions changed = data_->options;
        changed.weights = path;
        changed.partial = partial;
        data_ = data_->again(std::move(changed));
        return;
    }
    guarded(data_->session, [&] { data_->load_weights(path, partial); });
}

void Model::save_weights(const std::string& path) const {
    guarded(data_->session, [&] { runtime::write_safetensors(path, data_->weights()); });
}

}  // namespace snnc::api
