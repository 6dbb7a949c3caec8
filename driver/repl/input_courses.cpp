#include "driver/repl/input_courses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "driver/pipeline.h"
#include "frontend/parse.h"
#include "runtime/npy.h"

namespace snnc::driver::repl {
namespace {

constexpr const char* source_cell = "InputOfRun";

std::string step_setting(const ir::Network& network) {
    using Length = ir::Network::StepLength;
    if (network.step_length == Length::Absent) return {};
    return fmt::format("    dt = {}{}\n", network.dt,
                       network.step_length == Length::Time ? "ms" : "");
}

/// A network without inputs, whose only output takes what is put in for 0.
frontend::Module source_module(Session& session, const Plan& plan, const Given& given,
                               const ir::Network& network, std::int64_t cells,
                               frontend::ExprPtr value) {
    const std::string text = fmt::format(
        "encoder {0} {{\n    output {1}\n    {1}[t] {2} 0\n}}\n"
        "network InputSource {{\n{3}    source : {0}[{4}]\n    output source.{1}\n}}\n",
        source_cell, given.name, given.draws ? "~" : "=", step_setting(network), cells);
    frontend::Module module =
        module_with(session, plan.places, fmt::format("<the input {}>", given.name), text);
    for (frontend::Declaration& declaration : module.programs.front()->declarations) {
        auto* cell = std::get_if<frontend::CellDecl>(&declaration.node);
        if (!cell || cell->name.text != source_cell) continue;
        for (frontend::Member& member : cell->members)
            if (auto* equation = std::get_if<frontend::Equation>(&member.node)) {
                equation->value = std::move(value);
                return module;
            }
    }
    return module;
}

/// The values of these steps.
runtime::ArrayView rows(const runtime::Array& array, std::int64_t first, std::int64_t count) {
    runtime::ArrayView part = array;
    const std::size_t row = array.bytes.size() / std::size_t(array.shape[0]);
    part.shape[0] = count;
    part.bytes = part.bytes.subspan(std::size_t(first) * row, std::size_t(count) * row);
    return part;
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

bool InputCourses::is_file(const Given& given) {
    const std::string path = without_quotes(given.value);
    return path.ends_with(".npy") || path.find(".npz:") != std::string::npos;
}

InputCourses::InputCourses(Session& session, const Plan& plan) : session_(session), plan_(plan) {
    for (const Given& given : plan.inputs) {
        courses_.push_back({given, {}});
        if (is_file(given)) courses_.back().array = runtime::read_npy(without_quotes(given.value));
    }
}

void InputCourses::see_sizes(const ir::Network& network, const std::vector<ir::TensorId>& tensors,
                             SizeFinder& sizes) const {
    for (const ir::TensorId id : tensors)
        for (const Course& course : courses_)
            if (is_file(course.given) && course.given.name == network[id].name)
                check_shape(network[id], course.array, without_quotes(course.given.value), sizes);
}

void InputCourses::prepare(const ir::Network& network, const std::vector<ir::TensorId>& tensors,
                           const ir::RunSize& size) {
    for (const ir::TensorId id : tensors)
        for (Course& course : courses_)
            if (!is_file(course.given) && course.given.name == network[id].name)
                course.array = worked_out(course.given, network, network[id], size);
}

runtime::Array InputCourses::worked_out(const Given& given, const ir::Network& network,
                                        const ir::Tensor& tensor, const ir::RunSize& size) {
    auto value =
        frontend::parse_expression(session_.sources, given.value_range, session_.diagnostics);
    if (!value) throw Stop{};
    const auto unit = plan_.units.find(given.name);
    const bool has_unit = unit != plan_.units.end();
    if (!frontend::check_dimension(
            session_.sources, *plan_.module, *value, has_unit ? unit->second.name : "",
            fmt::format("the input `{}` takes", given.name), session_.diagnostics))
        throw Stop{};
    const ir::RunSize wanted{tensor.per_step ? size.steps : 1, size.samples};
    const frontend::Module module = source_module(
        session_, plan_, given, network, ir::element_count(tensor.shape), std::move(value));
    frontend::Request request;
    request.network = "InputSource";
    request.steps = size.steps;
    ir::Network source = make_network(session_, module, request);
    PortValues values(source);
    ir::LoweringOptions lowering;
    const ir::TensorId output = source.outputs.at(0);
    lowering.want(output);
    const ir::StepProgram program = make_program(source, lowering);
    Machine machine(plan_.settings.engine);
    machine.load(source, program)
        ->run(wanted, values.arguments(program, wanted), {plan_.seed, 0, {}, 0});

    runtime::Array array = to_array(source, output, values.at(output), wanted, tensor.per_step);
    if (has_unit) scale(array.as<float>(), 1 / unit->second.value);
    array.shape.resize(tensor.per_step ? 2 : 1);
    array.shape.insert(array.shape.end(), tensor.shape.begin(), tensor.shape.end());
    return tensor.kind == ir::DataKind::Index ? to_labels(given, array) : array;
}

std::vector<GivenArray> InputCourses::piece(const ir::Network& network, std::int64_t first,
                                            std::int64_t count) const {
    std::vector<GivenArray> arrays;
    for (const Course& course : courses_) {
        const std::string& name = course.given.name;
        const ir::TensorId id = network.find(name);
        const bool cut = id.valid() && network[id].per_step && !course.array.shape.empty();
        arrays.push_back({name, course.array,
                          is_file(course.given) ? without_quotes(course.given.value) : "", false});
        if (!cut) continue;
        if (first + count > course.array.shape[0])
            fail_at(Code::StepsDiffer, course.given.value_range,
                    fmt::format("`{}` has values for {} steps, and the run comes to step {}", name,
                                course.array.shape[0], first + count),
                    {"give it an expression or a longer array, or begin anew with `:run`"});
        arrays.back().array = rows(course.array, first, count);
    }
    return arrays;
}

const runtime::Array* InputCourses::find(const std::string& name) const {
    for (const Course& course : courses_)
        if (course.given.name == name) return &course.array;
    return nullptr;
}

}  // namespace snnc::driver::repl
