#include "api/program.h"

#include <algorithm>

namespace snnc::api {

Program::Program(driver::Machine& machine, ir::Network network, const ir::LoweringOptions& lowering,
                 const Parameters& parameters)
    : network_(std::move(network)),
      program_(driver::make_program(network_, lowering)),
      values_(network_),
      engine_(machine.load(network_, program_)) {
    for (const ir::Parameter& parameter : network_.parameters)
        values_.share(parameter.tensor, parameters.at(network_[parameter.tensor].name));
}

void Program::run(const ir::RunSize& size, const ir::Draws& draws) {
    engine_->run(size, values_.arguments(program_, size), draws);
}

void Program::run_first(const ir::RunSize& size, const ir::Draws& draws) {
    engine_->run_first(size, values_.arguments(program_, size), draws);
}

void Program::run_second(const ir::RunSize& size, const ir::Draws& draws) {
    engine_->run_second(size, values_.arguments(program_, size), draws);
}

Array Program::copy(ir::TensorId id, const ir::RunSize& size, bool with_steps) {
    runtime::Array array = driver::to_array(network_, id, values_.at(id), size, with_steps);
    driver::scale(array.as<float>(), 1 / network_[id].unit);
    return {array.shape, array.to_f32(), {}};
}

Array Program::take(ir::TensorId id, const ir::RunSize& size, bool with_steps) {
    const ir::Tensor& tensor = network_[id];
    const bool as_it_is = tensor.unit == 1 && tensor.per_sample && tensor.per_step == with_steps &&
                          tensor.role != ir::Role::Input && tensor.kind != ir::DataKind::Index;
    if (!as_it_is) return copy(id, size, with_steps);
    Shape shape{size.samples};
    if (with_steps) shape.insert(shape.begin(), size.steps);
    shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
    return {std::move(shape), std::move(values_[id].floats), {}};
}

std::vector<driver::GivenArray> given(const Arrays& arrays) {
    std::vector<driver::GivenArray> result;
    for (const auto& [name, array] : arrays) {
        const bool integer = array.is_integer();
        const auto bytes =
            integer ? std::as_bytes(array.integers()) : std::as_bytes(array.floats());
        result.push_back(
            {name,
             {integer ? runtime::Dtype::I32 : runtime::Dtype::F32, array.shape(), bytes},
             {}});
    }
    return result;
}

void bind_inputs(driver::Session& session, Program& program,
                 const std::vector<ir::TensorId>& results, const Arrays& inputs,
                 driver::SizeFinder& sizes) {
    const ir::Network& network = program.network();
    auto arrays = given(inputs);
    for (driver::GivenArray& array : arrays)
        array.stays =
            std::find(results.begin(), results.end(), network.find(array.name)) == results.end();
    driver::bind_arrays(session, network, network.inputs, "input", arrays, sizes, program.values());
}

Shape strides_of(const ir::Tensor& parameter) {
    Shape strides(parameter.shape.size());
    std::int64_t stride = 1;
    for (std::size_t axis = strides.size(); axis-- > 0; stride *= parameter.shape[axis])
        strides[axis] = stride;
    if (parameter.transposed_in_files)
        std::rotate(strides.begin(), strides.end() - 1, strides.end());
    return strides;
}

TensorInfo describe(const ir::Tensor& tensor) {
    return {
        tensor.name,       ir::shape_in_files(tensor),         tensor.per_step,
        tensor.per_sample, tensor.kind == ir::DataKind::Spike, tensor.kind == ir::DataKind::Index,
        tensor.trainable};
}

}  // namespace snnc::api
