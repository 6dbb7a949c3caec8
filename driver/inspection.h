// What a training tells of its layers after each epoch: how often cells fire, how many never do,
// how large the gradients are.
//
// Measured on one batch of training samples with the parameters at hand, by programs of their own,
// so that the training step carries nothing for it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "driver/pipeline.h"
#include "driver/windows.h"

namespace snnc::driver {

/// Cells that spike: spikes per cell and step, the share of cells without a spike in the whole
/// batch, and of those that spike in more than 95 % of the steps.
struct Activity {
    std::string population;
    double rate = 0, silent = 0, saturated = 0;
};

/// Euclidean norm of the gradients of all parameters of a layer or of cells.
struct GradientNorm {
    std::string layer;
    double norm = 0;
};

/// The spikes of a population in each step; invalid if its cells have none.
ir::TensorId spikes_of(const ir::Network& network, const ir::Population& population);

class Inspection {
 public:
    /// Adds what it measures to the network, which must outlive it; make it before any program.
    Inspection(Session& session, ir::Network& network, const ir::Gradients& gradients,
               Machine& machine);

    /// Measures on these samples of the set; gradients are those of the last window.
    void run(const SampleSet& samples, std::span<const std::int64_t> chosen, Windows& windows,
             std::uint64_t seed, PortValues& values);

    const std::vector<Activity>& activities() const { return activities_; }
    const std::vector<GradientNorm>& norms() const { return norms_; }

    /// Warns of populations that are silent now and were not warned of before, and says what helps.
    void warn_of_silence(std::int64_t epoch);

 private:
    struct Spikes {
        std::string population;
        SourceRange range;
        ir::TensorId counts;       // spikes of each cell over all steps and samples
        bool matter;               // to the loss or a metric
        std::vector<float> total;  // of all windows
    };

    void add_spikes(const PortValues& values);
    void measure_activity(double chances);
    void measure_gradients(const PortValues& values);

    Session& session_;
    ir::Network& network_;
    const ir::Gradients& gradients_;
    Machine& machine_;
    std::vector<Spikes> spikes_;
    std::vector<Activity> activities_;
    std::vector<GradientNorm> norms_;
    std::set<std::string> warned_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace snnc::driver
