// Which array belongs to which tensor: the names after --input, --target, --state, --record.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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
        .note(fmt::format("give `{} {}=FILE.npy` of shape {}", option, tensor.name,
                          expected_shape(tensor)));
}

}  // namespace

void bind_arrays(Session& session, const ir::Network& network,
                 const std::vector<ir::TensorId>& tensors, const std::string& option,
                 const std::vector<Assignment>& arrays, SizeFinder& sizes, PortValues& values) {
    const auto names = names_of(network, tensors);
    for (const auto& [name, file] : arrays) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            const char* kind = option.find("target") != std::string::npos ? "target" : "input";
            fail_unknown(Code::UnknownArray,
                         fmt::format("`{}` has no {} `{}`", network.name, kind, name), name, names);
        }
        const ir::TensorId id = tensors[std::size_t(found - names.begin())];
        const runtime::Array array = runtime::read_npy(file);
        check_shape(network[id], array, file, sizes);
        values[id] = to_values(network[id], array, file, class_count(network, id));
    }
    for (const ir::TensorId id : tensors) {
        if (!values.has(id)) report_missing(session, network[id], option);
    }
    session.stop_on_errors();
}

std::vector<ir::TensorId> bind_states(Session& session, const ir::Network& network,
                                      const std::vector<Assignment>& arrays, SizeFinder& sizes,
                                      PortValues& values) {
    std::vector<ir::TensorId> initials;
    for (const auto& [name, file] : arrays) {
        const auto state = std::find_if(network.states.begin(), network.states.end(),
                                        [&, name = name](const ir::StateVariable& s) {
                                            return network[s.variable].name == name;
                                        });
        const runtime::Array array = runtime::read_npy(file);
        if (state == network.states.end()) {
            ir::Tensor like = network[find_variable(network, name, "--state")];
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
        const ir::Tensor& initial = network[state->initial];
        ir::Tensor named = initial;
        named.name = name;
        check_shape(named, array, file, sizes);
        values[state->initial] = to_values(named, array, file);
        scale(values[state->initial].floats, initial.unit);
        initials.push_back(state->initial);
    }
    return initials;
}

ir::TensorId find_variable(const ir::Network& network, const std::string& name,
                           const std::string& option) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < network.tensors.size(); ++i) {
        const ir::Tensor& tensor = network.tensors[i];
        const bool nameable = tensor.role == ir::Role::Variable || tensor.role == ir::Role::Input;
        if (!nameable) continue;
        if (tensor.name == name) return {std::uint32_t(i)};
        // Helpers of the elaborator have brackets or blanks in their names.
        if (tensor.name.find_first_of("( #$") == std::string::npos) names.push_back(tensor.name);
    }
    fail_unknown(
        Code::UnknownVariable,
        fmt::format("`{} {}`: `{}` has no variable of this name", option, name, network.name), name,
        names);
}

}  // namespace snnc::driver
