// What stands in formulas of a continuous cell.
#include "tests/random/continuous_cell.h"

namespace snnc::test {

Term number(double value) {
    return {number_as_text(value), [value](const Place&) { return value; }};
}

Term signal(const std::string& name, int lag) {
    const std::string index = lag == 0 ? "" : "[t-" + std::to_string(lag) + "]";
    // The cell's formulas read what a state is before the assignments.
    const bool is_state = name == "v" || name == "w";
    const std::string read = is_state && lag == 0 ? name + ".now" : name;
    return {name + index, [read, lag](const Place& at) {
                return at.model.value(at.use.signals.at(read),
                                      {at.at.step - lag, at.at.sample, at.at.element});
            }};
}

Term parameter(const std::string& name) {
    return {name, [name](const Place& at) { return at.use.parameters.at(name)(at.at.element); }};
}

std::vector<std::size_t> ContinuousDraft::all_states() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < meaning->states.size(); ++i) all.push_back(i);
    return all;
}

Term ContinuousDraft::slot(std::size_t state) const {
    return {meaning->states[state],
            [slots = slots, state](const Place&) { return (*slots)[state]; }};
}

Terms ContinuousDraft::terms(const std::vector<std::size_t>& slot_states, Flavour flavour) const {
    Terms terms(dice, flavour, false);
    terms.add_leaf(signal("I", 0));
    for (const std::size_t state : slot_states)
        for (int twice = 0; twice < 2; ++twice) terms.add_leaf(slot(state));
    terms.add_leaf(signal("v", 1 + dice.below(2)));
    if (has_second_input) terms.add_leaf(signal("F", 1));
    terms.add_leaf(parameter("p0"));
    terms.add_leaf(parameter("p1"));
    terms.add_leaf(number(dice.number()));
    return terms;
}

}  // namespace snnc::test
