// The samples of a training or an evaluation: where they come from, and batches of them.
//
// Bytes of pictures stay bytes, and events stay events, until their batch is made: so 60,000
// pictures load quickly and take little memory.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "driver/arrays.h"
#include "runtime/dataset.h"
#include "runtime/event_trains.h"

namespace snnc::driver {

/// All values of one input or target, in the order of the samples.
class Column {
 public:
    /// From an array as --input and --target take it: [samples, shape…] or [steps, samples,
    /// shape…].
    static Column from_array(const ir::Network& network, ir::TensorId id,
                             const runtime::ArrayView& array, const std::string& file);
    /// From a data set: [samples, …] or [samples, steps, …], elements in any shape; bytes stand for
    /// value/255. Reports as to_values() does, a wrong shape too.
    static Column from_data_set(const ir::Network& network, ir::TensorId id, runtime::Array array,
                                const std::string& file, SizeFinder& sizes);

    /// Of an input with a value per step; the grid is that of its steps and elements.
    static Column from_events(const ir::Network& network, ir::TensorId id,
                              runtime::EventTrains trains);

    ir::TensorId tensor() const { return tensor_; }
    /// Writes the batch [steps, batch, shape…] of those samples.
    void gather(std::span<const std::int64_t> samples, Values& batch) const;

 private:
    Column(ir::TensorId tensor, std::int64_t elements) : tensor_(tensor), elements_(elements) {}

    ir::TensorId tensor_;
    std::int64_t elements_, steps_ = 1, sample_stride_ = 0, step_stride_ = 0;
    std::variant<runtime::Array, std::vector<float>, std::vector<std::int32_t>,
                 runtime::EventTrains>
        values_;
};

struct SampleSet {
    std::string name;
    std::int64_t count = 0;
    std::vector<Column> columns;

    void gather(std::span<const std::int64_t> samples, PortValues& values) const;
};

/// Which samples train and which are held out for validation: positions in the set, ascending.
struct Split {
    std::vector<std::int64_t> train, validation;
};
/// `held_out` of them, chosen by the seed alone.
Split split_samples(std::int64_t count, std::int64_t held_out, std::uint64_t seed);

/// What the random numbers of a batch depend on: the samples' positions in their set, so that
/// neither the order nor the size of batches matters.
ir::Draws draws_of(std::uint64_t seed, std::int64_t epoch, std::span<const std::int64_t> samples,
                   std::int64_t first_step = 0);

/// What a data set must have arrays for.
runtime::PortNames port_names(const ir::Network& network);

/// The part holds arrays for port_names(network). Reports as Column::from_data_set() does.
SampleSet samples_of(const ir::Network& network, runtime::DataPart part, const std::string& name,
                     SizeFinder& sizes);

/// Arrays for every input and target; what is missing is reported. `input_option` and
/// `target_option` are named in messages.
SampleSet samples_of_arrays(Session& session, const ir::Network& network,
                            const std::vector<std::string>& inputs,
                            const std::vector<std::string>& targets, const std::string& prefix,
                            SizeFinder& sizes);
SampleSet samples_of_arrays(Session& session, const ir::Network& network,
                            const std::vector<GivenArray>& inputs,
                            const std::vector<GivenArray>& targets, const std::string& prefix,
                            SizeFinder& sizes);

}  // namespace snnc::driver
