#include "ir/passes/carry_past.h"

#include <map>
#include <set>

#include "ir/expr/value.h"

namespace snnc::ir {
namespace {

bool starts_from_parameter(const Network& network, TensorId tensor) {
    const TensorId initial = network[tensor].initial;
    return initial.valid() && network[initial].role == Role::Parameter;
}

class PastCarrier {
 public:
    explicit PastCarrier(Network& network) : network_(network) {}

    std::vector<CarriedPast> run(const std::vector<Past>& pasts) {
        resumed_ = hyperparameter(resumed_name);
        first_step_ = hyperparameter(first_step_name);
        count_on();
        std::vector<CarriedPast> result;
        for (const Past& past : pasts)
            result.push_back(past.depth() == 1 ? carry_value(past) : carry_course(past));
        return result;
    }

 private:
    Value read(TensorId id, int lag = 0) { return {network_.pool, network_.pool.read(id, lag)}; }

    TensorId hyperparameter(const char* name) {
        Tensor tensor;
        tensor.name = name;
        tensor.role = Role::HyperParameter;
        tensor.per_sample = false;
        return network_.add(std::move(tensor));
    }

    template <class Replace>
    void rewrite(Replace&& replace) {
        for (Definition& definition : network_.definitions)
            if (auto* formula = std::get_if<Formula>(&definition.kind))
                formula->value = rewrite_leaves(network_.pool, formula->value, replace);
    }

    void count_on() {
        rewrite([&](ExprId id, const ExprNode& leaf) {
            if (leaf.op != Op::StepIndex) return id;
            return (Value(network_.pool, id) + read(first_step_)).id();
        });
    }

    /// A tensor of the same space, given by the caller.
    TensorId given(TensorId model, const std::string& suffix, bool per_step) {
        Tensor tensor = network_[model];
        tensor.name = "carried(" + tensor.name + suffix + ")";
        tensor.per_step = per_step;
        tensor.role = per_step ? Role::Input : Role::Initial;
        tensor.initial = {};
        tensor.interval.reset();
        return network_.add(std::move(tensor));
    }

    CarriedPast carry_value(const Past& past) {
        const TensorId before = given(past.tensor, "", false);
        const TensorId written = network_[past.tensor].initial;
        Tensor start = network_[before];
        start.name = "start of " + network_[past.tensor].name;
        start.role = Role::Variable;
        const TensorId id = network_.add(std::move(start));
        const Value first = written.valid() ? read(written) : read(before).constant(0);
        network_.define(id, Formula{select(read(resumed_), read(before), first).id()});
        network_[past.tensor].initial = id;
        return {past, {before}, last_value(network_, past.tensor)};
    }

    CarriedPast carry_course(const Past& past) {
        CarriedPast result{past, {}, past.tensor};
        std::map<int, TensorId> given_of;
        for (const int lag : past.lags) {
            result.given.push_back(given(past.tensor, ", " + std::to_string(lag), true));
            given_of[lag] = result.given.back();
        }
        const Value step(network_.pool, network_.pool.leaf(Op::StepIndex));
        rewrite([&](ExprId id, const ExprNode& leaf) {
            if (leaf.op != Op::Read || leaf.tensor != past.tensor || leaf.lag <= 0) return id;
            const int lag = leaf.lag;
            const Value earlier = read(resumed_) && (step < step.constant(lag));
            return select(earlier, read(given_of.at(lag)), Value(network_.pool, id)).id();
        });
        return result;
    }

    Network& network_;
    TensorId resumed_, first_step_;
};

}  // namespace

std::vector<Past> pasts(const Network& network) {
    std::map<TensorId, std::set<int>> lags;
    for (const Definition& definition : network.definitions)
        for (const Use& use : uses(network, definition))
            if (use.lag > 0 && !starts_from_parameter(network, use.tensor))
                lags[use.tensor].insert(use.lag);
    std::vector<Past> result;
    for (const auto& [tensor, steps] : lags)
        result.push_back({tensor, {steps.begin(), steps.end()}});
    return result;
}

std::vector<CarriedPast> carry_pasts(Network& network, const std::vector<Past>& pasts) {
    return PastCarrier(network).run(pasts);
}

TensorId last_value(Network& network, TensorId tensor) {
    if (!network[tensor].per_step) return tensor;
    Tensor last = network[tensor];
    last.name = "last(" + last.name + ")";
    last.role = Role::Variable;
    last.per_step = false;
    last.initial = {};
    const TensorId id = network.add(std::move(last));
    network.define(id, LastStep{tensor});
    return id;
}

}  // namespace snnc::ir
