// :grad
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "driver/gradients.h"
#include "driver/loss_request.h"
#include "driver/parameters.h"
#include "driver/repl/commands.h"

namespace snnc::driver::repl {
namespace {

/// A loss over the network of a plan, and its gradients.
class GradientRun {
 public:
    GradientRun(Session& session, Plan plan)
        : session_(session), plan_(std::move(plan)), inputs_(session, plan_) {
        plan_.request.mode = frontend::Mode::Train;
    }

    /// `loss` is empty for that of the train block.
    void run(const std::string& loss, const SourceRange& place) {
        ir::Network network = with_loss(loss, place);
        PortValues values(network);
        bind(network, values);
        WeightOptions weights;
        weights.file = plan_.settings.weights;
        weights.seed = plan_.seed;
        prepare_parameters(session_, network, weights, plan_.seed, values);

        const GivenState from_the_start;
        const auto wanted = wanted_gradients(network, from_the_start, {}, ":grad");
        const ir::Gradients gradients = add_gradients(network, tensors_of(wanted));
        const ir::StepProgram program =
            make_program(network, gradient_lowering(network, gradients, wanted, {}));
        Machine machine(plan_.settings.engine);
        machine.load(network, program)
            ->run(size_, values.arguments(program, size_), {plan_.seed, 0, {}, 0});

        write_out(fmt::format("loss {:.9g}\n", mean_loss(network, values)));
        std::size_t width = 0;
        for (const WantedGradient& one : wanted) width = std::max(width, one.name.size());
        for (const WantedGradient& one : wanted)
            print(one.name, width,
                  gradient_array(network, gradients, one, from_the_start, values, size_));
    }

 private:
    ir::Network with_loss(const std::string& loss, const SourceRange& place) {
        const ir::Network forward = make_network(session_, *plan_.module, plan_.request);
        size_ = size_of_run(forward, inputs_, plan_);
        frontend::Request request = plan_.request;
        request.steps = size_.steps;
        if (loss.empty()) {
            request.training = true;
            return make_network(session_, *plan_.module, request);
        }
        request.loss = loss;
        request.loss_place = place;
        SizeFinder sizes;
        sizes.see_steps(size_.steps, "the run");
        sizes.see_samples(size_.samples, "the run");
        return network_with_loss(session_, *plan_.module, request, further_arrays(forward), sizes);
    }

    /// What is given besides the inputs may stand in the loss.
    std::vector<NamedShape> further_arrays(const ir::Network& forward) const {
        std::vector<NamedShape> arrays;
        for (const Given& given : plan_.inputs) {
            const bool is_input =
                std::any_of(forward.inputs.begin(), forward.inputs.end(),
                            [&](ir::TensorId id) { return forward[id].name == given.name; });
            if (is_input) continue;
            if (!InputCourses::is_file(given))
                fail_at(Code::UnknownArray, given.name_range,
                        fmt::format("`{}` is no input, and an array that stands in the loss comes "
                                    "from a file",
                                    given.name));
            const runtime::Array& array = *inputs_.find(given.name);
            arrays.push_back({given.name, given.value, array.dtype, array.shape});
        }
        return arrays;
    }

    void bind(const ir::Network& network, PortValues& values) {
        const auto& targets = network.training->targets;
        inputs_.prepare(network, network.inputs, size_);
        inputs_.prepare(network, targets, size_);
        SizeFinder sizes;
        sizes.see_steps(size_.steps, "the run");
        sizes.see_samples(size_.samples, "the run");
        std::vector<GivenArray> of_inputs, of_targets;
        for (GivenArray& array : inputs_.piece(network, 0, size_.steps)) {
            const bool is_target = std::any_of(targets.begin(), targets.end(), [&](auto id) {
                return network[id].name == array.name;
            });
            (is_target ? of_targets : of_inputs).push_back(std::move(array));
        }
        bind_arrays(session_, network, network.inputs, "input", of_inputs, sizes, values);
        bind_arrays(session_, network, targets, "target", of_targets, sizes, values);
    }

    /// One number as it is, more as their norm and range.
    static void print(const std::string& name, std::size_t width, const runtime::Array& gradient) {
        const auto numbers = gradient.as<float>();
        if (numbers.size() == 1) {
            write_out(fmt::format("  {:<{}}  {:.6g}\n", name, width, numbers[0]));
            return;
        }
        double squares = 0;
        for (const float number : numbers) squares += double(number) * number;
        const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
        write_out(fmt::format("  {:<{}}  {}: norm {:.6g}, from {:.6g} to {:.6g}\n", name, width,
                              runtime::to_string(gradient.shape), std::sqrt(squares), *low, *high));
    }

    Session& session_;
    Plan plan_;
    InputCourses inputs_;
    ir::RunSize size_;
};

}  // namespace

void gradient_command(Workspace& workspace, const SourceRange& rest) {
    Arguments arguments = split_arguments(workspace.session.sources, rest);
    const std::string loss = std::exchange(arguments.subject, "");
    const SourceRange place = arguments.subject_range;
    GradientRun(workspace.session, resolved_plan(workspace, std::move(arguments))).run(loss, place);
}

}  // namespace snnc::driver::repl
