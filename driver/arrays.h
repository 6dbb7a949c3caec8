// Arrays of the caller and tensors of a network: shapes, element types and values are checked here,
// before anything runs.
//
// A held tensor is [batch, shape…], one with a value for each step [steps, batch, shape…].
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "driver/command_line.h"
#include "ir/interpreter/interpreter.h"
#include "ir/net/network.h"
#include "ir/step/program.h"
#include "runtime/array.h"

namespace snnc::driver {

/// The values of one tensor, row-major: floats, or ints for an Index tensor.
struct Values {
    std::vector<float> floats;
    std::vector<std::int32_t> ints;
};

/// The arrays that a program reads and writes, by tensor. Several programs of one network share it.
class PortValues {
 public:
    explicit PortValues(const ir::Network& network) : network_(network) {}

    Values& operator[](ir::TensorId id) { return values_[id.index]; }
    const Values& at(ir::TensorId id) const { return values_.at(id.index); }
    bool has(ir::TensorId id) const { return values_.contains(id.index); }

    /// The arguments of a run. Makes room for results; std::logic_error if an array that the
    /// program reads is missing or has another size.
    std::vector<void*> arguments(const ir::StepProgram& program, const ir::RunSize& size);

 private:
    const ir::Network& network_;
    std::map<std::uint32_t, Values> values_;
};

/// Number of elements of a tensor in a run of that size.
std::int64_t element_count(const ir::Tensor& tensor, const ir::RunSize& size);

/// What is known of steps and samples, and who said so.
class SizeFinder {
 public:
    /// Two that differ end the work: StepsDiffer, CountMismatch.
    void see_steps(std::int64_t steps, const std::string& source);
    void see_samples(std::int64_t samples, const std::string& source);

    std::optional<std::int64_t> steps, samples;

    /// One sample where nothing else is said; StepsUnknown where the network needs their number.
    ir::RunSize size(const ir::Network& network) const;

 private:
    std::string steps_source_, samples_source_;
};

/// Checks the shape of an array for that tensor and notes its steps and samples. BadShape.
void check_shape(const ir::Tensor& tensor, const runtime::Array& array, const std::string& file,
                 SizeFinder& sizes);

/// Converts and checks: finite, in the declared interval, 0 or 1 for spikes, labels below `classes`
/// (0: unknown). BadDtype, NotFinite, ValueOutOfRange, LabelOutOfRange.
Values to_values(const ir::Tensor& tensor, const runtime::Array& array, const std::string& file,
                 std::int64_t classes = 0);

/// The number of classes of a label, from what reads it; 0 if nothing says.
std::int64_t class_count(const ir::Network& network, ir::TensorId label);

/// An array for a file: [steps, batch, shape…] if `with_steps`, else [batch, shape…], repeated
/// where the tensor is the same for all steps or samples.
runtime::Array to_array(const ir::Network& network, ir::TensorId id, const Values& values,
                        const ir::RunSize& size, bool with_steps);

/// Between the unit of a file and that of formulas.
void scale(std::span<float> values, double factor);

/// "f32[steps, batch, 784]", for messages.
std::string expected_shape(const ir::Tensor& tensor);

/// Reads NAME=FILE arrays for `tensors` (inputs or targets). Unknown names and tensors without an
/// array are reported, all of them.
void bind_arrays(Session& session, const ir::Network& network,
                 const std::vector<ir::TensorId>& tensors, const std::string& option,
                 const std::vector<Assignment>& arrays, SizeFinder& sizes, PortValues& values);

/// Reads --state arrays and returns the initial values that they give.
std::vector<ir::TensorId> bind_states(Session& session, const ir::Network& network,
                                      const std::vector<Assignment>& arrays, SizeFinder& sizes,
                                      PortValues& values);

/// A variable, layer, input or parameter that the user may name; UnknownVariable with suggestions.
ir::TensorId find_variable(const ir::Network& network, const std::string& name,
                           const std::string& option);

}  // namespace snnc::driver
