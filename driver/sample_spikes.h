// When the cells of each population spike for one sample, by a program of its own.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "driver/pipeline.h"
#include "driver/samples.h"
#include "pictures/recording.h"

namespace snnc::driver {

class SampleSpikes {
 public:
    /// Of the set's first sample, over `steps`. `network` is a whole run, as Evaluation takes it;
    /// all must outlive it. Parameters stand in `values`, which the sample is put into.
    SampleSpikes(ir::Network& network, Machine& machine, const SampleSet& samples,
                 std::int64_t steps, std::uint64_t seed, PortValues& values);

    /// Names ("hidden.s") with what was recorded.
    std::vector<std::pair<std::string, pictures::Recording>> run();

 private:
    ir::Network& network_;
    Machine& machine_;
    const SampleSet& samples_;
    std::int64_t steps_;
    std::uint64_t seed_;
    PortValues& values_;
    std::vector<ir::TensorId> spikes_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;  // made when it is first needed
};

}  // namespace snnc::driver
