#include "driver/run_state.h"

#include <algorithm>

namespace snnc::driver {

RunState::RunState(ir::Network& network, const std::vector<ir::Past>& pasts)
    : network_(&network), carried_(ir::carry_pasts(network, pasts)) {
    for (std::uint32_t i = 0; i < network.tensors.size(); ++i) {
        if (network.tensors[i].role != ir::Role::HyperParameter) continue;
        if (network.tensors[i].name == ir::resumed_name) resumed_number_ = {i};
        if (network.tensors[i].name == ir::first_step_name) first_step_number_ = {i};
    }
}

std::vector<ir::TensorId> RunState::results() const {
    std::vector<ir::TensorId> results;
    for (const ir::CarriedPast& one : carried_) {
        results.push_back(one.kept);
        const ir::TensorId initial = (*network_)[one.past.tensor].initial;
        // A piece may be shorter than the past that the next one reads.
        if (one.past.depth() > 1 && initial.valid()) results.push_back(initial);
    }
    return results;
}

void RunState::begin() {
    values_.clear();
    resumed_ = false;
    first_step_ = 0;
}

void RunState::resume_at(std::int64_t first_step) {
    resumed_ = true;
    first_step_ = first_step;
}

void RunState::give(PortValues& values, const ir::RunSize& size) const {
    values[resumed_number_].floats = {resumed_ ? 1.0f : 0.0f};
    values[first_step_number_].floats = {float(first_step_)};
    for (const ir::CarriedPast& one : carried_) {
        const auto depth = std::size_t(one.past.depth());
        const auto known = values_.find(one.past.tensor);
        for (std::size_t i = 0; i < one.given.size(); ++i) {
            const ir::Tensor& given = (*network_)[one.given[i]];
            auto& floats = values[one.given[i]].floats;
            floats.assign(std::size_t(element_count(given, size)), 0.0f);
            if (known == values_.end()) continue;
            // The value `lag` steps before step t is the one `lag - t` steps before the end.
            const std::size_t row = known->second.size() / depth;
            const auto lag = std::size_t(one.past.lags[i]);
            const std::size_t count = std::min(lag * row, floats.size());
            std::copy_n(known->second.begin() + std::ptrdiff_t((depth - lag) * row), count,
                        floats.begin());
        }
    }
}

PastValues RunState::gradient(const ir::CarriedPast& one, const Adjoint& adjoint,
                              const ir::RunSize& size) const {
    ir::Tensor like = (*network_)[one.past.tensor];
    like.per_step = false;
    const auto row = std::size_t(element_count(like, size));
    const auto depth = std::size_t(one.past.depth());
    PastValues sum(depth * row, 0.0f);
    for (std::size_t i = 0; i < one.given.size(); ++i) {
        const std::vector<float>* values = adjoint(one.given[i]);
        if (!values) continue;
        const auto lag = std::size_t(one.past.lags[i]);
        const std::size_t count = std::min(lag * row, values->size());
        for (std::size_t k = 0; k < count; ++k) sum[(depth - lag) * row + k] += (*values)[k];
    }
    return sum;
}

void RunState::take(const PortValues& values, const ir::RunSize& size) {
    for (const ir::CarriedPast& one : carried_) {
        PastValues& past = values_[one.past.tensor];
        const auto& course = values.at(one.kept).floats;
        if (one.past.depth() == 1) {
            past = course;
            continue;
        }
        const ir::TensorId initial = (*network_)[one.past.tensor].initial;
        static const std::vector<float> nothing;
        past = last_steps(course, past, initial.valid() ? values.at(initial).floats : nothing,
                          course.size() / std::size_t(size.steps), std::size_t(one.past.depth()));
    }
    resumed_ = true;
    first_step_ += size.steps;
}

PastValues last_steps(const std::vector<float>& course, const PastValues& before,
                      const std::vector<float>& initial, std::size_t row, std::size_t depth) {
    PastValues result;
    const std::size_t steps = course.size() / row;
    for (std::size_t back = depth; back > 0; --back) {
        const auto append = [&](const std::vector<float>& from, std::size_t at) {
            const auto first = from.begin() + std::ptrdiff_t(at * row);
            result.insert(result.end(), first, first + std::ptrdiff_t(row));
        };
        if (back <= steps)
            append(course, steps - back);
        else if (!before.empty())
            append(before, depth - (back - steps));
        else if (!initial.empty())
            append(initial, 0);
        else
            result.insert(result.end(), row, 0.0f);
    }
    return result;
}

}  // namespace snnc::driver
