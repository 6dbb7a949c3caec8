// :grad
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "driver/gradients.h"
#include "driver/interrupt.h"
#include "driver/loss_request.h"
#include "driver/repl/commands.h"
#include "driver/repl/prepared_run.h"

namespace snnc::driver::repl {
namespace {

/// What is given besides the inputs may stand in the loss.
std::vector<NamedShape> further_arrays(const PreparedRun& run, const ir::Network& forward) {
    std::vector<NamedShape> arrays;
    for (const Given& given : run.plan.inputs) {
        const bool is_input =
            std::any_of(forward.inputs.begin(), forward.inputs.end(),
                        [&](ir::TensorId id) { return forward[id].name == given.name; });
        if (is_input) continue;
        const runtime::Array* array = run.inputs.find_file(given.name);
        if (!array)
            fail_at(Code::UnknownArray, given.name_range,
                    fmt::format("`{}` is no input, and an array that stands in the loss comes "
                                "from a file",
                                given.name));
        arrays.push_back({given.name, given.value, array->dtype, array->shape});
    }
    return arrays;
}

/// The network of the run with this loss, with that of the train block if it is empty.
ir::Network with_loss(const PreparedRun& run, const ir::Network& forward, const std::string& loss,
                      const SourceRange& place) {
    frontend::Request request = run.plan.request;
    if (loss.empty()) {
        request.training = true;
        return make_network(run.session, *run.plan.module, request);
    }
    request.loss = loss;
    request.loss_place = place;
    return network_with_loss(run.session, *run.plan.module, request, further_arrays(run, forward),
                             run.sizes(run.size.steps));
}

/// One number as it is, more as their norm and range.
void print(const std::string& name, std::size_t width, const runtime::Array& gradient) {
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

void differentiate(PreparedRun& run) {
    const GivenState from_the_start;
    const auto wanted = wanted_gradients(run.network, from_the_start, {}, ":grad");
    const ir::Gradients gradients = add_gradients(run.network, tensors_of(wanted));
    const ir::StepProgram program =
        make_program(run.network, gradient_lowering(run.network, gradients, wanted, {}));
    Machine machine(run.plan.settings.engine);
    stop_if_interrupted();
    const auto engine = machine.load(run.network, program);
    stop_if_interrupted();
    run.bind(0, run.size.steps);
    stop_if_interrupted();
    engine->run(run.size, run.values.arguments(program, run.size), run.draws());

    write_out(fmt::format("loss {:.9g}\n", mean_loss(run.network, run.values)));
    std::size_t width = 0;
    for (const WantedGradient& one : wanted) width = std::max(width, one.name.size());
    for (const WantedGradient& one : wanted)
        print(one.name, width,
              gradient_array(run.network, gradients, one, from_the_start, run.values, run.size));
}

}  // namespace

void gradient_command(Workspace& workspace, const SourceRange& rest) {
    Arguments arguments = split_arguments(workspace.session.sources, rest);
    const std::string loss = std::exchange(arguments.subject, "");
    const SourceRange place = arguments.subject_range;
    Plan plan = resolved_plan(workspace, std::move(arguments));
    plan.request.mode = frontend::Mode::Train;
    PreparedRun run(workspace.session, std::move(plan),
                    [&](const PreparedRun& prepared, const ir::Network& forward) {
                        return with_loss(prepared, forward, loss, place);
                    });
    differentiate(run);
}

}  // namespace snnc::driver::repl
