#include "driver/state_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "driver/output_files.h"
#include "runtime/npy.h"

namespace snnc::driver {
namespace {

constexpr const char* step_name = "step";

std::vector<Assignment> files_in(const std::string& folder) {
    std::vector<Assignment> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".npy")
            found.push_back({entry.path().stem().string(), entry.path().string()});
    if (error || found.empty())
        fail(Code::FileMissing,
             "`--state` takes NAME.VAR=V.npy or a folder that `--save-state` wrote", folder);
    std::sort(found.begin(), found.end(),
              [](const Assignment& a, const Assignment& b) { return a.name < b.name; });
    return found;
}

/// Each value once: what stands alone goes before what comes with a folder.
std::vector<Assignment> assignments(const std::vector<std::string>& texts) {
    std::vector<std::string> single;
    std::vector<Assignment> result, in_folders;
    for (const std::string& text : texts) {
        if (text.find('=') != std::string::npos) {
            single.push_back(text);
            continue;
        }
        for (Assignment& file : files_in(text)) in_folders.push_back(std::move(file));
    }
    result = split_assignments(single, "--state");
    for (Assignment& file : in_folders) {
        const bool known = std::any_of(result.begin(), result.end(), [&](const Assignment& other) {
            return other.name == file.name;
        });
        if (!known) result.push_back(std::move(file));
    }
    return result;
}

std::int64_t read_step(const std::string& file) {
    const runtime::Array array = runtime::read_npy(file);
    if (array.size() != 1 || !runtime::is_integer(array.dtype))
        fail(Code::BadShape, "`step` takes one whole number, the number of steps so far", file);
    const std::int64_t step = array.to_i32()[0];
    if (step < 0) fail(Code::ValueOutOfRange, fmt::format("there is no step {}", step), file);
    return step;
}

const ir::Past* past_of(const ir::Network& network, const std::vector<ir::Past>& pasts,
                        const std::string& name) {
    const auto found = std::find_if(pasts.begin(), pasts.end(), [&](const ir::Past& past) {
        return network[past.tensor].name == name;
    });
    return found == pasts.end() ? nullptr : &*found;
}

bool starts_from_state(const ir::Network& network, ir::TensorId variable) {
    return std::any_of(network.states.begin(), network.states.end(),
                       [&](const ir::StateVariable& state) { return state.variable == variable; });
}

/// The last values of a tensor, [depth, batch, shape…]; of [batch, shape…] every one is the same.
PastValues read_past(const ir::Network& network, const ir::Past& past, const runtime::Array& array,
                     const std::string& file, SizeFinder& sizes) {
    ir::Tensor like = network[past.tensor];
    like.per_step = false;
    const auto depth = std::size_t(past.depth());
    const std::size_t plain = like.shape.size() + (like.per_sample ? 1 : 0);
    runtime::ArrayView rows = array;  // of one step
    if (array.shape.size() == plain + 1) {
        if (array.shape[0] != std::int64_t(depth))
            fail(Code::BadShape,
                 fmt::format(
                     "the last {} values of `{}` are read, but the file holds {} of them, {}",
                     depth, like.name, array.shape[0], runtime::to_string(array.shape)),
                 file);
        rows.shape.erase(rows.shape.begin());
        rows.bytes = rows.bytes.first(rows.bytes.size() / depth);
    }
    check_shape(like, rows, file, sizes);
    PastValues values = to_values(like, array, file).floats;
    scale(values, like.unit);
    if (array.shape.size() == plain + 1) return values;
    PastValues repeated;
    for (std::size_t i = 0; i < depth; ++i)
        repeated.insert(repeated.end(), values.begin(), values.end());
    return repeated;
}

}  // namespace

GivenState read_states(Session& session, ir::Network& network,
                       const std::vector<std::string>& texts, SizeFinder& sizes,
                       PortValues& values) {
    const auto pasts = ir::pasts(network);
    std::int64_t first_step = 0;
    std::vector<Assignment> before;  // one value each, in the place of a formula
    std::vector<ir::Past> carried;
    std::vector<PastValues> carried_values;
    GivenState result;
    for (Assignment& given : assignments(texts)) {
        if (given.name == step_name) {
            first_step = read_step(given.value);
            continue;
        }
        const ir::Past* past = past_of(network, pasts, given.name);
        if (past) {
            const runtime::Array array = runtime::read_npy(given.value);
            const bool long_past =
                past->depth() > 1 && array.shape.size() == network[past->tensor].shape.size() + 2;
            if (long_past || !starts_from_state(network, past->tensor)) {
                carried.push_back(*past);
                carried_values.push_back(read_past(network, *past, array, given.value, sizes));
                if (past->depth() > 1 && !long_past) result.repeated.insert(past->tensor);
                continue;
            }
        }
        before.push_back(std::move(given));
    }
    result.initials = bind_states(session, network, before, sizes, values);
    if (carried.empty() && first_step == 0) return result;
    result.state.emplace(network, carried);
    result.state->resume_at(first_step);
    for (std::size_t i = 0; i < carried.size(); ++i)
        result.state->set(carried[i].tensor, std::move(carried_values[i]));
    return result;
}

SavedState::SavedState(ir::Network& network) : network_(network) {
    const auto states = network.states;  // last_value adds tensors
    const auto pasts = ir::pasts(network);
    for (const ir::StateVariable& state : states) {
        if (!past_of(network, pasts, network[state.variable].name))
            kept_.push_back({state.variable, 1, {}});
    }
    for (const ir::Past& past : pasts) kept_.push_back({past.tensor, past.depth(), {}});
    for (Kept& kept : kept_) {
        kept.result = kept.depth == 1 ? ir::last_value(network, kept.variable) : kept.variable;
        results_.push_back(kept.result);
        const ir::TensorId initial = network[kept.variable].initial;
        // The run may be shorter than the past.
        if (kept.depth > 1 && initial.valid()) results_.push_back(initial);
    }
}

runtime::Array SavedState::array(const Kept& kept, const PortValues& values,
                                 const ir::RunSize& size, const GivenState& before) const {
    const Values& result = values.at(kept.result);
    const ir::Tensor& tensor = network_[kept.variable];
    if (kept.depth == 1) {
        runtime::Array array = to_array(network_, kept.result, result, size, false);
        scale(array.as<float>(), 1 / tensor.unit);
        return array;
    }
    PastValues earlier;
    if (before.state && before.state->values().contains(kept.variable))
        earlier = before.state->values().at(kept.variable);
    std::vector<float> initial;
    if (tensor.initial.valid()) initial = values.at(tensor.initial).floats;
    PastValues last =
        last_steps(result.floats, earlier, initial, result.floats.size() / std::size_t(size.steps),
                   std::size_t(kept.depth));
    scale(last, 1 / tensor.unit);
    runtime::Shape shape{kept.depth};
    if (tensor.per_sample) shape.push_back(size.samples);
    shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
    return runtime::Array::of_f32(shape, last);
}

void SavedState::write(const std::string& folder, const PortValues& values, const ir::RunSize& size,
                       const GivenState& before) const {
    make_folder(folder);
    for (const Kept& kept : kept_)
        runtime::write_npy(folder + "/" + network_[kept.variable].name + ".npy",
                           array(kept, values, size, before));
    runtime::Array step(runtime::Dtype::I64, {1});
    step.as<std::int64_t>()[0] = before.first_step() + size.steps;
    runtime::write_npy(folder + "/" + step_name + ".npy", step);
}

}  // namespace snnc::driver
