// snnc grad: a loss and its gradients on arrays.
#include <fmt/format.h>

#include <algorithm>

#include "driver/arrays.h"
#include "driver/checked_ports.h"
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

/// A tensor, and under which name its gradient is written; or a past that is read over several
/// lags, of which the network reads several tensors.
struct Wanted {
    ir::TensorId tensor;
    std::string name;
    const ir::CarriedPast* past = nullptr;

    std::vector<ir::TensorId> tensors() const {
        return past ? past->given : std::vector<ir::TensorId>{tensor};
    }
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

        const auto wanted = choose(network);
        std::vector<ir::TensorId> wrt;
        for (const Wanted& one : wanted)
            for (const ir::TensorId id : one.tensors()) wrt.push_back(id);
        const ir::Gradients gradients = add_gradients(network, wrt);

        ir::LoweringOptions lowering;
        lowering.given_initials = given_.initials;
        lowering.results = {network.training->loss};
        for (const ir::TensorId id : wrt) {
            if (gradients.of(id).valid()) lowering.results.push_back(gradients.of(id));
        }
        add_checked_ports(machine, network, lowering.results);
        const ir::StepProgram program = make_program(network, lowering);
        const ir::Draws draws{
            options_.weights.seed.value_or(network.training->seed), 0, {}, given_.first_step()};
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
        std::vector<NamedArray> arrays;
        for (const auto& [name, file] : split_assignments(options_.targets, "--target")) {
            arrays.push_back({name, file, runtime::read_npy(file)});
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
        prepare_parameters(session_, network, options_.weights, network.training->seed, values);
    }

    std::vector<Wanted> choose(const ir::Network& network) const {
        const auto& initials = given_.initials;
        std::vector<Wanted> all;
        for (const ir::TensorId id : trainable_parameters(network)) {
            all.push_back({id, network[id].name});
        }
        for (const ir::TensorId id : network.inputs)
            all.push_back({id, "input." + network[id].name});
        for (const ir::StateVariable& state : network.states) {
            if (std::find(initials.begin(), initials.end(), state.initial) == initials.end())
                continue;
            all.push_back({state.initial, "state." + network[state.variable].name});
        }
        if (given_.state)
            for (const ir::CarriedPast& one : given_.state->carried())
                all.push_back({one.given[0], "state." + network[one.past.tensor].name,
                               one.past.depth() > 1 ? &one : nullptr});
        return options_.wrt.empty() ? all : narrow(all);
    }

    std::vector<Wanted> narrow(const std::vector<Wanted>& all) const {
        std::vector<Wanted> chosen;
        std::vector<std::string> names;
        for (const Wanted& one : all) names.push_back(one.name);
        for (const std::string& name : options_.wrt) {
            const auto found = std::find(names.begin(), names.end(), name);
            if (found == names.end()) {
                const std::string hint = did_you_mean(name, names);
                fail(Code::UnknownVariable,
                     fmt::format(
                         "`--wrt {}`: there is no learnable, input or given state of this name",
                         name),
                     {},
                     hint.empty() ? std::vector<std::string>{} : std::vector<std::string>{hint});
            }
            chosen.push_back(all[std::size_t(found - names.begin())]);
        }
        return chosen;
    }

    int report(const ir::Network& network, const ir::Gradients& gradients,
               const std::vector<Wanted>& wanted, const PortValues& values) const {
        const auto& losses = values.at(network.training->loss).floats;
        double sum = 0;
        for (const float loss : losses) sum += loss;
        if (!options_.out.empty()) {
            runtime::TensorFile file;
            for (const Wanted& one : wanted) {
                file.tensors[one.name] =
                    one.past ? past_array(network, gradients, *one.past, values)
                             : gradient_array(network, gradients, one.tensor, values);
            }
            runtime::write_safetensors(options_.out, file);
        }
        write_out(fmt::format("loss {:.9g}\n", sum / double(losses.size())));
        return Done;
    }

    /// In the shape in which the past was given.
    runtime::Array past_array(const ir::Network& network, const ir::Gradients& gradients,
                              const ir::CarriedPast& one, const PortValues& values) const {
        const ir::Tensor& tensor = network[one.past.tensor];
        const auto adjoint = [&](ir::TensorId id) {
            const ir::TensorId found = gradients.of(id);
            return found.valid() ? &values.at(found).floats : nullptr;
        };
        PastValues gradient = given_.state->gradient(one, adjoint, size_);
        scale(gradient, tensor.unit);
        runtime::Shape shape;
        if (tensor.per_sample) shape.push_back(size_.samples);
        shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
        if (!given_.repeated.contains(one.past.tensor)) {
            shape.insert(shape.begin(), one.past.depth());
            return runtime::Array::of_f32(shape, gradient);
        }
        const std::size_t row = gradient.size() / std::size_t(one.past.depth());
        for (std::size_t k = row; k < gradient.size(); ++k) gradient[k % row] += gradient[k];
        gradient.resize(row);
        return runtime::Array::of_f32(shape, gradient);
    }

    /// Zeros where the loss does not depend on the tensor.
    runtime::Array gradient_array(const ir::Network& network, const ir::Gradients& gradients,
                                  ir::TensorId id, const PortValues& values) const {
        const ir::Tensor& tensor = network[id];
        const ir::TensorId adjoint = gradients.of(id);
        Values zeros;
        if (!adjoint.valid()) zeros.floats.resize(std::size_t(element_count(tensor, size_)));
        const Values& gradient = adjoint.valid() ? values.at(adjoint) : zeros;
        if (tensor.role == ir::Role::Parameter) return to_file_layout(tensor, gradient);
        runtime::Array array = to_array(network, id, gradient, size_, tensor.per_step);
        scale(array.as<float>(), tensor.unit);
        return array;
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
