// snnc run: one forward run on arrays.
#include <fmt/format.h>

#include <algorithm>

#include "driver/arrays.h"
#include "driver/checked_ports.h"
#include "driver/output_files.h"
#include "driver/parameters.h"
#include "driver/pipeline.h"
#include "driver/state_files.h"
#include "runtime/npy.h"

namespace snnc::driver {
namespace {

struct RunOptions {
    NetworkOptions network;
    WeightOptions weights;
    EngineOptions engine;
    std::vector<std::string> inputs, states, records;
    std::string out, save_state, save_weights;
};

/// A tensor and the file that receives it.
struct Result {
    ir::TensorId tensor;
    std::string file;
};

class ForwardRun {
 public:
    ForwardRun(Session& session, const RunOptions& options)
        : session_(session), options_(options) {}

    int run() {
        Machine machine(options_.engine);
        frontend::Module module = load_module(session_, options_.network.file);
        ir::Network network = make_network(session_, module, options_.network.request());
        PortValues values(network);
        ir::LoweringOptions lowering = bind(network, values);
        add_checked_ports(machine, network, lowering.results);
        const ir::StepProgram program = make_program(network, lowering);
        const auto engine = machine.load(network, program);
        const ir::Draws draws{
            options_.weights.seed.value_or(network.seed), 0, {}, given_.first_step()};
        engine->run(size_, values.arguments(program, size_), draws);
        check_ports(session_, machine, network, size_, draws, values);
        write_results(network, values);
        return Done;
    }

 private:
    ir::LoweringOptions bind(ir::Network& network, PortValues& values) {
        SizeFinder sizes;
        if (network.steps) sizes.see_steps(*network.steps, steps_source());
        bind_arrays(session_, network, network.inputs, "--input",
                    split_assignments(options_.inputs, "--input"), sizes, values);
        ir::LoweringOptions lowering;
        given_ = read_states(session_, network, options_.states, sizes, values);
        lowering.given_initials = given_.initials;
        size_ = sizes.size(network);
        if (given_.state) given_.state->give(values, size_);
        prepare_parameters(session_, network, options_.weights, values);
        choose_results(network);
        for (const Result& result : results_) lowering.want(result.tensor);
        if (saved_)
            for (const ir::TensorId id : saved_->results()) lowering.want(id);
        return lowering;
    }

    std::string steps_source() const {
        return options_.network.steps ? "`--steps`" : "the network's settings";
    }

    void choose_results(ir::Network& network) {
        for (const auto& [name, file] : split_assignments(options_.records, "--record")) {
            check_writable_file(file);
            results_.push_back({find_variable(network, name, "--record"), file});
        }
        if (!options_.out.empty() || results_.empty()) {
            for (const ir::TensorId output : network.outputs) {
                const std::string file = options_.out + "/" + network[output].name + ".npy";
                results_.push_back({output, options_.out.empty() ? "" : file});
            }
        }
        if (!options_.save_state.empty()) saved_.emplace(network);
    }

    void write_results(const ir::Network& network, const PortValues& values) {
        if (!options_.out.empty()) make_folder(options_.out);
        for (const Result& result : results_) {
            runtime::Array array =
                to_array(network, result.tensor, values.at(result.tensor), size_, true);
            scale(array.as<float>(), 1 / network[result.tensor].unit);
            if (result.file.empty()) {
                print_summary(network[result.tensor].name, array);
            } else {
                runtime::write_npy(result.file, array);
            }
        }
        if (saved_) saved_->write(options_.save_state, values, size_, given_);
        if (!options_.save_weights.empty()) {
            runtime::write_safetensors(options_.save_weights, weights_file(network, values));
        }
    }

    /// Without a place for the arrays: what they look like.
    static void print_summary(const std::string& name, const runtime::Array& array) {
        const auto numbers = array.as<float>();
        double sum = 0;
        for (const float number : numbers) sum += number;
        const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
        write_out(fmt::format("{} {}: mean {:.6g}, from {:.6g} to {:.6g}\n", name,
                              runtime::to_string(array.shape), sum / double(numbers.size()), *low,
                              *high));
    }

    Session& session_;
    const RunOptions& options_;
    ir::RunSize size_;
    std::vector<Result> results_;
    GivenState given_;
    std::optional<SavedState> saved_;
};

}  // namespace

void add_run(Tool& tool) {
    auto* verb = add_verb(
        tool, "run", "One forward run on arrays",
        {"run cell.snn --input I=current.npy --out results",
         "run net.snn --input image=x.npy --weights w.safetensors --record hidden.s=spikes.npy",
         "run net.snn --input x=part1.npy --save-state mid   # then --state mid goes on",
         "run net.snn --input x=x.npy --steps 50 --set hidden.beta=0.8 --backend interpret"});
    auto options = std::make_shared<RunOptions>();
    options->network.add_to(*verb);
    add_assignments(*verb, "--input", options->inputs,
                    "NAME=X.npy (or X.npz:MEMBER): an input's values");
    verb->add_option("--state", options->states,
                     "NAME.VAR=V.npy: a value before the first step, [batch, shape…]; or a folder "
                     "of --save-state, whose run goes on")
        ->allow_extra_args(false);
    add_assignments(*verb, "--record", options->records,
                    "NAME.VAR=OUT.npy: writes a variable's values");
    verb->add_option("--out", options->out, "folder for the outputs, NAME.VAR.npy each");
    verb->add_option("--save-state", options->save_state,
                     "folder for all that a run needs to go on after the last step");
    options->weights.add_to(*verb);
    options->engine.add_debug_to(*verb);
    verb->add_option("--save-weights", options->save_weights,
                     "writes the parameters that were used");
    options->engine.add_to(*verb);
    verb->add_option("--target", options->engine.cpu, "the processor to compile for");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return ForwardRun(session, *options).run(); };
    });
}

}  // namespace snnc::driver
