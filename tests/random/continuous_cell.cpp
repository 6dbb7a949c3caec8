// Cells with differential equations, assignments at events, refractory times and draws.
//
// Within a step a state has up to three values: along the step (what equations read), by its
// equation ("v.now": what the cell's other formulas read), and after the assignments ("v").
#include <array>
#include <cmath>
#include <utility>

#include "tests/random/program.h"
#include "tests/random/steps.h"

namespace snnc::test {
namespace {

constexpr double dt = 0.5;

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

Term number(double value) {
    return {number_as_text(value), [value](const Place&) { return value; }};
}

class ContinuousCellWriter {
 public:
    ContinuousCellWriter(Dice& dice, const std::string& name, Flavour flavour)
        : dice_(dice), flavour_(flavour), slots_(std::make_shared<std::vector<double>>()) {
        cell_.name = name;
    }

    Cell write() {
        declare();
        write_equations();
        if (dice_.one_in(2)) write_draw();
        write_output();
        for (int lines = dice_.below(3); lines > 0; --lines) write_assignment();
        if (flavour_ == Flavour::Spiking && dice_.one_in(2)) write_refractory();
        declare_states();
        finish();
        return std::move(cell_);
    }

 private:
    struct Assignment {
        Term condition;
        std::vector<std::optional<Term>> values;  // of each state; by its own slots
    };

    /// What the formulas are evaluated by; shared, since the cell outlives its writer.
    struct Meaning {
        std::vector<std::string> states;
        std::function<std::vector<double>(const Place&, const std::vector<bool>& held)> advance;
        std::vector<Assignment> assignments;
        std::vector<bool> is_held_after_spike;
        int refractory_steps = 1;
    };

    static Term read(const std::string& name, int lag) {
        const std::string index = lag == 0 ? "" : "[t-" + std::to_string(lag) + "]";
        // The cell's formulas read what a state is before the assignments.
        const bool is_state = name == "v" || name == "w";
        const std::string signal = is_state && lag == 0 ? name + ".now" : name;
        return {name + index, [signal, lag](const Place& at) {
                    return at.model.value(at.use.signals.at(signal),
                                          {at.at.step - lag, at.at.sample, at.at.element});
                }};
    }

    static Term parameter(const std::string& name) {
        return {name,
                [name](const Place& at) { return at.use.parameters.at(name)(at.at.element); }};
    }

    Term slot(std::size_t state) const {
        return {meaning_->states[state],
                [slots = slots_, state](const Place&) { return (*slots)[state]; }};
    }

    void declare() {
        cell_.inputs = {"I"};
        head_.push_back("input I");
        if (dice_.one_in(2)) {
            cell_.inputs.push_back("F");
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

    /// Formulas over inputs, parameters and the past, but for states of the list.
    Terms terms(const std::vector<std::size_t>& slot_states, Flavour flavour) {
        Terms terms(dice_, flavour, false);
        terms.add_leaf(read("I", 0));
        for (const std::size_t state : slot_states)
            for (int twice = 0; twice < 2; ++twice) terms.add_leaf(slot(state));
        terms.add_leaf(read("v", 1 + dice_.below(2)));
        if (cell_.inputs.size() > 1) terms.add_leaf(read("F", 1));
        terms.add_leaf(parameter("p0"));
        terms.add_leaf(parameter("p1"));
        terms.add_leaf(number(dice_.number()));
        return terms;
    }

    std::vector<std::size_t> all_states() const {
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < meaning_->states.size(); ++i) all.push_back(i);
        return all;
    }

    // ---- equations -------------------------------------------------------------------------

    void write_equations() {
        static const std::vector<std::string> solvers{"exact", "exp_euler", "euler", "rk2", "rk4"};
        solver_ = dice_.of(solvers);
        if (solver_ == "exact")
            write_exact();
        else if (solver_ == "exp_euler")
            write_exponential();
        else
            write_slopes();
    }

    void write_equation(std::size_t state, const std::string& text) {
        const bool usual = solver_ == "exact" && dice_.one_in(3);
        body_.push_back("d" + meaning_->states[state] + "/dt = " + text +
                        (usual ? "" : " solve " + solver_));
    }

    /// What the equations start from: the last step's values after its assignments.
    static std::vector<double> past(const Meaning& meaning, const Place& at) {
        std::vector<double> values;
        for (const std::string& state : meaning.states) values.push_back(read(state, 1).value(at));
        return values;
    }

    /// A rate: a number, or what differs from cell to cell or from step to step.
    Term factor(bool is_number) {
        const double base = (20 + 5 * dice_.below(13)) / 100.0;
        if (is_number) return number(base);
        const Term varying =
            dice_.one_in(3) ? read("I", 0) : parameter(dice_.one_in(2) ? "p0" : "p1");
        return {"(" + number_as_text(base) + " + 0.3*" + varying.text + ")",
                [base, varying](const Place& at) { return base + 0.3 * varying.value(at); }};
    }

    void write_exact() {
        const std::size_t n = meaning_->states.size();
        const bool circle = n == 2 && dice_.one_in(2), numbers = circle || dice_.one_in(3);
        std::vector<std::vector<Term>> matrix(n, std::vector<Term>(n, number(0)));
        std::vector<Term> offset;
        for (std::size_t i = 0; i < n; ++i) {
            const Term decay = factor(numbers), drive = terms({}, Flavour::Smooth).bounded(1);
            std::string text = "-" + decay.text + "*" + meaning_->states[i];
            matrix[i][i].value = [decay](const Place& at) { return -decay.value(at); };
            if (n == 2 && (i == 0 || circle)) {
                matrix[i][1 - i] = factor(numbers);
                text += " + " + matrix[i][1 - i].text + "*" + meaning_->states[1 - i];
            }
            offset.push_back(drive);
            write_equation(i, text + " + " + drive.text);
        }
        meaning_->advance = [meaning = meaning_.get(), matrix, offset](
                                const Place& at, const std::vector<bool>& held) {
            const std::vector<double> x = past(*meaning, at);
            std::vector<std::vector<double>> a(x.size(), std::vector<double>(x.size()));
            std::vector<double> b(x.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (held[i]) continue;
                b[i] = offset[i].value(at);
                for (std::size_t j = 0; j < x.size(); ++j) a[i][j] = matrix[i][j].value(at);
            }
            return exponential_step(a, b, x, dt);
        };
    }

    void write_exponential() {
        std::vector<std::pair<Term, Term>> parts;
        for (const std::size_t i : all_states()) {
            std::vector<std::size_t> others = all_states();
            others.erase(others.begin() + std::ptrdiff_t(i));
            Terms open = terms(others, Flavour::Smooth);
            const Term spread = open.bounded(1), drive = open.bounded(2);
            const Term decay{"(0.5 + 0.4*" + spread.text + ")",
                             [spread](const Place& at) { return 0.5 + 0.4 * spread.value(at); }};
            write_equation(i, drive.text + " - " + decay.text + "*" + meaning_->states[i]);
            parts.push_back({decay, drive});
        }
        meaning_->advance = [meaning = meaning_.get(), slots = slots_, parts](
                                const Place& at, const std::vector<bool>& held) {
            std::vector<double> x = past(*meaning, at);
            const Along along(slots, x);
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (held[i]) continue;
                const double rate = -parts[i].first.value(at);
                const double drive = parts[i].second.value(at);
                x[i] = x[i] * std::exp(rate * dt) + drive * std::expm1(rate * dt) / rate;
            }
            return x;
        };
    }

    void write_slopes() {
        std::vector<Term> slopes;
        Terms open = terms(all_states(), Flavour::Smooth);
        for (const std::size_t i : all_states()) {
            const Term drive = open.bounded(2), own = slot(i);
            slopes.push_back({drive.text + " - 0.6*" + own.text, [drive, own](const Place& at) {
                                  return drive.value(at) - 0.6 * own.value(at);
                              }});
            write_equation(i, slopes.back().text);
        }
        meaning_->advance = [meaning = meaning_.get(), slots = slots_, slopes, solver = solver_](
                                const Place& at, const std::vector<bool>& held) {
            const auto slopes_at = [&](const std::vector<double>& there) {
                const Along along(slots, there);
                std::vector<double> values(there.size());
                for (std::size_t i = 0; i < there.size(); ++i)
                    if (!held[i]) values[i] = slopes[i].value(at);
                return values;
            };
            return explicit_step(solver, past(*meaning, at), dt, slopes_at);
        };
    }

    // ---- everything else -------------------------------------------------------------------

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
        const Term n = read("n", 0);
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
        Term excess = read("v", 0);
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

    static bool held_steps_left(const Meaning& meaning, const Place& at) {
        for (int back = 1; back < meaning.refractory_steps; ++back)
            if (read("s", back).value(at) != 0) return true;
        return false;
    }

    static std::vector<bool> held(const Meaning& meaning, const Place& at) {
        if (meaning.refractory_steps > 1 && held_steps_left(meaning, at))
            return meaning.is_held_after_spike;
        return std::vector<bool>(meaning.states.size(), false);
    }

    void write_assignment() {
        Assignment assignment;
        Terms conditions(dice_, Flavour::Smooth, false);
        for (const char* name : {"I", "v"}) conditions.add_leaf(read(name, 0));
        conditions.add_leaf(number(dice_.number()));
        assignment.condition = conditions.condition(0);
        if (flavour_ == Flavour::Spiking && !dice_.one_in(3)) {
            assignment.condition = read("s", 0);
            if (dice_.one_in(2)) assignment.condition.text = "detach(s)";
        }
        assignment.values.resize(meaning_->states.size());
        Terms values = terms(all_states(), Flavour::Smooth);
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
        events_.push_back("refractory " + number_as_text(steps * dt) + ": " + names);
    }

    /// Two values in a step: by the equation, and after the assignments.
    void declare_states() {
        for (const std::size_t i : all_states()) {
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
            state.value = {"", [i, meaning = meaning_, slots = slots_](const Place& at) {
                               return after(*meaning, slots, at)[i];
                           }};
            cell_.variables.push_back(state);
        }
    }

    static std::vector<double> after(const Meaning& meaning, const Slots& slots, const Place& at) {
        std::vector<double> values;
        for (const std::string& state : meaning.states) values.push_back(read(state, 0).value(at));
        const std::vector<bool> is_held = held(meaning, at);
        for (const Assignment& line : meaning.assignments) {
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

    Dice& dice_;
    Flavour flavour_;
    Slots slots_;
    std::shared_ptr<Meaning> meaning_ = std::make_shared<Meaning>();
    Cell cell_;
    std::string solver_;
    std::vector<double> initial_;
    std::optional<Term> noise_;
    std::vector<std::string> head_, body_, events_;
};

}  // namespace

Cell random_continuous_cell(Dice& dice, const std::string& name, Flavour flavour) {
    return ContinuousCellWriter(dice, name, flavour).write();
}

}  // namespace snnc::test
