// snnc grad: a loss and its gradients on arrays.
#include <fmt/format.h>

#include <algorithm>

#include "driver/checked_ports.h"
#include "driver/gradients.h"
#include "driver/loss_request.h"
#include "driver/output_files.h"
#include "driver/parameters.h"
#include "driver/pipeline.h"
#include "driver/state_files.h"
#include "runtime/npy.h"

namespace snnc::driver {
namespace {

struct GradOptions {
    NetworkOptions network;
    WeightOptions weights;
    EngineOptions engine;
    std::string train_block, loss, out;
    std::vector<std::string> inputs, targets, states, wrt;
};

class GradientRun {
 public:
    GradientRun(Session& session, const GradOptions& options)
        : session_(session), options_(options) {}

    int run() {
        if (!options_.out.empty()) check_writable_file(options_.out);
        Machine machine(options_.engine);
        const frontend::Module module = load_module(session_, options_.network.file);
        ir::Network network = make_loss_network(module);
        PortValues values(network);
        bind(network, values);
        forget_formulas(network, given_.initials);

        const auto wanted = wanted_gradients(network, given_, options_.wrt, "--wrt");
        const ir::Gradients gradients = add_gradients(network, tensors_of(wanted));
        ir::LoweringOptions lowering =
            gradient_lowering(network, gradients, wanted, given_.initials);
        add_checked_ports(machine, network, lowering.results);
        const ir::StepProgram program = make_program(network, lowering);
        const ir::Draws draws{
            options_.weights.seed.value_or(network.seed), 0, {}, given_.first_step()};
        machine.load(network, program)->run(size_, values.arguments(program, size_), draws);
        check_ports(session_, machine, network, size_, draws, values);
        return report(network, gradients, wanted, values);
    }

 private:
    ir::Network make_loss_network(const frontend::Module& module) {
        frontend::Request request = options_.network.request();
        if (options_.loss.empty()) {
            if (frontend::train_names(module).empty()) {
                fail(Code::NoTraining, "the file has no `train` block that says the loss", {},
                     {"give one: `--loss \"sum_t(sum(out.v))\"`"});
            }
            request.training = true;
            request.train_block = options_.train_block;
            return make_network(session_, module, request);
        }
        // The arrays tell how large the run is, and that tells what the further arrays are.
        SizeFinder sizes;
        {
            ir::Network forward = make_network(session_, module, request);
            PortValues ignored(forward);
            bind_forward(forward, ignored, sizes);
        }
        std::vector<NamedShape> arrays;
        for (const auto& [name, file] : split_assignments(options_.targets, "--target")) {
            const runtime::Array array = runtime::read_npy(file);
            arrays.push_back({name, file, array.dtype, array.shape});
        }
        request.loss = options_.loss;
        return network_with_loss(session_, module, request, arrays, sizes);
    }

    GivenState bind_forward(ir::Network& network, PortValues& values, SizeFinder& sizes) {
        if (network.steps) {
            sizes.see_steps(*network.steps,
                            options_.network.steps ? "`--steps`" : "the network's settings");
        }
        bind_arrays(session_, network, network.inputs, "--input",
                    split_assignments(options_.inputs, "--input"), sizes, values);
        return read_states(session_, network, options_.states, sizes, values);
    }

    void bind(ir::Network& network, PortValues& values) {
        SizeFinder sizes;
        given_ = bind_forward(network, values, sizes);
        bind_arrays(session_, network, network.training->targets, "--target",
                    split_assignments(options_.targets, "--target"), sizes, values);
        size_ = sizes.size(network);
        if (given_.state) given_.state->give(values, size_);
        prepare_parameters(session_, network, options_.weights, values);
    }

    int report(const ir::Network& network, const ir::Gradients& gradients,
               const std::vector<WantedGradient>& wanted, const PortValues& values) const {
        if (!options_.out.empty()) {
            runtime::TensorFile file;
            for (const WantedGradient& one : wanted) {
                file.tensors[one.name] =
                    gradient_array(network, gradients, one, given_, values, size_);
            }
            runtime::write_safetensors(options_.out, file);
        }
        write_out(fmt::format("loss {:.9g}\n", mean_loss(network, values)));
        return Done;
    }

    Session& session_;
    const GradOptions& options_;
    ir::RunSize size_;
    GivenState given_;
};

}  // namespace

void add_grad(Tool& tool) {
    auto* verb = add_verb(
        tool, "grad", "A loss and its gradients on arrays",
        {"grad net.snn --input image=x.npy --target label=y.npy --out gradients.safetensors",
         "grad cell.snn --loss \"sum_t(sum(w*lif.v))\" --input I=x.npy --target w=w.npy --out "
         "g.safetensors"});
    auto options = std::make_shared<GradOptions>();
    options->network.usual_mode = frontend::Mode::Train;
    options->network.add_to(*verb);
    auto* block = verb->add_option("--train-block", options->train_block, "which train block");
    verb->add_option("--loss", options->loss, "an expression in place of a train block's loss")
        ->excludes(block);
    add_assignments(*verb, "--input", options->inputs, "NAME=X.npy: an input's values");
    add_assignments(*verb, "--target", options->targets,
                    "NAME=Y.npy: a target's values, or a further array that --loss names");
    verb->add_option("--state", options->states,
                     "NAME.VAR=V.npy: a value before the first step, [batch, shape…]; or a folder "
                     "that `run --save-state` wrote")
        ->allow_extra_args(false);
    verb->add_option("--wrt", options->wrt,
                     "only these gradients: a parameter, input.NAME, state.NAME.VAR (default: all)")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--out", options->out, "file for the gradients (.safetensors)");
    options->weights.add_to(*verb);
    options->engine.add_to(*verb);
    options->engine.add_debug_to(*verb);
    verb->add_option("--cpu", options->engine.cpu, "the processor to compile for");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return GradientRun(session, *options).run(); };
    });
}

}  // namespace snnc::driver
