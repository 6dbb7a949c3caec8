// The weights with the best score on the validation samples so far, and whether it is still worth
// going on (`train --validation`, `--patience`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "driver/checkpoint.h"
#include "driver/evaluation.h"

namespace snnc::driver {

class BestWeights {
 public:
    /// `monitor` names the score: of the loss the smallest is best, of a metric the largest.
    /// UnknownVariable if the training has none of this name.
    BestWeights(const ir::Network& network, std::string monitor);

    /// After an epoch, with the parameters in `values`. True if it is the best so far: then it
    /// keeps them. A score that is no number is never the best.
    bool offer(const std::vector<Score>& scores, std::int64_t epoch, const PortValues& values);

    const std::string& monitor() const { return monitor_; }
    /// Absent as long as no epoch had a score.
    const std::optional<BestSoFar>& best() const { return best_; }
    /// Epochs since the best one.
    std::int64_t waited() const { return best_ ? best_->waited : 0; }
    /// Goes on from a checkpoint.
    void restore(std::optional<BestSoFar> best) { best_ = std::move(best); }

 private:
    const ir::Network& network_;
    std::string monitor_;
    bool smaller_is_better_;
    std::optional<BestSoFar> best_;
};

/// "w.best.safetensors" beside "w.safetensors".
std::string best_weights_file(const std::string& weights_file);

}  // namespace snnc::driver
