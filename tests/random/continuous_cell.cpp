// Cells with differential equations, assignments at events, refractory times and draws.
#include "tests/random/continuous_cell.h"

#include <cmath>

namespace snnc::test {
namespace {

class ContinuousCellWriter {
 public:
    ContinuousCellWriter(Dice& dice, const std::string& name, Flavour flavour)
        : draft_(dice), dice_(dice), flavour_(flavour) {
        cell_.name = name;
    }

    Cell write() {
        declare();
        body_ = write_equations(draft_);
        if (dice_.one_in(2)) write_draw();
        write_output();
        for (int lines = dice_.below(3); lines > 0; --lines) write_assignment();
        if (flavour_ == Flavour::Spiking && dice_.one_in(2)) write_refractory();
        declare_states();
        finish();
        return std::move(cell_);
    }

 private:
    void declare() {
        cell_.inputs = {"I"};
        head_.push_back("input I");
        if (dice_.one_in(2)) {
            cell_.inputs.push_back("F");
            draft_.has_second_input = true;
            head_.push_back("input F");
        }
        for (const char* name : {"p0", "p1"}) {
            const double value = (20 + 5 * dice_.below(13)) / 100.0;
            const bool learned = name[1] == '1' && dice_.one_in(2);
            head_.push_back((learned ? "learn " : "param ") + std::string(name) + " = " +
                            number_as_text(value) + " in [0, 1]");
            cell_.parameters.push_back(
                {name, [value](const Place&) { return value; }, learned, true});
        }
        head_.push_back("let all = p0 + p1");
        meaning_->states = {"v"};
        if (dice_.one_in(2)) meaning_->states.push_back("w");
        meaning_->is_held_after_spike.assign(meaning_->states.size(), false);
        for (const std::string& state : meaning_->states) {
            initial_.push_back(dice_.number());
            head_.push_back("state " + state + " = " + number_as_text(initial_.back()));
        }
    }

    /// Its values are taken from the run: here it matters that all who read it read the same.
    void write_draw() {
        static const std::vector<std::string> draws{"normal(0, 0.5)", "normal(p1, 0.3)",
                                                    "uniform(-1, 1)", "bernoulli(0.4)",
                                                    "poisson(0.7)"};
        body_.push_back("let n ~ " + dice_.of(draws));
        Cell::Variable drawn;
        drawn.name = "n";
        drawn.is_drawn = true;
        cell_.variables.push_back(drawn);
        body_.push_back("let twice_n = n + n");
        const Term n = signal("n", 0);
        add("twice_n", {"", [n](const Place& at) { return 2 * n.value(at); }});
        noise_ = Term{"0.3*twice_n", [n](const Place& at) { return 0.6 * n.value(at); }};
    }

    void add(const std::string& name, const Term& value) {
        Cell::Variable variable;
        variable.name = name;
        variable.value = value;
        cell_.variables.push_back(variable);
    }

    void write_output() {
        cell_.output = "s";
        head_.push_back("output s");
        Term excess = signal("v", 0);
        if (noise_)
            excess = {"(v + " + noise_->text + ")", [v = excess, noise = *noise_](const Place& at) {
                          return v.value(at) + noise.value(at);
                      }};
        if (flavour_ == Flavour::Smooth) {
            body_.push_back("s[t] = sigmoid(4*" + excess.text + ")");
            add("s", {"", [excess](const Place& at) {
                          return 1 / (1 + std::exp(-4 * excess.value(at)));
                      }});
            return;
        }
        cell_.open_spike = true;
        body_.push_back("s[t] = spike(" + excess.text + " - p0)");
        add("s",
            {"", [excess, meaning = meaning_](const Place& at) {
                 if (held_steps_left(*meaning, at)) return 0.0;
                 return double(excess.value(at) - at.use.parameters.at("p0")(at.at.element) > 0);
             }});
    }

    static bool held_steps_left(const ContinuousMeaning& meaning, const Place& at) {
        for (int back = 1; back < meaning.refractory_steps; ++back)
            if (signal("s", back).value(at) != 0) return true;
        return false;
    }

    static std::vector<bool> held(const ContinuousMeaning& meaning, const Place& at) {
        if (meaning.refractory_steps > 1 && held_steps_left(meaning, at))
            return meaning.is_held_after_spike;
        return std::vector<bool>(meaning.states.size(), false);
    }

    void write_assignment() {
        ContinuousMeaning::Assignment assignment;
        Terms conditions(dice_, Flavour::Smooth, false);
        for (const char* name : {"I", "v"}) conditions.add_leaf(signal(name, 0));
        conditions.add_leaf(number(dice_.number()));
        assignment.condition = conditions.condition(0);
        if (flavour_ == Flavour::Spiking && !dice_.one_in(3)) {
            assignment.condition = signal("s", 0);
            if (dice_.one_in(2)) assignment.condition.text = "detach(s)";
        }
        assignment.values.resize(meaning_->states.size());
        Terms values = draft_.terms(draft_.all_states(), Flavour::Smooth);
        std::string text = "on " + assignment.condition.text + ": ";
        const std::size_t only = std::size_t(dice_.below(int(meaning_->states.size())));
        if (meaning_->states.size() == 2 && dice_.one_in(2)) {
            assignment.values = {values.bounded(1), values.bounded(1)};
            text += "{ v = " + assignment.values[0]->text + "; w = " + assignment.values[1]->text +
                    " }";
        } else {
            assignment.values[only] = values.bounded(2);
            text += meaning_->states[only] + " = " + assignment.values[only]->text;
        }
        events_.push_back(text);
        meaning_->assignments.push_back(std::move(assignment));
    }

    void write_refractory() {
        const int steps = 1 + dice_.below(4);
        meaning_->refractory_steps = steps;
        meaning_->is_held_after_spike[0] = true;
        std::string names = "v";
        if (meaning_->states.size() == 2 && dice_.one_in(2)) {
            meaning_->is_held_after_spike[1] = true;
            names += ", w";
        }
        events_.push_back("refractory " + number_as_text(steps * continuous_dt) + ": " + names);
    }

    /// Two values in a step: by the equation, and after the assignments.
    void declare_states() {
        for (const std::size_t i : draft_.all_states()) {
            const std::string name = meaning_->states[i];
            Cell::Variable now;
            now.name = name + ".now";
            now.is_internal = true;
            now.value = {"", [i, meaning = meaning_](const Place& at) {
                             return meaning->advance(at, held(*meaning, at))[i];
                         }};
            cell_.variables.push_back(now);
            Cell::Variable state;
            state.name = name;
            state.has_past = true;
            state.before = number(initial_[i]);
            state.value = {"", [i, meaning = meaning_, slots = draft_.slots](const Place& at) {
                               return after(*meaning, slots, at)[i];
                           }};
            cell_.variables.push_back(state);
        }
    }

    static std::vector<double> after(const ContinuousMeaning& meaning, const Slots& slots,
                                     const Place& at) {
        std::vector<double> values;
        for (const std::string& state : meaning.states)
            values.push_back(signal(state, 0).value(at));
        const std::vector<bool> is_held = held(meaning, at);
        for (const ContinuousMeaning::Assignment& line : meaning.assignments) {
            if (line.condition.value(at) == 0) continue;
            std::vector<double> next = values;
            const Along along(slots, values);
            for (std::size_t i = 0; i < values.size(); ++i)
                if (line.values[i] && !is_held[i]) next[i] = line.values[i]->value(at);
            values = next;
        }
        return values;
    }

    void finish() {
        for (std::size_t i = body_.size(); i > 1; --i)
            std::swap(body_[i - 1], body_[std::size_t(dice_.below(int(i)))]);
        cell_.text = "neuron " + cell_.name + " {\n";
        for (const auto* lines : {&head_, &body_, &events_})
            for (const std::string& line : *lines) cell_.text += "    " + line + "\n";
        cell_.text += "}\n";
    }

    ContinuousDraft draft_;
    Dice& dice_;
    Flavour flavour_;
    std::shared_ptr<ContinuousMeaning> meaning_ = draft_.meaning;
    Cell cell_;
    std::vector<double> initial_;
    std::optional<Term> noise_;
    std::vector<std::string> head_, body_, events_;
};

}  // namespace

Cell random_continuous_cell(Dice& dice, const std::string& name, Flavour flavour) {
    return ContinuousCellWriter(dice, name, flavour).write();
}

}  // namespace snnc::test
