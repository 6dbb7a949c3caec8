#include "driver/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "driver/checked_ports.h"
#include "driver/interrupt.h"
#include "driver/parameters.h"
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

Training::Training(Session& session, ir::Network& network, Machine& machine, Windows& windows,
                   const TrainingPlan& plan, const SampleSet& samples, const Observers& observers,
                   std::int64_t steps_per_run, PortValues& values)
    : session_(session),
      machine_(machine),
      network_(network),
      windows_(windows),
      plan_(plan),
      samples_(samples),
      split_(split_samples(samples.count, plan.held_out, plan.seed)),
      observe_(observers),
      steps_per_run_(steps_per_run),
      values_(values) {
    ir::LoweringOptions lowering;
    lowering.results = windows.results();
    lowering.results.push_back(network.training->loss);
    add_checked_ports(machine, network, lowering.results);
    lowering.updates = true;
    program_ = make_program(network, lowering);
    engine_ = machine.load(network, program_);
}

void Training::prepare() {
    position_.seed = plan_.seed;
    position_.batch = plan_.batch;
    position_.sample_count = samples_.count;
    position_.validation_count = plan_.held_out;
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
                         split_.train.size()));
    }
    if (!plan_.resume_folder.empty()) {
        TrainingMemory memory = load_checkpoint(plan_.resume_folder, network_, position_, values_);
        position_ = memory.position;
        resumed_pasts_ = std::move(memory.pasts);
        if (observe_.best) observe_.best->restore(std::move(memory.best));
    }
}

std::int64_t Training::batches_per_epoch() const {
    const auto count = std::int64_t(split_.train.size());
    return plan_.drop_last ? count / plan_.batch : (count + plan_.batch - 1) / plan_.batch;
}

std::int64_t Training::updates_per_epoch() const { return batches_per_epoch() * windows_.count(); }

std::int64_t Training::planned_steps() const {
    const std::int64_t all = plan_.epochs * updates_per_epoch();
    return plan_.most_steps ? std::min(all, *plan_.most_steps) : all;
}

bool Training::should_stop() const {
    return InterruptWatch::signal() != 0 || position_.step >= planned_steps() || out_of_patience();
}

bool Training::out_of_patience() const {
    return observe_.best && plan_.patience && observe_.best->waited() >= *plan_.patience;
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
    const ir::Draws draws = draws_of(plan_.seed, position_.epoch, samples, windows_.first_step());
    engine_->run(size, values_.arguments(program_, size), draws);
    check_ports(session_, machine_, network_, size, draws, values_);
    windows_.leave(size, values_);
    const auto& losses = values_.at(network_.training->loss).floats;
    return sum_of(losses) / double(losses.size());
}

// ---- epochs --------------------------------------------------------------------------------

void Training::save() const {
    TrainingMemory memory{position_, {}, {}};
    if (observe_.best) memory.best = observe_.best->best();
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
    std::vector<std::int64_t> order = split_.train;
    const auto total = std::int64_t(order.size());
    if (plan_.shuffle) {
        order = runtime::permutation(total, plan_.seed, std::uint32_t(position_.epoch));
        for (std::int64_t& place : order) place = split_.train[std::size_t(place)];
    }
    const std::int64_t batches = batches_per_epoch();
    while (position_.batch_in_epoch < batches && !should_stop()) {
        const std::int64_t first = position_.batch_in_epoch * plan_.batch;
        const std::int64_t count = std::min(plan_.batch, total - first);
        run_batch({order.data() + first, std::size_t(count)}, log, progress);
    }
}

void Training::finish_epoch(TrainingLog& log, Progress& progress, double seconds) {
    const double train_loss =
        position_.loss_sum / double(std::max<std::int64_t>(1, position_.samples_seen));
    Json event{{"event", "epoch"}, {"epoch", position_.epoch}, {"train_loss", number(train_loss)}};
    add_scores("validation", validation_scores_, event);
    if (observe_.best) event["best"] = is_best_;
    add_scores("test", test_scores_, event);
    event["seconds"] = number(seconds);
    if (observe_.inspection) add_layers(*observe_.inspection, event);
    log.write(event);
    progress.line(fmt::format("epoch {}: train loss {:.4f}{}{}{}, {}", position_.epoch + 1,
                              train_loss, scores_text("validation", validation_scores_),
                              is_best_ ? " (best)" : "", scores_text("test", test_scores_),
                              duration_text(seconds)));
    if (Inspection* inspection = observe_.inspection) {
        if (!inspection->activities().empty())
            progress.line(activity_text(inspection->activities()));
        inspection->warn_of_silence(position_.epoch);
    }
    ++position_.epoch;
    position_.batch_in_epoch = 0;
    position_.loss_sum = 0;
    position_.samples_seen = 0;
}

void Training::measure_test() {
    test_scores_.clear();
    if (!observe_.test || InterruptWatch::signal() != 0) return;
    test_scores_ =
        observe_.evaluation->run(*observe_.test, plan_.batch, steps_per_run_, plan_.seed, values_);
    // What was cut short speaks of some samples only.
    if (InterruptWatch::signal() != 0) test_scores_.clear();
}

/// Validation first, so that a stop during the rest loses no best weights.
void Training::measure_epoch() {
    validation_scores_.clear();
    is_best_ = false;
    if (observe_.best && InterruptWatch::signal() == 0) {
        const auto scores = observe_.evaluation->run(samples_, split_.validation, plan_.batch,
                                                     steps_per_run_, plan_.seed, values_);
        if (InterruptWatch::signal() == 0) {
            validation_scores_ = scores;
            is_best_ = observe_.best->offer(scores, position_.epoch, values_);
        }
        if (is_best_ && !plan_.best_file.empty())
            runtime::write_safetensors(plan_.best_file, observe_.best->best()->weights);
    }
    measure_test();
    if (observe_.inspection && InterruptWatch::signal() == 0) {
        const std::size_t count = std::min(std::size_t(plan_.batch), split_.train.size());
        observe_.inspection->run(samples_, std::span(split_.train).first(count), windows_,
                                 plan_.seed, values_);
    }
}

TrainingEnd Training::run(TrainingLog& log) {
    const std::int64_t batches = batches_per_epoch();
    Progress progress(plan_.epochs, planned_steps(), position_.step);
    while (position_.epoch < plan_.epochs && !should_stop()) {
        const auto start = Clock::now();
        run_epoch(log, progress);
        if (position_.batch_in_epoch < batches) break;
        measure_epoch();
        finish_epoch(log, progress, seconds_since(start));
        if (!plan_.checkpoint_folder.empty() && !plan_.save_every) {
            save();
            saved_ = true;
        }
    }
    if (position_.batch_in_epoch > 0 || position_.window > 0) measure_test();
    progress.clear();
    if (!plan_.checkpoint_folder.empty()) save();
    return {InterruptWatch::signal(), position_.epoch, position_.step,
            out_of_patience() && InterruptWatch::signal() == 0, test_scores_};
}

}  // namespace snnc::driver
