#include "driver/windows.h"

#include <algorithm>

namespace snnc::driver {
namespace {

template <class Element>
std::vector<Element> part(const std::vector<Element>& whole, std::int64_t first, std::int64_t count,
                          std::int64_t steps) {
    const std::int64_t row = std::int64_t(whole.size()) / steps;
    return {whole.begin() + first * row, whole.begin() + (first + count) * row};
}

}  // namespace

Windows::Windows(ir::Network& network, std::int64_t steps, std::optional<std::int64_t> length)
    : steps_(steps), length_(std::min(length.value_or(steps), steps)), batch_(network) {
    if (!length) return;
    state_.emplace(network, ir::pasts(network));
    for (const auto* given : {&network.inputs, &network.training->targets})
        for (const ir::TensorId id : *given) (network[id].per_step ? cut_ : held_).push_back(id);
}

std::int64_t Windows::steps_in(std::int64_t window) const {
    return std::min(length_, steps_ - window * length_);
}

std::vector<ir::TensorId> Windows::results() const {
    return state_ ? state_->results() : std::vector<ir::TensorId>{};
}

void Windows::load(const SampleSet& set, std::span<const std::int64_t> samples,
                   PortValues& values) {
    samples_ = std::int64_t(samples.size());
    if (!state_) return set.gather(samples, values);
    set.gather(samples, batch_);
    state_->begin();
}

void Windows::load(const SampleSet& set, std::span<const std::int64_t> samples, PortValues& values,
                   const std::vector<PastValues>& pasts, std::int64_t window) {
    load(set, samples, values);
    if (!state_ || window == 0) return;
    state_->resume_at(window * length_);
    for (std::size_t i = 0; i < pasts.size(); ++i)
        state_->set(state_->carried()[i].past.tensor, pasts[i]);
}

ir::RunSize Windows::enter(std::int64_t window, PortValues& values) {
    const ir::RunSize size{steps_in(window), samples_};
    if (!state_) return size;
    for (const ir::TensorId id : held_) values[id] = batch_.at(id);
    for (const ir::TensorId id : cut_) {
        const Values& whole = batch_.at(id);
        values[id].floats = part(whole.floats, window * length_, size.steps, steps_);
        values[id].ints = part(whole.ints, window * length_, size.steps, steps_);
    }
    state_->give(values, size);
    return size;
}

void Windows::leave(const ir::RunSize& size, const PortValues& values) {
    if (state_) state_->take(values, size);
}

std::vector<PastValues> Windows::pasts() const {
    std::vector<PastValues> result;
    if (!state_) return result;
    for (const ir::CarriedPast& one : state_->carried()) {
        const auto known = state_->values().find(one.past.tensor);
        result.push_back(known == state_->values().end() ? PastValues{} : known->second);
    }
    return result;
}

}  // namespace snnc::driver
