#include "driver/arrays.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <stdexcept>

namespace snnc::driver {

std::int64_t element_count(const ir::Tensor& tensor, const ir::RunSize& size) {
    std::int64_t count = ir::element_count(tensor.shape);
    for (const std::int64_t times :
         {tensor.per_step ? size.steps : 1, tensor.per_sample ? size.samples : 1})
        if (__builtin_mul_overflow(count, times, &count))
            throw std::length_error("more elements than any memory has");
    return count;
}

Values& PortValues::operator[](ir::TensorId id) {
    lent_.erase(id.index);
    auto& values = values_[id.index];
    if (!values) values = std::make_shared<Values>();
    return *values;
}

void PortValues::share(ir::TensorId id, std::shared_ptr<Values> values) {
    lent_.erase(id.index);
    values_[id.index] = std::move(values);
}

void* PortValues::place(ir::TensorId id, ir::Port::Direction direction, std::size_t count) {
    const ir::Tensor& tensor = network_[id];
    if (const auto lent = lent_.find(id.index);
        lent != lent_.end() && direction == ir::Port::Direction::In) {
        if (lent->second.size() != 4 * count)
            throw std::logic_error("no array of the right size for " + tensor.name);
        // In ports are only read.
        return const_cast<std::byte*>(lent->second.data());
    }
    Values& values = (*this)[id];
    const bool index = tensor.kind == ir::DataKind::Index;
    if (direction == ir::Port::Direction::Out) {
        if (index)
            values.ints.resize(count);
        else
            values.floats.resize(count);
    } else if ((index ? values.ints.size() : values.floats.size()) != count) {
        throw std::logic_error("no array of the right size for " + tensor.name);
    }
    return index ? static_cast<void*>(values.ints.data()) : values.floats.data();
}

std::vector<void*> PortValues::arguments(const ir::StepProgram& program, const ir::RunSize& size) {
    std::vector<void*> result;
    for (const ir::Port& port : program.ports) {
        const auto count = std::size_t(element_count(network_[port.tensor], size));
        result.push_back(place(port.tensor, port.direction, count));
    }
    return result;
}

// ---- sizes ---------------------------------------------------------------------------------

void SizeFinder::see_steps(std::int64_t number, const std::string& source) {
    if (steps && *steps != number) {
        fail(Code::StepsDiffer, fmt::format("the run has {} steps by {}, but {} by {}", *steps,
                                            steps_source_, number, source));
    }
    if (!steps) steps_source_ = source;
    steps = number;
}

void SizeFinder::see_samples(std::int64_t number, const std::string& source) {
    if (samples && *samples != number) {
        fail(Code::CountMismatch, fmt::format("the batch has {} samples by {}, but {} by {}",
                                              *samples, samples_source_, number, source));
    }
    if (!samples) samples_source_ = source;
    samples = number;
}

ir::RunSize SizeFinder::size(const ir::Network& network) const {
    const bool needs_steps = std::any_of(network.tensors.begin(), network.tensors.end(),
                                         [](const ir::Tensor& tensor) { return tensor.per_step; });
    if (needs_steps && !steps) {
        fail(Code::StepsUnknown,
             fmt::format("nothing says how many steps a run of `{}` has", network.name), {},
             {"give `--steps T`, or write `steps = T` into the network"});
    }
    return {steps.value_or(1), samples.value_or(1)};
}

SizeFinder known_sizes(const ir::Network& network, std::optional<std::int64_t> asked) {
    SizeFinder sizes;
    if (network.steps) sizes.see_steps(*network.steps, "the network's settings");
    if (asked) sizes.see_steps(*asked, "`steps`");
    return sizes;
}

std::string expected_shape(const ir::Tensor& tensor) {
    std::vector<std::string> extents;
    if (tensor.per_step) extents.emplace_back("steps");
    if (tensor.per_sample) extents.emplace_back("batch");
    for (const std::int64_t extent : tensor.shape) extents.push_back(std::to_string(extent));
    return fmt::format("[{}]", fmt::join(extents, ", "));
}

void check_shape(const ir::Tensor& tensor, const runtime::ArrayView& array, const std::string& file,
                 SizeFinder& sizes) {
    const std::size_t outer = std::size_t(tensor.per_step) + std::size_t(tensor.per_sample);
    bool fits = array.shape.size() == outer + tensor.shape.size();
    for (std::size_t i = 0; fits && i < tensor.shape.size(); ++i) {
        fits = array.shape[outer + i] == tensor.shape[i];
    }
    for (std::size_t i = 0; fits && i < outer; ++i) fits = array.shape[i] > 0;
    if (!fits) {
        fail(Code::BadShape,
             fmt::format("`{}` takes an array of shape {}, but {} {}", tensor.name,
                         expected_shape(tensor), file.empty() ? "this one has" : "the file holds",
                         runtime::to_string(array.shape)),
             file);
    }
    if (array.size() != runtime::element_count(array.shape)) {
        fail(Code::BadShape,
             fmt::format("the array for `{}` has {} values, but its shape {} has {}", tensor.name,
                         array.size(), runtime::to_string(array.shape),
                         runtime::element_count(array.shape)),
             file);
    }
    const std::string source =
        file.empty() ? "the array of `" + tensor.name + "`" : "`" + file + "`";
    if (tensor.per_step) sizes.see_steps(array.shape[0], source);
    if (tensor.per_sample) sizes.see_samples(array.shape[outer - 1], source);
}

// ---- values --------------------------------------------------------------------------------

namespace {

std::string place(std::size_t offset, const runtime::Shape& shape) {
    runtime::Shape index(shape.size());
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        index[axis] = std::int64_t(offset) % shape[axis];
        offset /= std::size_t(shape[axis]);
    }
    return runtime::to_string(index);
}

void check_reals(const ir::Tensor& tensor, std::span<const float> values,
                 const runtime::Shape& shape, const std::string& file) {
    const float low = tensor.interval ? float(tensor.interval->first) : -INFINITY;
    const float high = tensor.interval ? float(tensor.interval->second) : INFINITY;
    const bool spikes = tensor.kind == ir::DataKind::Spike;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float value = values[i];
        if (!std::isfinite(value)) {
            fail(Code::NotFinite,
                 fmt::format("the array for `{}` holds {} at {}", tensor.name, value,
                             place(i, shape)),
                 file);
        }
        if (value < low || value > high) {
            fail(Code::ValueOutOfRange,
                 fmt::format("the array for `{}` holds {} at {}, outside of [{}, {}]", tensor.name,
                             value, place(i, shape), low, high),
                 file);
        }
        if (spikes && value != 0 && value != 1) {
            fail(Code::ValueOutOfRange,
                 fmt::format("the array for `{}` holds {} at {}, but spikes are 0 or 1",
                             tensor.name, value, place(i, shape)),
                 file);
        }
    }
}

void check_labels(const ir::Tensor& tensor, std::span<const std::int32_t> labels,
                  std::int64_t classes, const runtime::Shape& shape, const std::string& file) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] >= 0 && (classes == 0 || labels[i] < classes)) continue;
        fail(Code::LabelOutOfRange,
             fmt::format("the array for `{}` holds the label {} at {}, but there are {} classes, "
                         "from 0",
                         tensor.name, labels[i], place(i, shape), classes),
             file);
    }
}

}  // namespace

std::int64_t class_count(const ir::Network& network, ir::TensorId label) {
    for (const ir::Definition& definition : network.definitions) {
        if (const auto* entropy = std::get_if<ir::CrossEntropy>(&definition.kind)) {
            if (entropy->label == label) return ir::element_count(network[entropy->source].shape);
        }
        if (const auto* one_hot = std::get_if<ir::OneHot>(&definition.kind)) {
            if (one_hot->label == label) return ir::element_count(network[definition.target].shape);
        }
    }
    const auto& interval = network[label].interval;
    return interval ? std::int64_t(interval->second) + 1 : 0;
}

Values to_values(const ir::Tensor& tensor, const runtime::ArrayView& array, const std::string& file,
                 std::int64_t classes) {
    Values values;
    if (tensor.kind == ir::DataKind::Index) {
        if (!runtime::is_integer(array.dtype)) {
            fail(Code::BadDtype,
                 fmt::format("`{}` takes integers, but {} {}", tensor.name,
                             file.empty() ? "these are" : "the file holds",
                             runtime::name_of(array.dtype)),
                 file);
        }
        values.ints = array.to_i32();
        check_labels(tensor, values.ints, classes, array.shape, file);
    } else {
        values.floats = array.to_f32();
        check_reals(tensor, values.floats, array.shape, file);
    }
    return values;
}

bool stays_in_place(const ir::Tensor& tensor, const runtime::ArrayView& array,
                    const std::string& file, std::int64_t classes) {
    if (tensor.kind == ir::DataKind::Index) {
        if (array.dtype != runtime::Dtype::I32) return false;
        check_labels(tensor, array.as<std::int32_t>(), classes, array.shape, file);
    } else {
        if (array.dtype != runtime::Dtype::F32) return false;
        check_reals(tensor, array.as<float>(), array.shape, file);
    }
    return true;
}

void scale(std::span<float> values, double factor) {
    if (factor == 1) return;
    for (float& value : values) value = float(value * factor);
}

runtime::Array to_array(const ir::Network& network, ir::TensorId id, const Values& values,
                        const ir::RunSize& size, bool with_steps) {
    const ir::Tensor& tensor = network[id];
    const auto elements = std::size_t(ir::element_count(tensor.shape));
    const auto steps = std::size_t(with_steps ? size.steps : 1),
               samples = std::size_t(size.samples);
    runtime::Shape shape{size.samples};
    if (with_steps) shape.insert(shape.begin(), size.steps);
    shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
    runtime::Array array(runtime::Dtype::F32, shape);

    const std::size_t sample_stride = tensor.per_sample ? elements : 0;
    const std::size_t step_stride = !tensor.per_step    ? 0
                                    : tensor.per_sample ? samples * elements
                                                        : elements;
    float* to = array.as<float>().data();
    for (std::size_t step = 0; step < steps; ++step) {
        for (std::size_t sample = 0; sample < samples; ++sample, to += elements) {
            const std::size_t from = step * step_stride + sample * sample_stride;
            if (tensor.kind == ir::DataKind::Index) {
                std::copy_n(values.ints.begin() + std::ptrdiff_t(from), elements, to);
            } else {
                std::copy_n(values.floats.begin() + std::ptrdiff_t(from), elements, to);
            }
        }
    }
    return array;
}

}  // namespace snnc::driver
