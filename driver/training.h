// The training loop: batches, one compiled program for forward, backward and update, and what is
// said and kept on the way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/best_weights.h"
#include "driver/evaluation.h"
#include "driver/inspection.h"
#include "driver/pipeline.h"
#include "driver/samples.h"
#include "driver/training_listener.h"
#include "driver/windows.h"

namespace snnc::driver {

/// What the options and the train block together ask for.
struct TrainingPlan {
    std::int64_t epochs = 1, batch = 1;
    std::optional<std::int64_t> most_steps;
    bool shuffle = true, drop_last = false;
    std::uint64_t seed = 0;
    ir::OptimizerConfig optimizer;
    std::vector<ir::ScheduleSegment> schedule;
    std::int64_t held_out = 0;               // samples for validation
    std::optional<std::int64_t> patience;    // epochs without a better score
    std::string best_file;                   // for the best weights so far; empty: none
    std::string checkpoint_folder;           // empty: none
    std::optional<std::int64_t> save_every;  // steps; else after each epoch
    std::string resume_folder;               // empty: from the beginning
    /// Where the caller makes the batches; else it follows from the samples.
    std::optional<std::int64_t> updates_per_epoch;
};

/// What the train block alone asks for.
TrainingPlan plan_of(const ir::Network& network);

/// How a training ended.
struct TrainingEnd {
    int signal = 0;  // it was asked to stop
    std::int64_t epochs = 0, steps = 0;
    bool stopped_early = false;
    std::vector<Score> test;  // after the last epoch or step, if there is a test set
};

/// Trains a network with its gradients and optimiser (ir::differentiate, ir::add_optimizer).
class Training {
 public:
    /// What measures after each epoch; each may be null. `evaluation` is of the test set, and of
    /// the validation samples, for which `best` is there.
    struct Observers {
        const SampleSet* test = nullptr;
        Evaluation* evaluation = nullptr;
        BestWeights* best = nullptr;
        Inspection* inspection = nullptr;
    };

    /// Everything must outlive it. Parameters stand in `values`.
    Training(Session& session, ir::Network& network, Machine& machine, Windows& windows,
             const TrainingPlan& plan, const SampleSet& samples, const Observers& observers,
             std::int64_t steps_per_run, PortValues& values);

    /// Before run(). CheckpointMismatch, CountMismatch (a batch larger than the data, with
    /// drop_last).
    void prepare();
    /// Failure(LossNotFinite), DataError(WriteFailed): what was saved before stays.
    TrainingEnd run(TrainingListener& listener);

    /// In the place of both, where the caller makes the batches: the optimiser begins anew,
    void forget();
    /// and all samples of the set make one update (one for each window). Returns the mean loss
    /// before it. Failure(LossNotFinite).
    double update(const SampleSet& batch);

 private:
    std::int64_t batches_per_epoch() const;
    std::int64_t updates_per_epoch() const;
    std::int64_t planned_steps() const;
    bool should_stop() const;
    void run_epoch(TrainingListener& listener);
    void measure_test();
    void measure_epoch();
    void finish_epoch(TrainingListener& listener, double seconds);
    bool out_of_patience() const;
    void run_batch(std::span<const std::int64_t> samples, TrainingListener& listener);
    /// Random numbers belong to the epoch.
    double train_window(std::span<const std::int64_t> samples, std::int64_t epoch);
    void set_hyperparameters();
    void check_loss(double loss) const;
    void save() const;

    Session& session_;
    const Machine& machine_;
    ir::Network& network_;
    Windows& windows_;
    const TrainingPlan& plan_;
    const SampleSet& samples_;
    Split split_;
    Observers observe_;
    std::int64_t steps_per_run_;
    PortValues& values_;
    ir::StepProgram program_;
    std::unique_ptr<Engine> engine_;
    TrainingPosition position_;
    std::vector<PastValues> resumed_pasts_;  // of the batch that a resumed training goes on with
    std::vector<Score> validation_scores_, test_scores_;
    bool is_best_ = false;  // this epoch, so far
    bool saved_ = false;
    bool stop_asked_ = false;  // by the listener
};

/// Gradients of all trainable parameters and the optimiser's equations. Failure(NothingLearned).
ir::Gradients add_training(ir::Network& network, const ir::OptimizerConfig& optimizer);

}  // namespace snnc::driver
