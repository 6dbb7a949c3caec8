// Training a model: update by update on batches of the caller, or over whole sets of samples.
#pragma once

#include <snnc/array.h>
#include <snnc/export.h>
#include <snnc/model.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace snnc::api {

/// "loss" and the metrics of the train block, each the mean over the samples.
using Scores = std::map<std::string, double>;

/// What is absent or empty is as the train block says.
struct TrainerOptions {
    std::string train_block;  // empty: the only one
    std::optional<double> learning_rate;
    std::optional<std::int64_t> batch, epochs;
    /// Of the order of samples and of draws; absent: the one that the model was given, else that of
    /// the train block.
    std::optional<std::uint64_t> seed;
    std::optional<bool> shuffle;
    /// For step(), where a schedule of the learning rate counts in epochs or to the end.
    std::optional<std::int64_t> updates_per_epoch;
};

/// Told after each update and after each epoch.
struct TrainingEvent {
    bool epoch_ends = false;
    std::int64_t epoch = 0;   // from 0
    std::int64_t step = 0;    // updates so far
    double loss = 0;          // of this batch before its update; at an epoch's end its mean
    Scores test, validation;  // at the end of an epoch, where there are such samples
};

struct FitOptions {
    Arrays test_inputs, test_targets;  // measured after each epoch
    std::int64_t validation = 0;  // training samples held out to validate; the seed chooses them
    std::optional<std::int64_t> patience;  // ends after so many epochs without a better validation
    std::string best_weights;              // file for those of the smallest validation loss
    std::optional<std::int64_t> max_steps;
    std::string checkpoint;  // folder, written after each epoch; empty: none
    std::string resume;      // folder to go on from; empty: from the beginning
    std::function<bool(const TrainingEvent&)> on_event;  // false ends the training in good order
};

struct TrainingResult {
    std::int64_t steps = 0, epochs = 0;
    bool was_stopped = false;    // by on_event
    bool stopped_early = false;  // for want of patience
    Scores test;
};

/// Changes the parameters of a model, which must outlive it and may be used between its calls.
class SNNC_API Trainer {
 public:
    /// Error if the text has no train block, or nothing in it is learned.
    explicit Trainer(Model& model, TrainerOptions options = {});
    ~Trainer();
    Trainer(Trainer&&) noexcept;
    Trainer& operator=(Trainer&&) noexcept;

    /// One update on a batch, [samples, …] or [steps, samples, …]; returns the mean loss before it.
    /// The optimiser remembers from call to call. Error(E0720) if the loss is not finite: then
    /// parameters may be no numbers any more.
    double step(const Arrays& inputs, const Arrays& targets);

    /// Loss and metrics in batches; changes nothing.
    Scores evaluate(const Arrays& inputs, const Arrays& targets);

    /// A whole training as `snnc train` does it, with an optimiser that begins anew: the same
    /// numbers for the same seed. After an Error the model has the parameters of the last update.
    TrainingResult fit(const Arrays& inputs, const Arrays& targets, const FitOptions& options = {});

 private:
    struct Data;
    std::unique_ptr<Data> data_;
};

}  // namespace snnc::api
