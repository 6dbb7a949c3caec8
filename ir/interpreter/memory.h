// Where the interpreter keeps tensors: every one in full, in Real, for all steps and samples.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/interpreter/interpreter.h"

namespace snnc::ir::interpreter {

/// A tensor's values. A stride of 0 means: the same for all steps (samples).
template <class Real>
struct Array {
    Real* data = nullptr;
    std::int64_t step_stride = 0;
    std::int64_t sample_stride = 0;
    std::int64_t elements = 1;

    Real* at(std::int64_t step, std::int64_t sample) const {
        return data + step * step_stride + sample * sample_stride;
    }
};

/// Ports lie in the caller's arrays (Index tensors excepted: they are converted on the way in and
/// out), everything else in vectors that are made when a task first writes the tensor.
template <class Real>
class Memory {
 public:
    Memory(const Network& network, const StepProgram& program, const RunSize& size,
           const std::vector<void*>& ports, const Draws& draws);

    const Network& network() const { return network_; }
    const RunSize& size() const { return size_; }
    std::int64_t steps_of(TensorId id) const { return network_[id].per_step ? size_.steps : 1; }
    std::int64_t samples_of(TensorId id) const {
        return network_[id].per_sample ? size_.samples : 1;
    }

    /// The random number of a place.
    Real draw(StreamId stream, std::int64_t step, std::int64_t sample, std::int64_t element) const {
        const std::int64_t at = network_[stream].per_step ? draws_.first_step + step : 0;
        return runtime::uniform_draw(keys_[stream.index], std::uint64_t(element), std::uint32_t(at),
                                     draws_.sample(sample), draws_.epoch);
    }

    const Array<Real>& array(TensorId id) const { return arrays_[id.index]; }
    /// The integers of a parameter over edges, as they were given.
    const std::int32_t* integers(TensorId id) const { return integers_[id.index]; }
    /// Makes room for a tensor that a task defines, if it has none yet; all zero.
    void reserve(TensorId id);
    /// Copies Index results to their ports.
    void finish(const StepProgram& program, const std::vector<void*>& ports);

 private:
    std::int64_t count(TensorId id) const {
        return steps_of(id) * samples_of(id) * arrays_[id.index].elements;
    }

    const Network& network_;
    RunSize size_;
    const Draws& draws_;
    std::vector<runtime::PhiloxKey> keys_;       // by stream
    std::vector<Array<Real>> arrays_;            // by tensor
    std::vector<const std::int32_t*> integers_;  // by tensor
    std::vector<std::vector<Real>> owned_;       // by tensor
};

extern template class Memory<float>;
extern template class Memory<double>;

}  // namespace snnc::ir::interpreter
