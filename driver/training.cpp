#include "driver/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "driver/interrupt.h"
#include "driver/schedule.h"
#include "runtime/shuffle.h"

namespace snnc::driver {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// JSON has no infinity; nine digits keep a float.
Json number(double value) {
    if (!std::isfinite(value)) return nullptr;
    return Json::parse(fmt::format("{:.9g}", value));
}

std::string scores_text(const std::vector<Score>& scores) {
    std::string text;
    for (const Score& score : scores)
        text += fmt::format(", test {} {:.4f}", score.name, score.value);
    return text;
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

Training::Training(ir::Network& network, Machine& machine, Windows& windows, Inspection* inspection,
                   const TrainingPlan& plan, const SampleSet& samples, const SampleSet* test,
                   Evaluation* evaluation, std::int64_t steps_per_run, PortValues& values)
    : network_(network),
      windows_(windows),
      inspection_(inspection),
      plan_(plan),
      samples_(samples),
      test_(test),
      evaluation_(evaluation),
      steps_per_run_(steps_per_run),
      values_(values) {
    ir::LoweringOptions lowering;
    lowering.results = windows.results();
    lowering.results.push_back(network.training->loss);
    lowering.updates = true;
    program_ = make_program(network, lowering);
    engine_ = machine.load(network, program_);
}

void Training::prepare() {
    position_.seed = plan_.seed;
    position_.batch = plan_.batch;
    position_.sample_count = samples_.count;
    position_.shuffle = plan_.shuffle;
    position_.window_length = windows_.length();
    for (std::uint32_t i = 0; i < network_.tensors.size(); ++i) {
        const ir::Tensor& tensor = network_.tensors[i];
        if (tensor.role != ir::Role::OptimizerState) continue;
        values_[{i}].floats.assign(std::size_t(ir::element_count(tensor.shape)), 0.0f);
    }
    if (batches_per_epoch() == 0) {
        fail(Code::CountMismatch,
             fmt::format("with `drop_last` a batch of {} never fills from {} samples", plan_.batch,
                         samples_.count));
    }
    if (!plan_.resume_folder.empty()) {
        TrainingMemory memory = load_checkpoint(plan_.resume_folder, network_, position_, values_);
        position_ = memory.position;
        resumed_pasts_ = std::move(memory.pasts);
    }
}

std::int64_t Training::batches_per_epoch() const {
    return plan_.drop_last ? samples_.count / plan_.batch
                           : (samples_.count + plan_.batch - 1) / plan_.batch;
}

std::int64_t Training::updates_per_epoch() const { return batches_per_epoch() * windows_.count(); }

std::int64_t Training::planned_steps() const {
    const std::int64_t all = plan_.epochs * updates_per_epoch();
    return plan_.most_steps ? std::min(all, *plan_.most_steps) : all;
}

bool Training::should_stop() const {
    return InterruptWatch::signal() != 0 || position_.step >= planned_steps();
}

// ---- one step ------------------------------------------------------------------------------

/// The numbers that the update equations read (ir::add_optimizer).
void Training::set_hyperparameters() {
    const double rate = plan_.optimizer.learning_rate *
                        schedule_factor(plan_.schedule, position_.step,
                                        plan_.epochs * updates_per_epoch(), updates_per_epoch());
    for (std::uint32_t i = 0; i < network_.tensors.size(); ++i) {
        const ir::Tensor& tensor = network_.tensors[i];
        if (tensor.role != ir::Role::HyperParameter) continue;
        if (tensor.name == ir::resumed_name || tensor.name == ir::first_step_name)
            continue;  // the windows' matter
        const auto value =
            tensor.name == "mode.train"
                ? std::optional(1.0)
                : ir::optimizer_number(tensor.name, plan_.optimizer, rate, position_.step + 1);
        if (!value) throw std::logic_error("nobody sets the hyperparameter " + tensor.name);
        values_[{i}].floats = {float(*value)};
    }
}

void Training::check_loss(double loss) const {
    if (std::isfinite(loss)) return;
    std::vector<std::string> notes;
    if (saved_)
        notes.push_back("the last checkpoint is from before this step: " +
                        checkpoint_file(plan_.checkpoint_folder));
    notes.emplace_back("a smaller learning rate often helps: `--lr`");
    fail(Code::LossNotFinite,
         fmt::format("the loss is {} in step {} (epoch {})", loss, position_.step + 1,
                     position_.epoch),
         {}, std::move(notes));
}

/// The mean loss of the window at hand over the batch, before the update.
double Training::train_window(std::span<const std::int64_t> samples) {
    set_hyperparameters();
    const ir::RunSize size = windows_.enter(position_.window, values_);
    engine_->run(size, values_.arguments(program_, size),
                 draws_of(plan_.seed, position_.epoch, samples, windows_.first_step()));
    windows_.leave(size, values_);
    const auto& losses = values_.at(network_.training->loss).floats;
    return sum_of(losses) / double(losses.size());
}

// ---- epochs --------------------------------------------------------------------------------

void Training::save() const {
    TrainingMemory memory{position_, {}};
    if (position_.window > 0) memory.pasts = windows_.pasts();
    save_checkpoint(plan_.checkpoint_folder, network_, values_, memory);
}

/// All windows of a batch, or the rest of them where a resumed training stands among them.
void Training::run_batch(std::span<const std::int64_t> samples, TrainingLog& log,
                         Progress& progress) {
    windows_.load(samples_, samples, values_, resumed_pasts_, position_.window);
    resumed_pasts_.clear();
    const auto count = std::int64_t(samples.size());
    while (position_.window < windows_.count() && !should_stop()) {
        const auto start = Clock::now();
        const std::int64_t window = position_.window;
        const double loss = train_window(samples);
        check_loss(loss);
        ++position_.step;
        position_.loss_sum += loss * double(count);
        position_.samples_seen += count;
        if (++position_.window == windows_.count()) {
            position_.window = 0;
            ++position_.batch_in_epoch;
        }
        const double speed = double(count) * windows_.share(window) / seconds_since(start);
        Json event{{"event", "step"}, {"step", position_.step}, {"epoch", position_.epoch}};
        if (windows_.length() > 0) event["window"] = window;
        event["loss"] = number(loss);
        event["samples_per_s"] = std::round(speed);
        log.write(event);
        progress.step(position_.epoch, position_.step, loss, speed);
        if (plan_.save_every && position_.step % *plan_.save_every == 0) {
            save();
            saved_ = true;
        }
        if (position_.window == 0) return;
    }
}

void Training::run_epoch(TrainingLog& log, Progress& progress) {
    std::vector<std::int64_t> order(std::size_t(samples_.count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    if (plan_.shuffle) {
        order = runtime::permutation(samples_.count, plan_.seed, std::uint32_t(position_.epoch));
    }
    const std::int64_t batches = batches_per_epoch();
    while (position_.batch_in_epoch < batches && !should_stop()) {
        const std::int64_t first = position_.batch_in_epoch * plan_.batch;
        const std::int64_t count = std::min(plan_.batch, samples_.count - first);
        run_batch({order.data() + first, std::size_t(count)}, log, progress);
    }
}

void Training::finish_epoch(TrainingLog& log, Progress& progress, double seconds) {
    const double train_loss =
        position_.loss_sum / double(std::max<std::int64_t>(1, position_.samples_seen));
    Json event{{"event", "epoch"}, {"epoch", position_.epoch}, {"train_loss", number(train_loss)}};
    for (const Score& score : test_scores_) event["test_" + score.name] = number(score.value);
    event["seconds"] = number(seconds);
    if (inspection_) add_layers(*inspection_, event);
    log.write(event);
    progress.line(fmt::format("epoch {}: train loss {:.4f}{}, {}", position_.epoch + 1, train_loss,
                              scores_text(test_scores_), duration_text(seconds)));
    if (inspection_) {
        if (!inspection_->activities().empty())
            progress.line(activity_text(inspection_->activities()));
        inspection_->warn_of_silence(position_.epoch);
    }
    ++position_.epoch;
    position_.batch_in_epoch = 0;
    position_.loss_sum = 0;
    position_.samples_seen = 0;
}

TrainingEnd Training::run(TrainingLog& log) {
    const std::int64_t batches = batches_per_epoch();
    Progress progress(plan_.epochs, planned_steps(), position_.step);
    const auto evaluate = [&] {
        if (!test_) return;
        test_scores_ = evaluation_->run(*test_, plan_.batch, steps_per_run_, plan_.seed, values_);
    };
    while (position_.epoch < plan_.epochs && !should_stop()) {
        const auto start = Clock::now();
        run_epoch(log, progress);
        if (position_.batch_in_epoch < batches) break;
        if (InterruptWatch::signal() == 0) {
            evaluate();
            if (inspection_) inspection_->run(samples_, plan_.batch, windows_, plan_.seed, values_);
        }
        if (InterruptWatch::signal() != 0) test_scores_.clear();
        finish_epoch(log, progress, seconds_since(start));
        if (!plan_.checkpoint_folder.empty() && !plan_.save_every) {
            save();
            saved_ = true;
        }
    }
    if ((position_.batch_in_epoch > 0 || position_.window > 0) && InterruptWatch::signal() == 0)
        evaluate();
    progress.clear();
    if (!plan_.checkpoint_folder.empty()) save();
    return {InterruptWatch::signal(), position_.epoch, position_.step, test_scores_};
}

}  // namespace snnc::driver
