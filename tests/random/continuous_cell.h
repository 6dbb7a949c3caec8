// What the writers of continuous cells share: states, what reads them, and what a cell means.
//
// Within a step a state has up to three values: along the step (what equations read), by its
// equation ("v.now": what the cell's other formulas read), and after the assignments ("v").
#pragma once

#include <utility>

#include "tests/random/program.h"

namespace snnc::test {

inline constexpr double continuous_dt = 0.5;

/// Values of the states while formulas are evaluated that read them from here.
using Slots = std::shared_ptr<std::vector<double>>;

/// Puts values there for as long as it lives: what is read meanwhile may ask for another use of the
/// same cell.
class Along {
 public:
    Along(const Slots& slots, std::vector<double> values)
        : slots_(slots), before_(std::exchange(*slots, std::move(values))) {}
    Along(const Along&) = delete;
    Along& operator=(const Along&) = delete;
    ~Along() { *slots_ = std::move(before_); }

 private:
    const Slots& slots_;
    std::vector<double> before_;
};

/// What the formulas are evaluated by; shared, since the cell outlives its writer.
struct ContinuousMeaning {
    struct Assignment {
        Term condition;
        std::vector<std::optional<Term>> values;  // of each state; by its own slots
    };
    std::vector<std::string> states;
    std::function<std::vector<double>(const Place&, const std::vector<bool>& held)> advance;
    std::vector<Assignment> assignments;
    std::vector<bool> is_held_after_spike;
    int refractory_steps = 1;
};

Term number(double value);
/// A signal of the cell, so many steps ago.
Term signal(const std::string& name, int lag);
Term parameter(const std::string& name);

/// A cell while it is written.
struct ContinuousDraft {
    explicit ContinuousDraft(Dice& d) : dice(d) {}

    Dice& dice;
    Slots slots = std::make_shared<std::vector<double>>();
    std::shared_ptr<ContinuousMeaning> meaning = std::make_shared<ContinuousMeaning>();
    bool has_second_input = false;

    std::vector<std::size_t> all_states() const;
    /// What a state is along the step.
    Term slot(std::size_t state) const;
    /// Formulas over inputs, parameters and the past, and along the step over states of the list.
    Terms terms(const std::vector<std::size_t>& slot_states, Flavour flavour) const;
};

/// A differential equation for each state, solved in one of the ways; a line of text for each, and
/// `advance` of the draft's meaning.
std::vector<std::string> write_equations(ContinuousDraft& draft);

}  // namespace snnc::test
