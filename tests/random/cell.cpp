#include <algorithm>
#include <cmath>

#include "tests/random/program.h"

namespace snnc::test {
namespace {

/// Writes one cell. A variable may read, within the step, those that come before it in `order`; the
/// lines are shuffled afterwards, since their order must not matter.
class CellWriter {
 public:
    CellWriter(Dice& dice, const std::string& name, Flavour flavour)
        : dice_(dice), flavour_(flavour), terms_(dice, flavour) {
        cell_.name = name;
    }

    Cell write() {
        declare_ports();
        declare_options();
        declare_parameters();
        declare_states();
        add_leaves();
        for (int i = 0; i < states_; ++i) {
            if (dice_.one_in(2)) write_let();
            write_state(i);
        }
        if (dice_.one_in(2)) write_let();
        if (dice_.one_in(3)) write_alias();
        write_output();
        finish();
        return std::move(cell_);
    }

 private:
    static Term read(const std::string& name, int lag) {
        const std::string index = lag == 0 ? "" : "[t-" + std::to_string(lag) + "]";
        return {name + index, [name, lag](const Place& at) {
                    return at.model.value(at.use.signals.at(name),
                                          {at.at.step - lag, at.at.sample, at.at.element});
                }};
    }

    void declare_ports() {
        cell_.inputs = {"I"};
        head_.push_back(dice_.one_in(2) ? "input I" : "input  I");
        if (dice_.one_in(2)) {
            cell_.inputs.push_back("F");
            head_.push_back("input F");
        }
    }

    void declare_options() {
        if (dice_.one_in(2)) {
            cell_.options.push_back({"mode", {"a", "b", "c"}});
            head_.push_back("option mode = a | b | c");
        }
        if (dice_.one_in(2)) {
            cell_.options.push_back({"gate", {"false", "true"}});
            head_.push_back("option gate = false | true");
        }
        for (const auto& [name, values] : cell_.options) terms_.add_option(name, values);
    }

    void declare_parameters() {
        const int count = 1 + dice_.below(3);
        for (int i = 0; i < count; ++i) {
            const std::string name = "p" + std::to_string(i);
            const bool learned = i > 0 && dice_.one_in(3);
            const double number = (20 + 5 * dice_.below(13)) / 100.0;
            Cell::Parameter parameter{name, [number](const Place&) { return number; }, learned};
            std::string value = number_as_text(number);
            if (i == 1 && !learned && dice_.one_in(2)) {
                // A default that another parameter and dt make.
                value = "0.5*p0 + 0.1*dt";
                parameter.value = [](const Place& at) {
                    return 0.5 * at.use.parameters.at("p0")(at.at.element) + 0.1 * 0.5;
                };
            }
            const std::string interval = learned || dice_.one_in(2) ? " in [0, 1]" : "";
            head_.push_back((learned ? "learn " : "param ") + name + " = " + value + interval);
            parameter.has_interval = !interval.empty();
            cell_.parameters.push_back(parameter);
        }
        // A parameter that is given and that no equation reads is an error.
        std::string all;
        for (const Cell::Parameter& parameter : cell_.parameters)
            all += (all.empty() ? "let all = " : " + ") + parameter.name;
        head_.push_back(all);
    }

    void declare_states() {
        states_ = 1 + dice_.below(3);
        for (int i = 0; i < states_; ++i) {
            const std::string name = std::string(1, "vwu"[i]);
            Cell::Variable state;
            state.name = name;
            state.has_past = true;
            const double number = dice_.number();
            state.before = {number_as_text(number), [number](const Place&) { return number; }};
            if (dice_.one_in(3))
                state.before = {"0.5 - p0", [](const Place& at) {
                                    return 0.5 - at.use.parameters.at("p0")(at.at.element);
                                }};
            head_.push_back("state " + name + " = " + state.before.text);
            cell_.variables.push_back(state);
        }
    }

    void add_leaves() {
        Terms& terms = terms_;
        terms.add_leaf(read("v", 1));  // the first has the population's shape
        for (int i = 0; i < states_; ++i)
            for (int lag = 1; lag <= 3; ++lag)
                if (lag == 1 || dice_.one_in(3)) terms.add_leaf(read(cell_.variables[i].name, lag));
        for (int repeat = 0; repeat < 2; ++repeat) terms.add_leaf(read("I", 0));
        if (dice_.one_in(2)) terms.add_leaf(read("I", 1 + dice_.below(2)));
        if (cell_.inputs.size() > 1) {
            terms.add_leaf(read("F", 1));
            if (dice_.one_in(2)) terms.add_leaf(read("F", 2));
        }
        for (const Cell::Parameter& parameter : cell_.parameters)
            terms.add_leaf({parameter.name, [name = parameter.name](const Place& at) {
                                return at.use.parameters.at(name)(at.at.element);
                            }});
        const double number = dice_.number();
        terms.add_leaf({number_as_text(number), [number](const Place&) { return number; }});
        terms.add_leaf({"0.1*t", [](const Place& at) { return 0.1 * at.at.step; }});
        if (dice_.one_in(2)) terms.add_leaf({"dt", [](const Place&) { return 0.5; }});
    }

    void write_let() {
        const std::string name = "k" + std::to_string(lets_++);
        Term value = dice_.one_in(6) ? terms_.any(0) : terms_.bounded(2);
        add("let ", name, value, false);
    }

    /// A let that a state, a port or another let is read by under a second name.
    void write_alias() {
        const std::string name = "k" + std::to_string(lets_++);
        add("let ", name, read(dice_.one_in(2) ? "v" : "I", 0), false);
    }

    void write_state(int i) {
        const Cell::Variable state = cell_.variables[i];
        const Term past = read(state.name, 1), drive = terms_.bounded(3);
        const double decay = (30 + 5 * dice_.below(9)) / 100.0;
        Term value{number_as_text(decay) + "*" + past.text + " + " + drive.text,
                   [past, drive, decay](const Place& at) {
                       return decay * past.value(at) + drive.value(at);
                   }};
        if (dice_.one_in(4)) {
            // By a let, as the library does it: the equation is a copy.
            const std::string name = "k" + std::to_string(lets_++);
            add("let ", name, value, false);
            value = read(name, 0);
        }
        cell_.variables[i].value = value;
        body_.push_back(state.name + "[t] = " + value.text);
        terms_.add_leaf(read(state.name, 0));
    }

    void write_output() {
        if (dice_.one_in(6)) {  // a state is the output
            cell_.output = "v";
            head_.push_back("output v");
            return;
        }
        cell_.output = "s";
        head_.push_back("output s");
        const Term v = read("v", 0);
        Term value = terms_.bounded(1);
        if (flavour_ == Flavour::Smooth) {
            value = {"sigmoid(4*" + v.text + ")",
                     [v](const Place& at) { return 1 / (1 + std::exp(-4 * v.value(at))); }};
        } else if (!dice_.one_in(5)) {
            cell_.open_spike = true;
            value = {"spike(v - p0)", [v](const Place& at) {
                         return double(v.value(at) - at.use.parameters.at("p0")(at.at.element) > 0);
                     }};
            if (dice_.one_in(4)) {
                const Term spike = value;
                value = {"p0*spike(v - p0)", [spike](const Place& at) {
                             return at.use.parameters.at("p0")(at.at.element) * spike.value(at);
                         }};
            }
        }
        add("", "s", value, true);
        if (dice_.one_in(3)) {  // a second output that reads the first one's past
            const Term before = read("s", 1), more = terms_.bounded(1);
            head_.push_back("output q");
            add("", "q",
                {"0.5*" + before.text + " + " + more.text,
                 [before, more](const Place& at) {
                     return 0.5 * before.value(at) + more.value(at);
                 }},
                true);
        }
    }

    void add(const std::string& before, const std::string& name, const Term& value, bool output) {
        Cell::Variable variable;
        variable.name = name;
        variable.value = value;
        cell_.variables.push_back(variable);
        body_.push_back(before + name + (output ? "[t] = " : " = ") + value.text);
        terms_.add_leaf(read(name, 0));
    }

    void finish() {
        for (std::size_t i = body_.size(); i > 1; --i)
            std::swap(body_[i - 1], body_[std::size_t(dice_.below(int(i)))]);
        cell_.text = "neuron " + cell_.name + " {\n";
        for (const std::string& line : head_) cell_.text += "    " + line + "\n";
        for (const std::string& line : body_) cell_.text += "    " + line + "\n";
        cell_.text += "}\n";
        // As has_open_spike does in the compiler: any spike without a surrogate of its own.
        std::size_t at = 0;
        while (!cell_.open_spike && (at = cell_.text.find("spike(", at)) != std::string::npos) {
            int depth = 0;
            std::size_t end = at + 5;
            do {
                depth += cell_.text[end] == '(' ? 1 : cell_.text[end] == ')' ? -1 : 0;
                ++end;
            } while (depth > 0);
            cell_.open_spike = cell_.text.compare(end, 11, " surrogate ") != 0;
            at += 6;
        }
    }

    Dice& dice_;
    Flavour flavour_;
    Terms terms_;
    Cell cell_;
    std::vector<std::string> head_, body_;
    int states_ = 0, lets_ = 0;
};

}  // namespace

Cell random_cell(Dice& dice, const std::string& name, Flavour flavour) {
    return CellWriter(dice, name, flavour).write();
}

}  // namespace snnc::test
