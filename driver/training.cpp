#include "driver/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "driver/checked_ports.h"
#include "driver/interrupt.h"
#include "driver/parameters.h"
#include "driver/schedule.h"
#include "runtime/shuffle.h"

namespace snnc::driver {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

TrainingPlan plan_of(const ir::Network& network) {
    const ir::Training& training = *network.training;
    TrainingPlan plan;
    plan.epochs = training.epochs;
    plan.batch = training.batch;
    plan.shuffle = training.shuffle;
    plan.drop_last = training.drop_last;
    plan.seed = network.seed;
    plan.optimizer = training.optimizer;
    plan.schedule = training.schedule;
    return plan;
}

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

void Training::forget() {
    position_.step = 0;
    for (std::uint32_t i = 0; i < network_.tensors.size(); ++i) {
        const ir::Tensor& tensor = network_.tensors[i];
        if (tensor.role != ir::Role::OptimizerState) continue;
        values_[{i}].floats.assign(std::size_t(ir::element_count(tensor.shape)), 0.0f);
    }
}

void Training::prepare() {
    position_.seed = plan_.seed;
    position_.batch = plan_.batch;
    position_.sample_count = samples_.count;
    position_.validation_count = plan_.held_out;
    position_.shuffle = plan_.shuffle;
    position_.window_length = windows_.length();
    forget();
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

std::int64_t Training::updates_per_epoch() const {
    return plan_.updates_per_epoch.value_or(batches_per_epoch() * windows_.count());
}

std::int64_t Training::planned_steps() const {
    const std::int64_t all = plan_.epochs * updates_per_epoch();
    return plan_.most_steps ? std::min(all, *plan_.most_steps) : all;
}

bool Training::should_stop() const {
    return InterruptWatch::signal() != 0 || stop_asked_ || position_.step >= planned_steps() ||
           out_of_patience();
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
double Training::train_window(std::span<const std::int64_t> samples, std::int64_t epoch) {
    set_hyperparameters();
    const ir::RunSize size = windows_.enter(position_.window, values_);
    const ir::Draws draws = draws_of(plan_.seed, epoch, samples, windows_.first_step());
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
void Training::run_batch(std::span<const std::int64_t> samples, TrainingListener& listener) {
    windows_.load(samples_, samples, values_, resumed_pasts_, position_.window);
    resumed_pasts_.clear();
    const auto count = std::int64_t(samples.size());
    while (position_.window < windows_.count() && !should_stop()) {
        const auto start = Clock::now();
        const std::int64_t window = position_.window;
        const double loss = train_window(samples, position_.epoch);
        check_loss(loss);
        ++position_.step;
        position_.loss_sum += loss * double(count);
        position_.samples_seen += count;
        if (++position_.window == windows_.count()) {
            position_.window = 0;
            ++position_.batch_in_epoch;
        }
        const double speed = double(count) * windows_.share(window) / seconds_since(start);
        StepReport report{position_.epoch, position_.step, {}, loss, speed};
        if (windows_.length() > 0) report.window = window;
        if (!listener.step(report)) stop_asked_ = true;
        if (plan_.save_every && position_.step % *plan_.save_every == 0) {
            save();
            saved_ = true;
        }
        if (position_.window == 0) return;
    }
}

void Training::run_epoch(TrainingListener& listener) {
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
        run_batch({order.data() + first, std::size_t(count)}, listener);
    }
}

void Training::finish_epoch(TrainingListener& listener, double seconds) {
    EpochReport report;
    report.epoch = position_.epoch;
    report.step = position_.step;
    report.train_loss =
        position_.loss_sum / double(std::max<std::int64_t>(1, position_.samples_seen));
    report.validates = observe_.best != nullptr;
    report.is_best = is_best_;
    report.validation = validation_scores_;
    report.test = test_scores_;
    report.seconds = seconds;
    report.inspection = observe_.inspection;
    if (!listener.epoch(report)) stop_asked_ = true;
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

TrainingEnd Training::run(TrainingListener& listener) {
    const std::int64_t batches = batches_per_epoch();
    listener.begin(plan_.epochs, planned_steps(), position_.step);
    while (position_.epoch < plan_.epochs && !should_stop()) {
        const auto start = Clock::now();
        run_epoch(listener);
        if (position_.batch_in_epoch < batches) break;
        measure_epoch();
        finish_epoch(listener, seconds_since(start));
        if (!plan_.checkpoint_folder.empty() && !plan_.save_every) {
            save();
            saved_ = true;
        }
    }
    if (position_.batch_in_epoch > 0 || position_.window > 0) measure_test();
    listener.end();
    if (!plan_.checkpoint_folder.empty()) save();
    return {InterruptWatch::signal(), position_.epoch, position_.step,
            out_of_patience() && InterruptWatch::signal() == 0, test_scores_};
}

double Training::update(const SampleSet& batch) {
    std::vector<std::int64_t> all(std::size_t(batch.count));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    windows_.load(batch, all, values_);
    double sum = 0;
    for (std::int64_t window = 0; window < windows_.count(); ++window) {
        position_.window = window;
        // No two updates share their random numbers.
        const double loss = train_window(all, position_.step);
        check_loss(loss);
        ++position_.step;
        sum += loss;
    }
    position_.window = 0;
    return sum / double(windows_.count());
}

ir::Gradients add_training(ir::Network& network, const ir::OptimizerConfig& optimizer) {
    auto gradients = add_gradients(network, learned_parameters(network));
    const std::size_t statistics = network.updates.size();  // of batches
    ir::add_optimizer(network, gradients, optimizer);
    if (network.updates.size() == statistics) fail_independent_loss(network);
    return gradients;
}

}  // namespace snnc::driver
