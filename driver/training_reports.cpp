#include "driver/training_reports.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "driver/inspection.h"

namespace snnc::driver {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no infinity; nine digits keep a float.
Json number(double value) {
    if (!std::isfinite(value)) return nullptr;
    return Json::parse(fmt::format("{:.9g}", value));
}

std::string scores_text(const std::string& part, const std::vector<Score>& scores) {
    std::string text;
    for (const Score& score : scores)
        text += fmt::format(", {} {} {:.4f}", part, score.name, score.value);
    return text;
}

void add_scores(const std::string& part, const std::vector<Score>& scores, Json& event) {
    for (const Score& score : scores) event[part + "_" + score.name] = number(score.value);
}

void add_layers(const Inspection& inspection, Json& event) {
    event["layers"] = Json::array();
    for (const Activity& layer : inspection.activities())
        event["layers"].push_back({{"name", layer.population},
                                   {"rate", number(layer.rate)},
                                   {"silent", number(layer.silent)},
                                   {"saturated", number(layer.saturated)}});
    event["gradient_norms"] = Json::object();
    for (const GradientNorm& layer : inspection.norms())
        event["gradient_norms"][layer.layer] = number(layer.norm);
}

std::string activity_text(const std::vector<Activity>& layers) {
    std::string text;
    for (const Activity& layer : layers) {
        text += fmt::format("{}{} fires in {:.1f} % of the steps", text.empty() ? "  " : "; ",
                            layer.population, 100 * layer.rate);
        if (layer.silent > 0) text += fmt::format(", {:.1f} % silent", 100 * layer.silent);
        if (layer.saturated > 0) text += fmt::format(", {:.1f} % saturated", 100 * layer.saturated);
    }
    return text;
}

}  // namespace

void TrainingReports::begin(std::int64_t epochs, std::int64_t total, std::int64_t done) {
    progress_.emplace(epochs, total, done);
}

bool TrainingReports::step(const StepReport& report) {
    Json event{{"event", "step"}, {"step", report.step}, {"epoch", report.epoch}};
    if (report.window) event["window"] = *report.window;
    event["loss"] = number(report.loss);
    event["samples_per_s"] = std::round(report.samples_per_second);
    log_.write(event);
    progress_->step(report.epoch, report.step, report.loss, report.samples_per_second);
    return true;
}

bool TrainingReports::epoch(const EpochReport& report) {
    write_epoch(report);
    show_epoch(report);
    return true;
}

void TrainingReports::end() { progress_->clear(); }

void TrainingReports::write_epoch(const EpochReport& report) {
    Json event{
        {"event", "epoch"}, {"epoch", report.epoch}, {"train_loss", number(report.train_loss)}};
    add_scores("validation", report.validation, event);
    if (report.validates) event["best"] = report.is_best;
    add_scores("test", report.test, event);
    event["seconds"] = number(report.seconds);
    if (report.inspection) add_layers(*report.inspection, event);
    log_.write(event);
}

void TrainingReports::show_epoch(const EpochReport& report) {
    progress_->line(fmt::format("epoch {}: train loss {:.4f}{}{}{}, {}", report.epoch + 1,
                                report.train_loss, scores_text("validation", report.validation),
                                report.is_best ? " (best)" : "", scores_text("test", report.test),
                                duration_text(report.seconds)));
    if (!report.inspection) return;
    if (!report.inspection->activities().empty())
        progress_->line(activity_text(report.inspection->activities()));
    report.inspection->warn_of_silence(report.epoch);
}

}  // namespace snnc::driver
