// Loss and metrics of a network over a whole set of samples.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "driver/pipeline.h"
#include "driver/samples.h"

namespace snnc::driver {

struct Score {
    std::string name;  // "loss", then the metrics in the order of the text
    double value = 0;  // mean over the samples
};

/// The forward part of a training's network: loss and metrics of a batch.
class Evaluation {
 public:
    /// All must outlive it.
    Evaluation(Session& session, ir::Network& network, Machine& machine);

    /// Parameters stand in `values`, which the batches are put into; random numbers depend on
    /// `seed`. Stops early (with what it has) if the process is asked to end.
    std::vector<Score> run(const SampleSet& samples, std::int64_t batch, std::int64_t steps,
                           std::uint64_t seed, PortValues& values);
    /// Over these samples of the set.
    std::vector<Score> run(const SampleSet& samples, std::span<const std::int64_t> chosen,
                           std::int64_t batch, std::int64_t steps, std::uint64_t seed,
                           PortValues& values);

 private:
    Session& session_;
    const Machine& machine_;
    ir::Network& network_;
    std::vector<ir::TensorId> results_;
    std::vector<std::string> names_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;
};

/// Layers do what they do after training (the hyperparameter `mode.train`).
void leave_training_mode(const ir::Network& network, PortValues& values);

/// The mean of a result over its samples, added up in their order.
double sum_of(const std::vector<float>& values);

}  // namespace snnc::driver
