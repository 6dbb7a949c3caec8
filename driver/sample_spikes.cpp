#include "driver/sample_spikes.h"

#include "driver/evaluation.h"
#include "driver/inspection.h"

namespace snnc::driver {

SampleSpikes::SampleSpikes(ir::Network& network, Machine& machine, const SampleSet& samples,
                           std::int64_t steps, std::uint64_t seed, PortValues& values)
    : network_(network),
      machine_(machine),
      samples_(samples),
      steps_(steps),
      seed_(seed),
      values_(values) {
    for (const ir::Population& population : network.populations)
        if (const ir::TensorId spikes = spikes_of(network, population); spikes.valid())
            spikes_.push_back(spikes);
}

std::vector<std::pair<std::string, pictures::Recording>> SampleSpikes::run() {
    std::vector<std::pair<std::string, pictures::Recording>> recordings;
    if (spikes_.empty()) return recordings;
    if (!engine_) {
        ir::LoweringOptions lowering;
        lowering.results = spikes_;
        program_ = make_program(network_, lowering);
        engine_ = machine_.load(network_, program_);
    }
    const std::int64_t first[] = {0};
    const ir::RunSize size{steps_, 1};
    leave_training_mode(network_, values_);
    samples_.gather(first, values_);
    engine_->run(size, values_.arguments(program_, size), draws_of(seed_, 0, first));
    for (const ir::TensorId spikes : spikes_) {
        const std::string& name = network_[spikes].name;
        const runtime::Array array = to_array(network_, spikes, values_.at(spikes), size, true);
        recordings.emplace_back(name, pictures::take(array, name, {}));
    }
    return recordings;
}

}  // namespace snnc::driver
