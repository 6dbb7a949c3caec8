// snnc train: training on a data set or on arrays.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "driver/data_options.h"
#include "driver/interrupt.h"
#include "driver/learning_log.h"
#include "driver/output_files.h"
#include "driver/parameters.h"
#include "driver/training.h"
#include "driver/training_pictures.h"
#include "driver/training_reports.h"

namespace snnc::driver {
namespace {

using Clock = std::chrono::steady_clock;

struct TrainOptions {
    NetworkOptions network;
    WeightOptions weights;
    EngineOptions engine;
    DataOptions data;
    std::string train_block, out, log, checkpoint, resume, plot;
    std::optional<std::int64_t> epochs, batch, most_steps, every;
    std::optional<double> learning_rate;
    std::optional<double> validation;
    std::optional<std::int64_t> patience;
    std::string monitor = "loss";
    bool no_shuffle = false;
};

class TrainVerb {
 public:
    TrainVerb(Session& session, const TrainOptions& options)
        : session_(session), options_(options), start_(Clock::now()) {}

    int run() {
        check_places();
        Machine machine(options_.engine);
        const frontend::Module module = load_module(session_, options_.network.file);
        frontend::Request request = options_.network.request();
        request.training = true;
        request.train_block = options_.train_block;
        if (frontend::train_names(module).empty()) {
            fail(Code::NoTraining, "the file has no `train` block", options_.network.file);
        }
        ir::Network network = make_network(session_, module, request);
        session_.flush();
        if (network.training->window && !network.steps) {
            // In windows `steps` of the cells stays that of the whole run, which the data tell.
            request.steps = load_data(session_, network, options_.data).steps;
            network = make_network(session_, module, request);
        }
        make_plan(network);
        PortValues values(network);
        prepare_parameters(session_, network, options_.weights, values,
                           options_.resume.empty() ? "" : checkpoint_file(options_.resume));

        const TrainingData data = load_data(session_, network, options_.data);
        ir::Network whole = network;  // for what is measured: it is not cut into windows
        Windows windows(network, data.steps, network.training->window);
        const ir::Gradients gradients = add_training(network, plan_.optimizer);
        Inspection inspection(session_, network, gradients, machine);
        hold_out_samples(data.train);
        std::optional<BestWeights> best;
        if (plan_.held_out > 0) best.emplace(whole, options_.monitor);
        std::optional<Evaluation> evaluation;
        if (data.test || best) evaluation.emplace(session_, whole, machine);
        Training training(session_, network, machine, windows, plan_, data.train,
                          {data.test ? &*data.test : nullptr, evaluation ? &*evaluation : nullptr,
                           best ? &*best : nullptr, &inspection},
                          data.steps, values);
        training.prepare();
        announce(network, machine, data);

        pictures::Learning learning = earlier_learning(network, data);
        TrainingLog log(options_.log, !options_.resume.empty());
        log_start(log, network, machine, data);
        const InterruptWatch watch;
        TrainingReports reports(log);
        SampleSpikes spikes(whole, machine, data.train, data.steps, plan_.seed, values);
        TrainingPictures pictures(session_, options_.plot, std::move(learning), network, values,
                                  spikes);
        TrainingListeners listeners;
        listeners.add(reports);
        if (!options_.plot.empty()) listeners.add(pictures);
        const TrainingEnd end = training.run(listeners);
        has_pictures_ = !options_.plot.empty() && pictures.ok();
        return finish(log, network, values, best, end);
    }

 private:
    void check_places() const {
        for (const std::string& file : {options_.out, options_.log}) {
            if (!file.empty()) check_writable_file(file);
        }
        for (const std::string& folder : {options_.checkpoint, options_.plot})
            if (!folder.empty()) make_folder(folder);
    }

    /// What the pictures begin with: a resumed training goes on in its log.
    pictures::Learning earlier_learning(const ir::Network& network,
                                        const TrainingData& data) const {
        std::error_code ignored;
        pictures::Learning learning;
        if (!options_.plot.empty() && !options_.resume.empty() &&
            std::filesystem::exists(options_.log, ignored))
            learning = read_learning_log(options_.log);
        if (learning.title.empty())
            learning.title = learning_title(network.name, data.train.name, plan_.batch, plan_.seed);
        return learning;
    }

    void make_plan(const ir::Network& network) {
        plan_ = plan_of(network);
        plan_.epochs = options_.epochs.value_or(plan_.epochs);
        plan_.batch = options_.batch.value_or(plan_.batch);
        plan_.most_steps = options_.most_steps;
        plan_.shuffle = plan_.shuffle && !options_.no_shuffle;
        plan_.seed = options_.weights.seed.value_or(plan_.seed);
        if (options_.learning_rate) plan_.optimizer.learning_rate = *options_.learning_rate;
        plan_.checkpoint_folder = options_.checkpoint;
        plan_.save_every = options_.every;
        plan_.resume_folder = options_.resume;
        plan_.patience = options_.patience;
    }

    /// --validation: a share of the training samples below 1, or their number.
    void hold_out_samples(const SampleSet& samples) {
        if (!options_.validation) return;
        const double given = *options_.validation;
        const double count = given < 1 ? std::round(given * double(samples.count)) : given;
        if (count != std::floor(count))
            fail(Code::BadCommandLine,
                 fmt::format("`--validation` takes a share below 1 or a whole number, not {}",
                             given));
        if (count < 1 || count >= double(samples.count)) {
            fail(Code::CountMismatch,
                 fmt::format("`--validation {}` of {} samples leaves none to {}", given,
                             samples.count, count < 1 ? "validate" : "train"));
        }
        plan_.held_out = std::int64_t(count);
        if (!options_.out.empty()) plan_.best_file = best_weights_file(options_.out);
    }

    static std::int64_t parameter_count(const ir::Network& network) {
        std::int64_t count = 0;
        for (const ir::TensorId id : trainable_parameters(network)) {
            count += ir::element_count(network[id].shape);
        }
        return count;
    }

    void announce(const ir::Network& network, const Machine& machine,
                  const TrainingData& data) const {
        std::string others;
        if (plan_.held_out > 0) others += fmt::format(", {} of them to validate", plan_.held_out);
        if (data.test) others += fmt::format(", {} to test", data.test->count);
        write_out(
            fmt::format("{} on {}: {} samples{}; {} parameters, {} steps a sample, {} with {} "
                        "thread{}; ready after {}\n",
                        network.name, data.train.name, data.train.count, others,
                        parameter_count(network), data.steps, machine.target(), machine.threads(),
                        machine.threads() == 1 ? "" : "s", duration_text(seconds())));
    }

    void log_start(TrainingLog& log, const ir::Network& network, const Machine& machine,
                   const TrainingData& data) const {
        log.write({{"event", options_.resume.empty() ? "start" : "resume"},
                   {"versions", versions()},
                   {"seed", plan_.seed},
                   {"target", machine.target()},
                   {"threads", machine.threads()},
                   {"network", network.name},
                   {"data", data.train.name},
                   {"samples", data.train.count},
                   {"validation_samples", plan_.held_out},
                   {"batch", plan_.batch},
                   {"epochs", plan_.epochs},
                   {"lr", plan_.optimizer.learning_rate}});
    }

    int finish(TrainingLog& log, const ir::Network& network, const PortValues& values,
               const std::optional<BestWeights>& best, const TrainingEnd& end) const {
        if (!options_.out.empty()) {
            runtime::write_safetensors(options_.out, weights_file(network, values));
        }
        const BestSoFar* found = best && best->best() ? &*best->best() : nullptr;
        // A training that goes on may have found them before.
        if (found && !plan_.best_file.empty())
            runtime::write_safetensors(plan_.best_file, found->weights);
        nlohmann::ordered_json event{{"event", end.signal ? "interrupted" : "end"},
                                     {"step", end.steps},
                                     {"epoch", end.epochs},
                                     {"seconds", seconds()}};
        if (found) event["best_epoch"] = found->epoch;
        if (end.stopped_early) event["stopped_early"] = true;
        log.write(event);
        write_out(summary(end) + (found ? best_text(*best) : ""));
        return end.signal ? 128 + end.signal : int(Done);
    }

    std::string summary(const TrainingEnd& end) const {
        std::string text = end.signal ? fmt::format("interrupted after step {}", end.steps)
                                      : fmt::format("trained {} steps", end.steps);
        text += fmt::format(" in {}", duration_text(seconds()));
        if (end.stopped_early)
            text += fmt::format(", stopped after {} epochs without a better one", *plan_.patience);
        for (const Score& score : end.test) {
            const bool percent = score.name.find("accuracy") != std::string::npos;
            text += percent ? fmt::format(", test {} {:.2f} %", score.name, 100 * score.value)
                            : fmt::format(", test {} {:.4f}", score.name, score.value);
        }
        text += options_.out.empty()
                    ? "\nthe weights were not kept (`--out W.safetensors` keeps them)"
                    : "\nthe weights lie in " + options_.out;
        if (has_pictures_) text += "\npictures lie in " + options_.plot;
        if (!options_.checkpoint.empty()) {
            text += fmt::format("\n`--resume {}` goes on from here", options_.checkpoint);
        }
        return text + "\n";
    }

    std::string best_text(const BestWeights& best) const {
        std::string text = fmt::format("the best validation {} is {:.4f}, after epoch {}",
                                       best.monitor(), best.best()->score, best.best()->epoch + 1);
        if (!plan_.best_file.empty()) text += "; its weights lie in " + plan_.best_file;
        return text + "\n";
    }

    double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

    Session& session_;
    const TrainOptions& options_;
    Clock::time_point start_;
    TrainingPlan plan_;
    bool has_pictures_ = false;
};

void add_loop_options(CLI::App& verb, TrainOptions& options) {
    verb.add_option("--epochs", options.epochs, "passes over the samples")->check(whole_number());
    verb.add_option("--batch", options.batch, "samples in a step")->check(whole_number());
    verb.add_option("--lr", options.learning_rate, "learning rate")->check(positive_number());
    verb.add_option("--max-steps", options.most_steps, "ends after this many updates")
        ->check(whole_number());
    auto* validation =
        verb.add_option("--validation", options.validation,
                        "training samples held out to validate after each epoch: a share below 1, "
                        "or a number; the seed chooses them")
            ->check(positive_number());
    verb.add_option("--monitor", options.monitor,
                    "what is best: the smallest validation loss (default), or the largest metric "
                    "of this name")
        ->needs(validation);
    verb.add_option("--patience", options.patience,
                    "ends after this many epochs without a better validation")
        ->check(whole_number())
        ->needs(validation);
    verb.add_flag("--no-shuffle", options.no_shuffle, "takes the samples in their order");
    verb.add_option("--out", options.out, "file for the trained weights (.safetensors)");
    verb.add_option("--log", options.log, "file for losses and metrics, one JSON object a line");
    verb.add_option(
        "--plot", options.plot,
        "folder for pictures, drawn anew after each epoch: the learning curve, weights, "
        "spikes of the first sample");
    auto* folder = verb.add_option("--checkpoint", options.checkpoint,
                                   "folder for checkpoints, written after each epoch");
    verb.add_option("--every", options.every, "a checkpoint after every N steps instead")
        ->check(whole_number())
        ->needs(folder);
    verb.add_option("--resume", options.resume, "folder of the checkpoint to go on from");
}

}  // namespace

void add_train(Tool& tool) {
    auto* verb = add_verb(
        tool, "train", "Training on a data set or on arrays",
        {"train examples/02_fashion_mlp.snn --data fashion-mnist --out w.safetensors",
         "train net.snn --data builtin --epochs 3 --log log.jsonl --plot pictures",
         "train net.snn --data mine.npz --checkpoint saved --every 100   # later: --resume saved",
         "train net.snn --data mnist --validation 0.1 --patience 5 --epochs 99 --out w.safetensors",
         "train net.snn --input x=x.npy --target label=y.npy --no-shuffle --max-steps 20"});
    verb->footer(
        verb->get_footer() +
        "\n\nWith --validation the best weights so far lie beside those of --out, "
        "W.best.safetensors "
        "beside W.safetensors, from the epoch on that reached them."
        "\n\nCtrl-C ends after the step at hand, keeps weights and checkpoint, and returns 130.");
    auto options = std::make_shared<TrainOptions>();
    options->network.usual_mode = frontend::Mode::Either;  // the test set is evaluated
    options->network.add_to(*verb);
    verb->add_option("--train-block", options->train_block,
                     "which train block, if there are several");
    options->data.add_to(*verb);
    options->weights.add_to(*verb);
    add_loop_options(*verb, *options);
    options->engine.add_to(*verb);
    options->engine.add_debug_to(*verb);
    verb->add_option("--cpu", options->engine.cpu, "the processor to compile for");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return TrainVerb(session, *options).run(); };
    });
}

}  // namespace snnc::driver
