#include "driver/repl/input_courses.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/npy.h"

namespace snnc::driver::repl {
namespace {

/// The values of these steps.
runtime::ArrayView rows(const runtime::Array& array, std::int64_t first, std::int64_t count) {
    runtime::ArrayView part = array;
    const std::size_t row = array.bytes.size() / std::size_t(array.shape[0]);
    part.shape[0] = count;
    part.bytes = part.bytes.subspan(std::size_t(first) * row, std::size_t(count) * row);
    return part;
}

bool has_steps(const ir::Network& network, const std::string& name) {
    const ir::TensorId id = network.find(name);
    return id.valid() && network[id].per_step;
}

}  // namespace

bool InputCourses::is_file(const Given& given) {
    const std::string path = without_quotes(given.value);
    return path.ends_with(".npy") || path.find(".npz:") != std::string::npos;
}

InputCourses::Course::Course(Given what) : given(std::move(what)) {
    if (is_file(given)) array = runtime::read_npy(without_quotes(given.value));
}

InputCourses::InputCourses(Session& session, const Plan& plan)
    : session_(session), plan_(plan), machine_(plan.settings.engine) {
    for (const Given& given : plan.inputs) courses_.emplace_back(given);
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
                course.source = source_of(course.given, network, network[id], size, 0);
}

void InputCourses::replace(const std::vector<Given>& inputs, const ir::Network& network,
                           const ir::RunSize& size, std::int64_t first) {
    std::vector<std::pair<Course*, Course>> changes;
    for (const Given& changed : inputs) {
        const auto known = std::find_if(courses_.begin(), courses_.end(), [&](const Course& one) {
            return one.given.name == changed.name;
        });
        if (known == courses_.end())
            fail_at(Code::UnknownArray, changed.name_range,
                    fmt::format("`{}` is no input of the run that goes on", changed.name));
        Course course(changed);
        if (!is_file(changed))
            course.source =
                source_of(changed, network, network[network.find(changed.name)], size, first);
        changes.emplace_back(&*known, std::move(course));
    }
    for (auto& [place, course] : changes) *place = std::move(course);
}

std::unique_ptr<InputSource> InputCourses::source_of(const Given& given, const ir::Network& network,
                                                     const ir::Tensor& tensor,
                                                     const ir::RunSize& size, std::int64_t first) {
    return std::make_unique<InputSource>(session_, machine_, plan_, given, network, tensor, size,
                                         first);
}

void InputCourses::check_length(const ir::Network& network, std::int64_t steps) const {
    for (const Course& course : courses_) {
        if (course.source || !has_steps(network, course.given.name) || course.array.shape.empty() ||
            steps <= course.array.shape[0])
            continue;
        fail_at(Code::StepsDiffer, course.given.value_range,
                fmt::format("`{}` has values for {} steps, and the run comes to step {}",
                            course.given.name, course.array.shape[0], steps),
                {"give it an expression or a longer array, or begin anew with `:run`"});
    }
}

std::vector<GivenArray> InputCourses::piece(const ir::Network& network, std::int64_t first,
                                            std::int64_t count) {
    check_length(network, first + count);
    std::vector<GivenArray> arrays;
    for (Course& course : courses_) {
        if (course.source) course.array = course.source->values(first, count);
        arrays.push_back({course.given.name, course.array,
                          is_file(course.given) ? without_quotes(course.given.value) : "", false});
        if (!course.source && has_steps(network, course.given.name) && !course.array.shape.empty())
            arrays.back().array = rows(course.array, first, count);
    }
    return arrays;
}

const runtime::Array* InputCourses::find_file(const std::string& name) const {
    for (const Course& course : courses_)
        if (course.given.name == name && is_file(course.given)) return &course.array;
    return nullptr;
}

}  // namespace snnc::driver::repl
