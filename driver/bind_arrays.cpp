// Which array belongs to which tensor: the names after --input, --target, --state, --record.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "driver/arrays.h"
#include "runtime/npy.h"

namespace snnc::driver {
namespace {

std::vector<std::string> names_of(const ir::Network& network,
                                  const std::vector<ir::TensorId>& tensors) {
    std::vector<std::string> names;
    for (const ir::TensorId id : tensors) names.push_back(network[id].name);
    return names;
}

[[noreturn]] void fail_unknown(Code code, const std::string& what, const std::string& name,
                               const std::vector<std::string>& candidates) {
    std::vector<std::string> notes;
    if (const std::string hint = did_you_mean(name, candidates); !hint.empty()) {
        notes.push_back(hint);
    } else if (!candidates.empty() && candidates.size() <= 40) {
        notes.push_back(fmt::format("there are `{}`", fmt::join(candidates, "`, `")));
    }
    fail(code, what, {}, std::move(notes));
}

void report_missing(Session& session, const ir::Tensor& tensor, const std::string& option) {
    session.diagnostics
        .report(Code::ArrayNotGiven, tensor.range, fmt::format("`{}` has no array", tensor.name))
        .note(option.starts_with("--") ? fmt::format("give `{} {}=FILE.npy` of shape {}", option,
                                                     tensor.name, expected_shape(tensor))
                                       : "it has the shape " + expected_shape(tensor));
}

/// Something that a run may be asked for.
bool has_course(const ir::Tensor& tensor) {
    return tensor.role == ir::Role::Variable || tensor.role == ir::Role::Input;
}

}  // namespace

FileArrays::FileArrays(const std::vector<Assignment>& files) {
    arrays_.reserve(files.size());
    for (const auto& [name, file] : files) {
        arrays_.push_back(runtime::read_npy(file));
        given_.push_back({name, arrays_.back(), file});
    }
}

void bind_arrays(Session& session, const ir::Network& network,
                 const std::vector<ir::TensorId>& tensors, const std::string& option,
                 const std::vector<GivenArray>& arrays, SizeFinder& sizes, PortValues& values) {
    const auto names = names_of(network, tensors);
    std::set<std::string> bound;
    for (const auto& [name, array, file, stays] : arrays) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            const char* kind = option.find("target") != std::string::npos ? "target" : "input";
            fail_unknown(Code::UnknownArray,
                         fmt::format("`{}` has no {} `{}`", network.name, kind, name), name, names);
        }
        const ir::TensorId id = tensors[std::size_t(found - names.begin())];
        const std::int64_t classes = class_count(network, id);
        check_shape(network[id], array, file, sizes);
        if (stays && stays_in_place(network[id], array, file, classes))
            values.lend(id, array.bytes);
        else
            values[id] = to_values(network[id], array, file, classes);
        bound.insert(name);
    }
    for (const ir::TensorId id : tensors) {
        if (!bound.contains(network[id].name)) report_missing(session, network[id], option);
    }
    session.stop_on_errors();
}

void bind_arrays(Session& session, const ir::Network& network,
                 const std::vector<ir::TensorId>& tensors, const std::string& option,
                 const std::vector<Assignment>& arrays, SizeFinder& sizes, PortValues& values) {
    bind_arrays(session, network, tensors, option, FileArrays(arrays).given(), sizes, values);
}

std::optional<ir::TensorId> initial_of(const ir::Network& network, const std::string& name) {
    for (const ir::StateVariable& state : network.states)
        if (network[state.variable].name == name) return state.initial;
    return std::nullopt;
}

std::vector<ir::TensorId> bind_states(Session& session, const ir::Network& network,
                                      const std::string& option,
                                      const std::vector<GivenArray>& arrays, SizeFinder& sizes,
                                      PortValues& values) {
    std::vector<ir::TensorId> initials;
    for (const auto& [name, array, file, stays] : arrays) {
        const auto initial = initial_of(network, name);
        if (!initial) {
            ir::Tensor like = network[find_variable(network, name, option)];
            like.per_step = false;
            like.per_sample = true;
            check_shape(like, array, file, sizes);
            session.diagnostics.report(
                Code::UnusedState, {},
                fmt::format(
                    "nothing reads the past of `{}`, so its value before the first step has "
                    "no effect",
                    name));
            continue;
        }
        ir::Tensor named = network[*initial];
        named.name = name;
        check_shape(named, array, file, sizes);
        values[*initial] = to_values(named, array, file);
        scale(values[*initial].floats, named.unit);
        initials.push_back(*initial);
    }
    return initials;
}

std::vector<ir::TensorId> bind_states(Session& session, const ir::Network& network,
                                      const std::vector<Assignment>& arrays, SizeFinder& sizes,
                                      PortValues& values) {
    return bind_states(session, network, "--state", FileArrays(arrays).given(), sizes, values);
}

std::vector<ir::TensorId> nameable_variables(const ir::Network& network) {
    std::vector<ir::TensorId> result;
    for (std::size_t i = 0; i < network.tensors.size(); ++i) {
        const ir::Tensor& tensor = network.tensors[i];
        // Helpers of the elaborator have brackets or blanks in their names.
        if (has_course(tensor) && tensor.name.find_first_of("( #$") == std::string::npos)
            result.push_back({std::uint32_t(i)});
    }
    return result;
}

ir::TensorId find_variable(const ir::Network& network, const std::string& name,
                           const std::string& option) {
    for (std::uint32_t i = 0; i < network.tensors.size(); ++i)
        if (has_course(network.tensors[i]) && network.tensors[i].name == name) return {i};
    fail_unknown(
        Code::UnknownVariable,
        fmt::format("`{} {}`: `{}` has no variable of this name", option, name, network.name), name,
        names_of(network, nameable_variables(network)));
}

}  // namespace snnc::driver
