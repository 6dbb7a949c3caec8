#include "driver/best_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "driver/parameters.h"

namespace snnc::driver {

BestWeights::BestWeights(const ir::Network& network, std::string monitor)
    : network_(network), monitor_(std::move(monitor)), smaller_is_better_(monitor_ == "loss") {
    std::vector<std::string> names{"loss"};
    for (const ir::Metric& metric : network.training->metrics) names.push_back(metric.name);
    if (std::find(names.begin(), names.end(), monitor_) != names.end()) return;
    fail(Code::UnknownVariable, fmt::format("the training has no metric `{}`", monitor_), {},
         {fmt::format("`--monitor` takes `{}`", fmt::join(names, "`, `"))});
}

bool BestWeights::offer(const std::vector<Score>& scores, std::int64_t epoch,
                        const PortValues& values) {
    const auto score = std::find_if(scores.begin(), scores.end(),
                                    [&](const Score& one) { return one.name == monitor_; });
    if (best_) ++best_->waited;
    if (score == scores.end() || std::isnan(score->value)) return false;
    const auto better = [&](double known) {
        return smaller_is_better_ ? score->value < known : score->value > known;
    };
    if (best_ && !better(best_->score)) return false;
    best_ = BestSoFar{epoch, score->value, 0, weights_file(network_, values)};
    return true;
}

std::string best_weights_file(const std::string& weights_file) {
    const std::filesystem::path path(weights_file);
    return (path.parent_path() / (path.stem().string() + ".best" + path.extension().string()))
        .string();
}

}  // namespace snnc::driver
