#include "driver/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/net/patterns.h"
#include "runtime/philox.h"

namespace snnc::driver {
namespace {

/// `number(i)`: by which the draw of element i is counted.
template <class Number>
std::vector<float> draw(const ir::Initialiser& initialiser, const std::string& name,
                        std::int64_t count, std::uint64_t seed, Number number) {
    const runtime::Stream stream(seed, runtime::Purpose::Weights, name);
    const double a = initialiser.a, b = initialiser.b;
    std::vector<float> values(static_cast<std::size_t>(count), static_cast<float>(a));
    if (initialiser.kind == ir::Initialiser::Kind::Constant) return values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = initialiser.kind == ir::Initialiser::Kind::Uniform
                        ? float(a + (b - a) * double(stream.uniform(number(i))))
                        : float(a + b * stream.normal(number(i)));
    }
    return values;
}

/// [rows, columns] to [columns, rows].
std::vector<float> transpose(const std::vector<float>& values, std::size_t rows,
                             std::size_t columns) {
    std::vector<float> result(values.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            result[column * rows + row] = values[row * columns + column];
        }
    }
    return result;
}

bool all_finite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

void initialise_parameters(const ir::Network& network, std::uint64_t seed, PortValues& values) {
    for (const ir::Parameter& parameter : network.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        if (tensor.kind == ir::DataKind::Index) continue;  // edges
        values[parameter.tensor].floats =
            draw(parameter.initialiser, tensor.name, ir::element_count(tensor.shape), seed,
                 [](std::size_t element) { return element; });
    }
    for (const ir::Pattern& pattern : network.patterns) {
        if (!pattern.weight.valid()) continue;
        const auto parameter =
            std::find_if(network.parameters.begin(), network.parameters.end(),
                         [&](const ir::Parameter& one) { return one.tensor == pattern.weight; });
        const ir::Tensor& tensor = network[pattern.weight];
        const auto pairs = ir::pair_numbers(
            pattern, {values.at(pattern.starts).ints, values.at(pattern.targets).ints});
        values[pattern.weight].floats =
            draw(parameter->initialiser, tensor.name, ir::element_count(tensor.shape), seed,
                 [&](std::size_t edge) { return pairs[edge]; });
    }
}

runtime::Array to_file_layout(const ir::Tensor& tensor, const Values& values) {
    if (tensor.kind == ir::DataKind::Index)
        return runtime::Array::of_i32(tensor.shape, values.ints);
    if (!tensor.transposed_in_files) return runtime::Array::of_f32(tensor.shape, values.floats);
    const auto columns = std::size_t(tensor.shape.back());
    const auto turned = transpose(values.floats, values.floats.size() / columns, columns);
    return runtime::Array::of_f32(ir::shape_in_files(tensor), turned);
}

Values from_file_layout(const ir::Tensor& tensor, const runtime::Array& array) {
    if (tensor.kind == ir::DataKind::Index) return {{}, array.to_i32()};
    Values values{array.to_f32(), {}};
    if (!tensor.transposed_in_files) return values;
    const auto columns = std::size_t(tensor.shape.back());
    return {transpose(values.floats, columns, values.floats.size() / columns), {}};
}

// ---- files ---------------------------------------------------------------------------------

namespace {

class WeightReader {
 public:
    WeightReader(Session& session, const ir::Network& network, const std::string& file)
        : session_(session),
          network_(network),
          file_(file),
          contents_(runtime::read_safetensors(file)) {}

    void read(bool partial, PortValues& values) {
        std::vector<std::string> names;
        for (const ir::Parameter& parameter : network_.parameters) {
            names.push_back(network_[parameter.tensor].name);
            read_one(parameter.tensor, partial, values);
        }
        for (const auto& [name, array] : contents_.tensors) {
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                report_unknown(name, names, partial);
            }
        }
        session_.stop_on_errors();
    }

 private:
    void read_one(ir::TensorId id, bool partial, PortValues& values) {
        const ir::Tensor& tensor = network_[id];
        const auto found = contents_.tensors.find(tensor.name);
        if (found == contents_.tensors.end()) {
            if (!partial) {
                report(Code::TensorMissing, fmt::format("the file has no tensor `{}`", tensor.name))
                    .note("`--partial` takes a file with some of the parameters");
            }
            return;
        }
        if (found->second.shape != ir::shape_in_files(tensor)) {
            report(Code::BadShape,
                   fmt::format("`{}` has shape {}, but the file holds {}", tensor.name,
                               runtime::to_string(ir::shape_in_files(tensor)),
                               runtime::to_string(found->second.shape)));
            return;
        }
        if (tensor.kind == ir::DataKind::Index) return;  // the edges are in their place
        Values numbers = from_file_layout(tensor, found->second);
        if (!all_finite(numbers.floats)) {
            report(Code::NotFinite,
                   fmt::format("the tensor `{}` holds NaN or infinity", tensor.name));
            return;
        }
        values[id] = std::move(numbers);
    }

    void report_unknown(const std::string& name, const std::vector<std::string>& names,
                        bool partial) {
        auto builder = report(partial ? Code::UnusedTensor : Code::TensorUnknown,
                              fmt::format("`{}` has no parameter `{}`", network_.name, name));
        if (const auto hint = did_you_mean(name, names); !hint.empty()) builder.note(hint);
    }

    DiagnosticBuilder report(Code code, const std::string& message) {
        auto builder = session_.diagnostics.report(code, {}, message);
        return builder.file(file_);
    }

    Session& session_;
    const ir::Network& network_;
    std::string file_;
    runtime::TensorFile contents_;
};

}  // namespace

void load_weights(Session& session, const ir::Network& network, const std::string& file,
                  bool partial, PortValues& values) {
    WeightReader(session, network, file).read(partial, values);
}

void prepare_parameters(Session& session, ir::Network& network, const WeightOptions& options,
                        PortValues& values, const std::string& checkpoint) {
    const std::uint64_t seed = options.seed.value_or(network.seed);
    place_edges(session, network, checkpoint.empty() ? options.file : checkpoint, seed, values);
    initialise_parameters(network, seed, values);
    if (!options.file.empty())
        load_weights(session, network, options.file, options.partial, values);
}

runtime::TensorFile weights_file(const ir::Network& network, const PortValues& values) {
    runtime::TensorFile file;
    for (const ir::Parameter& parameter : network.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        file.tensors[tensor.name] = to_file_layout(tensor, values.at(parameter.tensor));
    }
    return file;
}

}  // namespace snnc::driver
