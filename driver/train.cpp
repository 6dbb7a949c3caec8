// snnc train: training on a data set or on arrays.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "driver/data_options.h"
#include "driver/interrupt.h"
#include "driver/output_files.h"
#include "driver/parameters.h"
#include "driver/training.h"

namespace snnc::driver {
namespace {

using Clock = std::chrono::steady_clock;

struct TrainOptions {
    NetworkOptions network;
    WeightOptions weights;
    EngineOptions engine;
    DataOptions data;
    std::string train_block, out, log, checkpoint, resume;
    std::optional<std::int64_t> epochs, batch, most_steps, every;
    std::optional<double> learning_rate;
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
        make_plan(*network.training);
        PortValues values(network);
        prepare_parameters(session_, network, options_.weights, network.training->seed, values,
                           options_.resume.empty() ? "" : checkpoint_file(options_.resume));

        const TrainingData data = load_data(session_, network, options_.data);
        ir::Network whole = network;  // for what is measured: it is not cut into windows
        Windows windows(network, data.steps, network.training->window);
        const ir::Gradients gradients = add_optimizer(network);
        Inspection inspection(session_, network, gradients, machine);
        std::optional<Evaluation> evaluation;
        if (data.test) evaluation.emplace(whole, machine);
        Training training(network, machine, windows, &inspection, plan_, data.train,
                          data.test ? &*data.test : nullptr, evaluation ? &*evaluation : nullptr,
                          data.steps, values);
        training.prepare();
        announce(network, machine, data);

        TrainingLog log(options_.log, !options_.resume.empty());
        log_start(log, network, machine, data);
        const InterruptWatch watch;
        const TrainingEnd end = training.run(log);
        return finish(log, network, values, end);
    }

 private:
    void check_places() const {
        for (const std::string& file : {options_.out, options_.log}) {
            if (!file.empty()) check_writable_file(file);
        }
        if (!options_.checkpoint.empty()) make_folder(options_.checkpoint);
    }

    void make_plan(const ir::Training& training) {
        plan_.epochs = options_.epochs.value_or(training.epochs);
        plan_.batch = options_.batch.value_or(training.batch);
        plan_.most_steps = options_.most_steps;
        plan_.shuffle = training.shuffle && !options_.no_shuffle;
        plan_.drop_last = training.drop_last;
        plan_.seed = options_.weights.seed.value_or(training.seed);
        plan_.optimizer = training.optimizer;
        plan_.schedule = training.schedule;
        if (options_.learning_rate) plan_.optimizer.learning_rate = *options_.learning_rate;
        plan_.checkpoint_folder = options_.checkpoint;
        plan_.save_every = options_.every;
        plan_.resume_folder = options_.resume;
    }

    ir::Gradients add_optimizer(ir::Network& network) const {
        const auto parameters = trainable_parameters(network);
        if (parameters.empty()) {
            fail(Code::NothingLearned,
                 fmt::format("`{}` has no parameter that training changes", network.name));
        }
        const auto gradients = add_gradients(network, parameters);
        const std::size_t statistics = network.updates.size();  // of batches
        ir::add_optimizer(network, gradients, plan_.optimizer);
        if (network.updates.size() == statistics) {
            fail(Code::NothingLearned,
                 fmt::format("the loss depends on no parameter of `{}` that training changes",
                             network.name));
        }
        return gradients;
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
        const std::string test = data.test ? fmt::format(", {} to test", data.test->count) : "";
        write_out(
            fmt::format("{} on {}: {} samples{}; {} parameters, {} steps a sample, {} with {} "
                        "thread{}; ready after {}\n",
                        network.name, data.train.name, data.train.count, test,
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
                   {"batch", plan_.batch},
                   {"epochs", plan_.epochs},
                   {"lr", plan_.optimizer.learning_rate}});
    }

    int finish(TrainingLog& log, const ir::Network& network, const PortValues& values,
               const TrainingEnd& end) const {
        if (!options_.out.empty()) {
            runtime::write_safetensors(options_.out, weights_file(network, values));
        }
        nlohmann::ordered_json event{{"event", end.signal ? "interrupted" : "end"},
                                     {"step", end.steps},
                                     {"epoch", end.epochs},
                                     {"seconds", seconds()}};
        log.write(event);
        write_out(summary(end));
        return end.signal ? 128 + end.signal : int(Done);
    }

    std::string summary(const TrainingEnd& end) const {
        std::string text = end.signal ? fmt::format("interrupted after step {}", end.steps)
                                      : fmt::format("trained {} steps", end.steps);
        text += fmt::format(" in {}", duration_text(seconds()));
        for (const Score& score : end.test) {
            const bool percent = score.name.find("accuracy") != std::string::npos;
            text += percent ? fmt::format(", test {} {:.2f} %", score.name, 100 * score.value)
                            : fmt::format(", test {} {:.4f}", score.name, score.value);
        }
        text += options_.out.empty()
                    ? "\nthe weights were not kept (`--out W.safetensors` keeps them)"
                    : "\nthe weights lie in " + options_.out;
        if (!options_.checkpoint.empty()) {
            text += fmt::format("\n`--resume {}` goes on from here", options_.checkpoint);
        }
        return text + "\n";
    }

    double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

    Session& session_;
    const TrainOptions& options_;
    Clock::time_point start_;
    TrainingPlan plan_;
};

void add_loop_options(CLI::App& verb, TrainOptions& options) {
    verb.add_option("--epochs", options.epochs, "passes over the samples")->check(whole_number());
    verb.add_option("--batch", options.batch, "samples in a step")->check(whole_number());
    verb.add_option("--lr", options.learning_rate, "learning rate")->check(positive_number());
    verb.add_option("--max-steps", options.most_steps, "ends after this many updates")
        ->check(whole_number());
    verb.add_flag("--no-shuffle", options.no_shuffle, "takes the samples in their order");
    verb.add_option("--out", options.out, "file for the trained weights (.safetensors)");
    verb.add_option("--log", options.log, "file for losses and metrics, one JSON object a line");
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
         "train net.snn --data builtin --epochs 3 --log log.jsonl",
         "train net.snn --data mine.npz --checkpoint saved --every 100   # later: --resume saved",
         "train net.snn --input x=x.npy --target label=y.npy --no-shuffle --max-steps 20"});
    verb->footer(
        verb->get_footer() +
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
    verb->add_option("--cpu", options->engine.cpu, "the processor to compile for");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return TrainVerb(session, *options).run(); };
    });
}

}  // namespace snnc::driver
