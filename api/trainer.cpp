#include <fmt/format.h>
#include <snnc/trainer.h>

#include <cmath>

#include "api/model_data.h"
#include "driver/output_files.h"
#include "driver/training.h"

namespace snnc::api {
namespace {

driver::TrainingPlan plan_of(const ir::Network& network, std::uint64_t seed,
                             const TrainerOptions& options) {
    require_positive("epochs", options.epochs);
    require_positive("batch", options.batch);
    require_positive("updates_per_epoch", options.updates_per_epoch);
    if (const auto rate = options.learning_rate; rate && !(*rate > 0 && std::isfinite(*rate)))
        driver::fail(Code::BadCommandLine,
                     fmt::format("`learning_rate` is a number above 0, not {}", *rate));
    driver::TrainingPlan plan = driver::plan_of(network);
    plan.epochs = options.epochs.value_or(plan.epochs);
    plan.batch = options.batch.value_or(plan.batch);
    plan.shuffle = options.shuffle.value_or(plan.shuffle);
    plan.seed = seed;
    if (options.learning_rate) plan.optimizer.learning_rate = *options.learning_rate;
    return plan;
}

/// What cannot be told before the samples are there is checked with them.
void check(const FitOptions& options) {
    require_positive("max_steps", options.max_steps);
    require_positive("patience", options.patience);
    if (options.validation != 0) return;
    for (const auto& [option, is_given] :
         {std::pair{"patience", options.patience.has_value()},
          std::pair{"best_weights", !options.best_weights.empty()}})
        if (is_given)
            driver::fail(Code::BadCommandLine,
                         fmt::format("`{}` needs samples to validate with (`validation`)", option));
}

Scores to_public(const std::vector<driver::Score>& scores) {
    Scores result;
    for (const driver::Score& score : scores) result[score.name] = score.value;
    return result;
}

/// A training of runs with so many steps.
struct Loop {
    /// Everything must outlive it. `test` may be null.
    Loop(Model::Data& model, ir::Network made, const driver::TrainingPlan& plan,
         const driver::SampleSet& samples, const driver::SampleSet* test, std::int64_t run_steps)
        : network(std::move(made)),
          whole(network),
          values(network),
          steps(run_steps),
          windows(network, steps, network.training->window),
          gradients(driver::add_training(network, plan.optimizer)),
          evaluation(model.session, whole, model.machine) {
        for (const ir::Parameter& parameter : network.parameters)
            values.share(parameter.tensor, model.parameters.at(network[parameter.tensor].name));
        if (plan.held_out > 0) best.emplace(whole, "loss");
        training.emplace(
            model.session, network, model.machine, windows, plan, samples,
            driver::Training::Observers{test, &evaluation, best ? &*best : nullptr, nullptr}, steps,
            values);
    }

    ir::Network network;
    ir::Network whole;  // for what is measured: it is not cut into windows
    driver::PortValues values;
    std::int64_t steps;
    driver::Windows windows;
    ir::Gradients gradients;
    driver::Evaluation evaluation;
    std::optional<driver::BestWeights> best;
    std::optional<driver::Training> training;
};

/// Hands events on to the caller's function.
class Events final : public driver::TrainingListener {
 public:
    explicit Events(const std::function<bool(const TrainingEvent&)>& function)
        : function_(function) {}

    void begin(std::int64_t, std::int64_t, std::int64_t) override {}
    bool step(const driver::StepReport& report) override {
        return tell({false, report.epoch, report.step, report.loss, {}, {}});
    }
    bool epoch(const driver::EpochReport& report) override {
        return tell({true, report.epoch, report.step, report.train_loss, to_public(report.test),
                     to_public(report.validation)});
    }
    void end() override {}

    bool stopped() const { return stopped_; }

 private:
    bool tell(const TrainingEvent& event) {
        if (function_ && !function_(event)) stopped_ = true;
        return !stopped_;
    }

    const std::function<bool(const TrainingEvent&)>& function_;
    bool stopped_ = false;
};

}  // namespace

struct Trainer::Data {
    Data(Model& trained, TrainerOptions given)
        : model(trained),
          options(std::move(given)),
          described(model.data_->elaborate(request())),
          plan(plan_of(described, model.data_->seed(options.seed, described), options)) {
        plan.updates_per_epoch = options.updates_per_epoch;
        // What is learned is looked at now; the programs wait for the number of steps.
        ir::Network tried = described;
        driver::add_training(tried, plan.optimizer);
    }

    frontend::Request request() const {
        frontend::Request request = model.data_->training_request(options.train_block);
        request.mode = frontend::Mode::Either;  // trained and evaluated
        return request;
    }

    driver::SampleSet samples(const Arrays& inputs, const Arrays& targets,
                              driver::SizeFinder& sizes) {
        return driver::samples_of_arrays(model.data_->session, described, given(inputs),
                                         given(targets), "", sizes);
    }

    /// In windows `steps` of the cells stays that of the whole run, which the arrays tell.
    ir::Network network_for(std::int64_t steps) {
        frontend::Request wanted = request();
        if (described.training->window && !described.steps) wanted.steps = steps;
        return model.data_->elaborate(wanted);  // with the edges that the model has now
    }

    /// The loop of step() and evaluate() for runs of that size.
    Loop& loop_for(const driver::SizeFinder& sizes) {
        const std::int64_t steps = sizes.size(described).steps;
        const bool is_current = loop && made_for == model.data_->identity;
        if (is_current && loop->steps != steps)
            driver::fail(Code::StepsDiffer,
                         fmt::format("the batch has {} steps, but the first one of this trainer "
                                     "had {}",
                                     steps, loop->steps));
        if (!is_current) {
            loop = std::make_unique<Loop>(*model.data_, network_for(steps), plan, no_samples,
                                          nullptr, steps);
            loop->training->forget();
            made_for = model.data_->identity;
        }
        return *loop;
    }

    driver::Session& session() { return model.data_->session; }

    Model& model;
    TrainerOptions options;
    ir::Network described;  // for arrays and the plan, before the number of steps is known
    driver::TrainingPlan plan;
    const driver::SampleSet no_samples;
    std::unique_ptr<Loop> loop;
    std::optional<Identity> made_for;
};

Trainer::Trainer(Model& model, TrainerOptions options)
    : data_(guarded(model.data_->session,
                    [&] { return std::make_unique<Data>(model, std::move(options)); })) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

double Trainer::step(const Arrays& inputs, const Arrays& targets) {
    return guarded(data_->session(), [&] {
        if (!data_->plan.schedule.empty() && !data_->options.updates_per_epoch)
            driver::fail(Code::CountMismatch,
                         "the schedule of the learning rate needs to know `updates_per_epoch`");
        driver::SizeFinder sizes = driver::known_sizes(data_->described, {});
        const driver::SampleSet batch = data_->samples(inputs, targets, sizes);
        return data_->loop_for(sizes).training->update(batch);
    });
}

Scores Trainer::evaluate(const Arrays& inputs, const Arrays& targets) {
    return guarded(data_->session(), [&] {
        driver::SizeFinder sizes = driver::known_sizes(data_->described, {});
        const driver::SampleSet samples = data_->samples(inputs, targets, sizes);
        Loop& loop = data_->loop_for(sizes);
        return to_public(loop.evaluation.run(samples, data_->plan.batch, loop.steps,
                                             data_->plan.seed, loop.values));
    });
}

TrainingResult Trainer::fit(const Arrays& inputs, const Arrays& targets,
                            const FitOptions& options) {
    return guarded(data_->session(), [&] {
        check(options);
        driver::SizeFinder sizes = driver::known_sizes(data_->described, {});
        const driver::SampleSet samples = data_->samples(inputs, targets, sizes);
        std::optional<driver::SampleSet> test;
        if (!options.test_inputs.empty() || !options.test_targets.empty())
            test = data_->samples(options.test_inputs, options.test_targets, sizes);

        driver::TrainingPlan plan = data_->plan;
        plan.updates_per_epoch.reset();
        plan.most_steps = options.max_steps;
        plan.held_out = options.validation;
        plan.patience = options.patience;
        plan.best_file = options.best_weights;
        plan.checkpoint_folder = options.checkpoint;
        plan.resume_folder = options.resume;
        if (plan.held_out < 0 || plan.held_out >= samples.count)
            driver::fail(Code::CountMismatch,
                         fmt::format("{} of {} samples cannot be held out to validate",
                                     plan.held_out, samples.count));
        if (!plan.checkpoint_folder.empty()) driver::make_folder(plan.checkpoint_folder);
        if (!plan.best_file.empty()) driver::check_writable_file(plan.best_file);

        const std::int64_t steps = sizes.size(data_->described).steps;
        Loop loop(*data_->model.data_, data_->network_for(steps), plan, samples,
                  test ? &*test : nullptr, steps);
        loop.training->prepare();
        Events events(options.on_event);
        const driver::TrainingEnd end = loop.training->run(events);
        return TrainingResult{end.steps, end.epochs, events.stopped(), end.stopped_early,
                              to_public(end.test)};
    });
}

}  // namespace snnc::api
