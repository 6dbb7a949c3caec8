// What is told of a training while it runs, to whoever wants to write it down or show it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "driver/evaluation.h"

namespace snnc::driver {

class Inspection;

/// One update.
struct StepReport {
    std::int64_t epoch = 0;              // from 0
    std::int64_t step = 0;               // updates so far, this one included
    std::optional<std::int64_t> window;  // of truncated training
    double loss = 0;                     // of the batch (window), before the update
    double samples_per_second = 0;
};

struct EpochReport {
    std::int64_t epoch = 0, step = 0;
    double train_loss = 0;  // mean of its batches
    bool validates = false, is_best = false;
    std::vector<Score> validation, test;
    double seconds = 0;
    Inspection* inspection = nullptr;  // where layers are looked at
};

class TrainingListener {
 public:
    virtual ~TrainingListener() = default;
    /// `total` updates over all epochs, `done` of them in an earlier process.
    virtual void begin(std::int64_t epochs, std::int64_t total, std::int64_t done) = 0;
    /// False ends the training in good order.
    virtual bool step(const StepReport& report) = 0;
    virtual bool epoch(const EpochReport& report) = 0;
    virtual void end() = 0;
};

/// Several of them, told in their order. Each of them may end the training.
class TrainingListeners final : public TrainingListener {
 public:
    /// It must outlive this.
    void add(TrainingListener& listener) { listeners_.push_back(&listener); }

    void begin(std::int64_t epochs, std::int64_t total, std::int64_t done) override {
        for (TrainingListener* listener : listeners_) listener->begin(epochs, total, done);
    }
    bool step(const StepReport& report) override {
        bool goes_on = true;
        for (TrainingListener* listener : listeners_) goes_on &= listener->step(report);
        return goes_on;
    }
    bool epoch(const EpochReport& report) override {
        bool goes_on = true;
        for (TrainingListener* listener : listeners_) goes_on &= listener->epoch(report);
        return goes_on;
    }
    void end() override {
        for (TrainingListener* listener : listeners_) listener->end();
    }

 private:
    std::vector<TrainingListener*> listeners_;
};

}  // namespace snnc::driver
