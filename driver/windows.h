// How the steps of a batch are run: all at once, or cut into windows that hand their state on
// (`bptt = truncated(K)`, language.md 8.6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "driver/run_state.h"
#include "driver/samples.h"

namespace snnc::driver {

class Windows {
 public:
    /// `length` is the steps of a window, absent: all `steps`. With windows the network, which must
    /// outlive it, becomes one that goes on; make it before differentiation.
    Windows(ir::Network& network, std::int64_t steps, std::optional<std::int64_t> length);

    std::int64_t count() const { return (steps_ + length_ - 1) / length_; }
    /// Steps of a window; 0 where the run is not cut.
    std::int64_t length() const { return state_ ? length_ : 0; }
    /// The last window may be shorter.
    std::int64_t steps_in(std::int64_t window) const;
    double share(std::int64_t window) const { return double(steps_in(window)) / double(steps_); }
    /// What a program must hand out so that the next window can go on.
    std::vector<ir::TensorId> results() const;

    /// Takes the samples of a batch, whose first window comes next.
    void load(const SampleSet& set, std::span<const std::int64_t> samples, PortValues& values);
    /// The same in the middle of a batch, after windows that another process ran.
    void load(const SampleSet& set, std::span<const std::int64_t> samples, PortValues& values,
              const std::vector<PastValues>& pasts, std::int64_t window);
    /// Puts what the window needs into `values`; returns the size of its run.
    ir::RunSize enter(std::int64_t window, PortValues& values);
    void leave(const ir::RunSize& size, const PortValues& values);

    std::int64_t first_step() const { return state_ ? state_->first_step() : 0; }
    /// The state at hand, by past; empty where the run is not cut.
    std::vector<PastValues> pasts() const;

 private:
    std::int64_t steps_, length_, samples_ = 0;
    std::optional<RunState> state_;
    PortValues batch_;                      // with all steps
    std::vector<ir::TensorId> held_, cut_;  // of the batch: without and with steps
};

}  // namespace snnc::driver
