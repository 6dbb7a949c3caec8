#include "driver/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/shuffle.h"

namespace snnc::driver {
namespace {

const std::array<float, 256>& pixel_values() {
    static const auto table = [] {
        std::array<float, 256> values{};
        for (int i = 0; i < 256; ++i) values[std::size_t(i)] = float(i) / 255.0f;
        return values;
    }();
    return table;
}

/// Bytes that stand for pictures; spikes and labels are numbers.
bool are_pixels(const ir::Tensor& tensor, const runtime::Array& array) {
    return array.dtype == runtime::Dtype::U8 && tensor.kind == ir::DataKind::Real &&
           tensor.role == ir::Role::Input;
}

void check_pixels(const ir::Tensor& tensor, const runtime::Array& array, const std::string& file) {
    const auto bytes = array.as<std::uint8_t>();
    const auto [low, high] = std::minmax_element(bytes.begin(), bytes.end());
    runtime::Array extremes(runtime::Dtype::F32, {2});
    extremes.as<float>()[0] = pixel_values()[*low];
    extremes.as<float>()[1] = pixel_values()[*high];
    to_values(tensor, extremes, file);
}

std::int64_t product(const runtime::Shape& shape, std::size_t from) {
    std::int64_t result = 1;
    for (std::size_t i = from; i < shape.size(); ++i) result *= shape[i];
    return result;
}

}  // namespace

Column Column::from_array(const ir::Network& network, ir::TensorId id,
                          const runtime::ArrayView& array, const std::string& file) {
    const ir::Tensor& tensor = network[id];
    Column column(id, ir::element_count(tensor.shape));
    const std::int64_t samples = array.shape[tensor.per_step ? 1 : 0];
    column.sample_stride_ = column.elements_;
    if (tensor.per_step) {
        column.steps_ = array.shape[0];
        column.step_stride_ = samples * column.elements_;
    }
    Values values = to_values(tensor, array, file, class_count(network, id));
    if (tensor.kind == ir::DataKind::Index)
        column.values_ = std::move(values.ints);
    else
        column.values_ = std::move(values.floats);
    return column;
}

Column Column::from_data_set(const ir::Network& network, ir::TensorId id, runtime::Array array,
                             const std::string& file, SizeFinder& sizes) {
    const ir::Tensor& tensor = network[id];
    Column column(id, ir::element_count(tensor.shape));
    const std::size_t outer = tensor.per_step ? 2 : 1;
    if (array.shape.size() < outer || product(array.shape, outer) != column.elements_) {
        const runtime::Shape sample(array.shape.begin() + 1, array.shape.end());
        fail(Code::BadShape,
             fmt::format("`{}` has shape {}{}, but a sample of the data set has shape {}",
                         tensor.name, ir::to_string(tensor.shape),
                         tensor.per_step ? " in each step" : "", runtime::to_string(sample)),
             file);
    }
    if (tensor.per_step) {
        column.steps_ = array.shape[1];
        column.step_stride_ = column.elements_;
        sizes.see_steps(column.steps_, "`" + file + "`");
    }
    column.sample_stride_ = column.steps_ * column.elements_;
    if (are_pixels(tensor, array)) {
        check_pixels(tensor, array, file);
        column.values_ = std::move(array);
        return column;
    }
    Values values = to_values(tensor, array, file, class_count(network, id));
    if (tensor.kind == ir::DataKind::Index)
        column.values_ = std::move(values.ints);
    else
        column.values_ = std::move(values.floats);
    return column;
}

Column Column::from_events(const ir::Network& network, ir::TensorId id,
                           runtime::EventTrains trains) {
    Column column(id, ir::element_count(network[id].shape));
    column.values_ = std::move(trains);
    return column;
}

void Column::gather(std::span<const std::int64_t> samples, Values& batch) const {
    if (const auto* trains = std::get_if<runtime::EventTrains>(&values_))
        return trains->gather(samples, batch.floats);
    const auto elements = std::size_t(elements_);
    const std::size_t count = std::size_t(steps_) * samples.size() * elements;
    const auto each_row = [&](auto&& copy) {
        std::size_t to = 0;
        for (std::int64_t step = 0; step < steps_; ++step) {
            for (const std::int64_t sample : samples) {
                copy(std::size_t(sample * sample_stride_ + step * step_stride_), to);
                to += elements;
            }
        }
    };
    if (const auto* pixels = std::get_if<runtime::Array>(&values_)) {
        batch.floats.resize(count);
        const auto bytes = pixels->as<std::uint8_t>();
        const auto& table = pixel_values();
        each_row([&](std::size_t from, std::size_t to) {
            for (std::size_t i = 0; i < elements; ++i)
                batch.floats[to + i] = table[bytes[from + i]];
        });
    } else if (const auto* floats = std::get_if<std::vector<float>>(&values_)) {
        batch.floats.resize(count);
        each_row([&](std::size_t from, std::size_t to) {
            std::copy_n(floats->begin() + std::ptrdiff_t(from), elements,
                        batch.floats.begin() + std::ptrdiff_t(to));
        });
    } else {
        const auto& ints = std::get<std::vector<std::int32_t>>(values_);
        batch.ints.resize(count);
        each_row([&](std::size_t from, std::size_t to) {
            std::copy_n(ints.begin() + std::ptrdiff_t(from), elements,
                        batch.ints.begin() + std::ptrdiff_t(to));
        });
    }
}

void SampleSet::gather(std::span<const std::int64_t> samples, PortValues& values) const {
    for (const Column& column : columns) column.gather(samples, values[column.tensor()]);
}

Split split_samples(std::int64_t count, std::int64_t held_out, std::uint64_t seed) {
    // The orders of epochs are numbered from 0; this one belongs to none.
    const auto order = runtime::permutation(count, seed, UINT32_MAX);
    Split split{{order.begin() + held_out, order.end()}, {order.begin(), order.begin() + held_out}};
    std::sort(split.train.begin(), split.train.end());
    std::sort(split.validation.begin(), split.validation.end());
    return split;
}

ir::Draws draws_of(std::uint64_t seed, std::int64_t epoch, std::span<const std::int64_t> samples,
                   std::int64_t first_step) {
    return {seed, std::uint32_t(epoch), {samples.begin(), samples.end()}, first_step};
}

runtime::PortNames port_names(const ir::Network& network) {
    runtime::PortNames names;
    for (const ir::TensorId id : network.inputs) names.inputs.push_back(network[id].name);
    for (const ir::TensorId id : network.training->targets)
        names.targets.push_back(network[id].name);
    return names;
}

SampleSet samples_of(const ir::Network& network, runtime::DataPart part, const std::string& name,
                     SizeFinder& sizes) {
    SampleSet set{name, part.count(), {}};
    const auto add = [&](const std::vector<ir::TensorId>& ports,
                         std::vector<runtime::Array>& arrays) {
        for (std::size_t i = 0; i < ports.size(); ++i)
            set.columns.push_back(
                Column::from_data_set(network, ports[i], std::move(arrays[i]), name, sizes));
    };
    add(network.inputs, part.inputs);
    add(network.training->targets, part.targets);
    return set;
}

SampleSet samples_of_arrays(Session& session, const ir::Network& network,
                            const std::vector<GivenArray>& inputs,
                            const std::vector<GivenArray>& targets, const std::string& prefix,
                            SizeFinder& sizes) {
    // Every array is checked before the first is used, so that all mistakes are told at once.
    PortValues values(network);
    SizeFinder found = sizes;
    found.samples.reset();
    bind_arrays(session, network, network.inputs, prefix + "input", inputs, found, values);
    bind_arrays(session, network, network.training->targets, prefix + "target", targets, found,
                values);
    sizes.steps = found.steps;

    SampleSet set{"arrays", found.samples.value_or(0), {}};
    for (const auto* arrays : {&inputs, &targets})
        for (const GivenArray& one : *arrays)
            set.columns.push_back(
                Column::from_array(network, network.find(one.name), one.array, one.file));
    return set;
}

SampleSet samples_of_arrays(Session& session, const ir::Network& network,
                            const std::vector<std::string>& inputs,
                            const std::vector<std::string>& targets, const std::string& prefix,
                            SizeFinder& sizes) {
    const FileArrays input_arrays(split_assignments(inputs, prefix + "input"));
    const FileArrays target_arrays(split_assignments(targets, prefix + "target"));
    return samples_of_arrays(session, network, input_arrays.given(), target_arrays.given(), prefix,
                             sizes);
}

}  // namespace snnc::driver
