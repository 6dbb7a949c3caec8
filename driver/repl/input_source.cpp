#include "driver/repl/input_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/parse.h"

namespace snnc::driver::repl {
namespace {

std::string step_setting(const ir::Network& network) {
    using Length = ir::Network::StepLength;
    if (network.step_length == Length::Absent) return {};
    return fmt::format("    dt = {}{}\n", network.dt,
                       network.step_length == Length::Time ? "ms" : "");
}

/// The expression as the user wrote it, of the dimension that the input has.
frontend::ExprPtr checked_value(Session& session, const Plan& plan, const Given& given) {
    auto value =
        frontend::parse_expression(session.sources, given.value_range, session.diagnostics);
    if (!value) throw Stop{};
    const auto unit = plan.units.find(given.name);
    if (!frontend::check_dimension(session.sources, *plan.module, *value,
                                   unit == plan.units.end() ? "" : unit->second.name,
                                   fmt::format("the input `{}` takes", given.name),
                                   session.diagnostics))
        throw Stop{};
    return value;
}

/// The value in the place of 0, and its place as that of the equation. No text can declare a cell
/// or a network of these names.
void put_in(frontend::Program& program, const std::string& cell_name,
            const std::string& network_name, frontend::ExprPtr value) {
    auto& network = std::get<frontend::NetworkDecl>(program.declarations.back().node);
    auto& cell =
        std::get<frontend::CellDecl>(program.declarations[program.declarations.size() - 2].node);
    cell.name.text = cell_name;
    network.name.text = network_name;
    for (frontend::NetworkStatement& statement : network.statements)
        if (auto* population = std::get_if<frontend::PopulationDecl>(&statement.node))
            population->cell.head.text = cell_name;
    for (frontend::Member& member : cell.members)
        if (auto* equation = std::get_if<frontend::Equation>(&member.node)) {
            member.range = equation->name.range = value->range;
            equation->value = std::move(value);
            return;
        }
}

/// A network without inputs, whose only output is the input.
ir::Network source_network(Session& session, const Plan& plan, const Given& given,
                           const ir::Network& network, const ir::Tensor& tensor,
                           std::int64_t steps) {
    auto value = checked_value(session, plan, given);
    const std::string text = fmt::format(
        "encoder Source {{\n    output {0}\n    {0}[t] {1} 0\n}}\n"
        "network SourceOfRun {{\n{2}    source : Source[{3}]\n    output source.{0}\n}}\n",
        given.name, given.draws ? "~" : "=", step_setting(network),
        ir::element_count(tensor.shape));
    frontend::Module module =
        module_with(session, plan.places, fmt::format("<the input {}>", given.name), text);
    frontend::Request request;
    const std::string cell = "input " + given.name;
    request.network = "network of " + cell;
    request.steps = steps;
    put_in(*module.programs.front(), cell, request.network, std::move(value));
    return make_network(session, module, request);
}

runtime::Array to_labels(const Given& given, const runtime::Array& array) {
    const auto numbers = array.as<float>();
    std::vector<std::int32_t> labels;
    for (const float number : numbers) {
        if (number != std::floor(number))
            fail_at(Code::BadDtype, given.value_range,
                    fmt::format("`{}` takes whole numbers, the labels of classes", given.name));
        labels.push_back(std::int32_t(number));
    }
    return runtime::Array::of_i32(array.shape, labels);
}

}  // namespace

InputSource::InputSource(Session& session, Machine& machine, const Plan& plan, const Given& given,
                         const ir::Network& network, const ir::Tensor& tensor,
                         const ir::RunSize& size, std::int64_t first)
    : given_(given),
      tensor_(tensor),
      seed_(plan.seed),
      samples_(size.samples),
      network_(source_network(session, plan, given, network, tensor, size.steps)),
      values_(network_),
      state_(network_, ir::pasts(network_)),
      first_ready_(tensor.per_step ? first : 0) {
    if (const auto unit = plan.units.find(given.name); unit != plan.units.end())
        unit_ = unit->second.value;
    if (first_ready_ > 0) state_.resume_at(first_ready_);
    ir::LoweringOptions lowering;
    lowering.want(network_.outputs.front());
    for (const ir::TensorId id : state_.results()) lowering.want(id);
    program_ = make_program(network_, lowering);
    engine_ = machine.load(network_, program_);
}

runtime::Array InputSource::values(std::int64_t first, std::int64_t count) {
    runtime::Shape shape{samples_};
    shape.insert(shape.end(), tensor_.shape.begin(), tensor_.shape.end());
    const auto row = std::size_t(runtime::element_count(shape));
    if (!tensor_.per_step) {
        first = 0;
        count = 1;
    } else {
        shape.insert(shape.begin(), count);
    }
    const std::size_t passed = std::min(std::size_t(first - first_ready_) * row, ready_.size());
    ready_.erase(ready_.begin(), ready_.begin() + std::ptrdiff_t(passed));
    first_ready_ = first;
    const std::int64_t missing = count - std::int64_t(ready_.size() / row);
    if (missing > 0) work_out(missing);
    const runtime::Array array =
        runtime::Array::of_f32(shape, std::span(ready_).first(std::size_t(count) * row));
    return tensor_.kind == ir::DataKind::Index ? to_labels(given_, array) : array;
}

void InputSource::work_out(std::int64_t count) {
    const ir::RunSize size{count, samples_};
    const ir::TensorId output = network_.outputs.front();
    state_.give(values_, size);
    engine_->run(size, values_.arguments(program_, size), {seed_, 0, {}, state_.first_step()});
    state_.take(values_, size);
    runtime::Array array = to_array(network_, output, values_.at(output), size, true);
    scale(array.as<float>(), 1 / unit_);
    const auto numbers = array.as<float>();
    ready_.insert(ready_.end(), numbers.begin(), numbers.end());
}

}  // namespace snnc::driver::repl
