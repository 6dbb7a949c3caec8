// Arrays of the caller and tensors of a network: shapes, element types and values are checked here,
// before anything runs.
//
// A held tensor is [batch, shape…], one with a value for each step [steps, batch, shape…].
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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

    Values& operator[](ir::TensorId id);
    const Values& at(ir::TensorId id) const { return *values_.at(id.index); }
    bool has(ir::TensorId id) const { return values_.contains(id.index); }

    /// The tensor's values are those of another network's tensor, too.
    void share(ir::TensorId id, std::shared_ptr<Values> values);
    /// Programs read the tensor where the caller has it, until other values are put there. It must
    /// be row-major, float or (Index) int32.
    void lend(ir::TensorId id, std::span<const std::byte> bytes) { lent_[id.index] = bytes; }

    /// The arguments of a run. Makes room for results; std::logic_error if an array that the
    /// program reads is missing or has another size.
    std::vector<void*> arguments(const ir::StepProgram& program, const ir::RunSize& size);

 private:
    void* place(ir::TensorId id, ir::Port::Direction direction, std::size_t count);

    const ir::Network& network_;
    std::map<std::uint32_t, std::shared_ptr<Values>> values_;
    std::map<std::uint32_t, std::span<const std::byte>> lent_;
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

/// What is known before the arrays: the network's own steps, and those that a call asks for.
SizeFinder known_sizes(const ir::Network& network, std::optional<std::int64_t> asked);

/// Checks the shape of an array for that tensor and notes its steps and samples. BadShape.
void check_shape(const ir::Tensor& tensor, const runtime::ArrayView& array, const std::string& file,
                 SizeFinder& sizes);

/// Converts and checks: finite, in the declared interval, 0 or 1 for spikes, labels below `classes`
/// (0: unknown). BadDtype, NotFinite, ValueOutOfRange, LabelOutOfRange.
Values to_values(const ir::Tensor& tensor, const runtime::ArrayView& array, const std::string& file,
                 std::int64_t classes = 0);

/// Checks as to_values() does where the array needs no conversion; false where it needs one.
bool stays_in_place(const ir::Tensor& tensor, const runtime::ArrayView& array,
                    const std::string& file, std::int64_t classes = 0);

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

/// An array with the name of what it is for.
struct GivenArray {
    std::string name;
    runtime::ArrayView array;
    std::string file;    // that it comes from; empty: it is no file's
    bool stays = false;  // longer than the run that reads it: it need not be copied
};

/// The arrays of NAME=FILE assignments, read.
class FileArrays {
 public:
    explicit FileArrays(const std::vector<Assignment>& files);
    const std::vector<GivenArray>& given() const { return given_; }

 private:
    std::vector<runtime::Array> arrays_;
    std::vector<GivenArray> given_;
};

/// Puts arrays into `values` for `tensors` (inputs or targets). Unknown names and tensors without
/// an array are reported, all of them. `option` is how the user gives them ("--input"), or what
/// they are ("input").
void bind_arrays(Session& session, const ir::Network& network,
                 const std::vector<ir::TensorId>& tensors, const std::string& option,
                 const std::vector<GivenArray>& arrays, SizeFinder& sizes, PortValues& values);
/// The same for NAME=FILE.
void bind_arrays(Session& session, const ir::Network& network,
                 const std::vector<ir::TensorId>& tensors, const std::string& option,
                 const std::vector<Assignment>& arrays, SizeFinder& sizes, PortValues& values);

/// Puts values before the first step into `values`; returns the initial values that they give. One
/// that nothing reads is a warning. `option` as above.
std::vector<ir::TensorId> bind_states(Session& session, const ir::Network& network,
                                      const std::string& option,
                                      const std::vector<GivenArray>& arrays, SizeFinder& sizes,
                                      PortValues& values);
std::vector<ir::TensorId> bind_states(Session& session, const ir::Network& network,
                                      const std::vector<Assignment>& arrays, SizeFinder& sizes,
                                      PortValues& values);

/// The initial value of the variable of this name, if its past is read.
std::optional<ir::TensorId> initial_of(const ir::Network& network, const std::string& name);

/// What find_variable() offers.
std::vector<ir::TensorId> nameable_variables(const ir::Network& network);

/// A variable, layer, input or parameter that the user may name; UnknownVariable with suggestions.
ir::TensorId find_variable(const ir::Network& network, const std::string& name,
                           const std::string& option);

}  // namespace snnc::driver
