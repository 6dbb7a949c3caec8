// A training as `snnc train` tells it: lines of the log, a progress bar, a summary of each epoch.
#pragma once

#include <optional>

#include "driver/progress.h"
#include "driver/training_listener.h"
#include "driver/training_log.h"

namespace snnc::driver {

class TrainingReports final : public TrainingListener {
 public:
    /// The log must outlive it.
    explicit TrainingReports(TrainingLog& log) : log_(log) {}

    void begin(std::int64_t epochs, std::int64_t total, std::int64_t done) override;
    bool step(const StepReport& report) override;
    bool epoch(const EpochReport& report) override;
    void end() override;

 private:
    void write_epoch(const EpochReport& report);
    void show_epoch(const EpochReport& report);

    TrainingLog& log_;
    std::optional<Progress> progress_;
};

}  // namespace snnc::driver
