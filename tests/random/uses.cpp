#include "tests/random/uses.h"

#include <algorithm>

namespace snnc::test {
namespace {

/// Writes an argument for one parameter, or leaves its default.
class Argument {
 public:
    Argument(Dice& dice, Model& model, const Population& population,
             const Cell::Parameter& parameter, std::vector<Course>& weights)
        : dice_(dice),
          model_(model),
          use_(*population.use),
          parameter_(parameter),
          weights_(weights) {}

    std::string write() {
        const std::string number = number_as_text(number_);
        const std::string name = parameter_.name + " = ";
        const int choice = dice_.below(8);
        if (choice == 0) {
            set([number = number_](int) { return number; });
            return name + (parameter_.learned ? "fixed " : "") + number;
        }
        if (choice > 4) return write_default();
        if (choice == 1) {
            if (!parameter_.learned) return write_default();
            store(1, elements());
            return name + "learn " + number;
        }
        const bool channel = choice == 2 && use_.shape.size() > 1;
        const int channels = use_.shape[0], plane = elements() / channels;
        store(channel ? channels : elements(), channel ? plane : 1);
        const std::string value = dice_.one_in(3) ? "uniform(0.2, 0.8)" : number;
        return name + (parameter_.learned ? "learn " : "") + value +
               (channel ? " per channel" : " per neuron");
    }

 private:
    int elements() const { return elements_of(use_.shape); }

    std::string write_default() {
        if (parameter_.learned)
            store(1, elements());
        else
            set([m = &model_, &use = use_, value = parameter_.value](int element) {
                return value({*m, use, {0, 0, element}});
            });
        return "";
    }

    /// `count` stored values, each for so many elements.
    void store(int count, int each) {
        Model* m = &model_;
        const std::string stored = use_.name + "." + parameter_.name;
        set([=](int element) { return m->given(stored, std::size_t(element / each)); });
        if (parameter_.learned)
            weights_.push_back({stored, false, {count}, [m, stored](const At& at) {
                                    return m->given(stored, std::size_t(at.element));
                                }});
    }

    void set(const std::function<double(int)>& value) {
        use_.parameters[parameter_.name] = [value, interval = parameter_.has_interval](int e) {
            return interval ? std::min(std::max(value(e), 0.0), 1.0) : value(e);
        };
    }

    Dice& dice_;
    Model& model_;
    Use& use_;
    const Cell::Parameter& parameter_;
    std::vector<Course>& weights_;
    const double number_ = (20 + 5 * dice_.below(13)) / 100.0;
};

}  // namespace

Population::Population(const Cell& cell, const std::string& name, const Extents& shape)
    : cell(&cell), use(std::make_shared<Use>()) {
    use->name = name;
    use->shape = shape;
    for (const std::string& port : cell.inputs) edges[port] = std::make_shared<std::vector<Edge>>();
}

std::string write_arguments(Dice& dice, Model& model, const Population& population,
                            std::vector<Course>& weights) {
    std::vector<std::string> all;
    for (const Cell::Parameter& parameter : population.cell->parameters)
        if (const std::string text = Argument(dice, model, population, parameter, weights).write();
            !text.empty())
            all.push_back(text);
    for (const auto& [name, values] : population.cell->options) {
        std::string& chosen = population.use->options[name] = values[0];
        if (!dice.one_in(2)) continue;
        chosen = dice.of(values);
        all.push_back(name + " = " + chosen);
    }
    if (population.cell->open_spike && dice.one_in(2))
        all.push_back("surrogate = " + any_surrogate(dice));
    std::string text;
    for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
    return text.empty() ? "" : "(" + text + ")";
}

void declare_variables(Model& model, const Population& population) {
    Model* m = &model;
    const std::shared_ptr<Use> use = population.use;
    for (const auto& [port, edges] : population.edges) {
        use->signals[port] =
            model.add({use->name + "." + port, use->shape, true, [m, edges = edges](const At& at) {
                           double total = 0;
                           for (const auto& [signal, first] : *edges) {
                               const int element = at.element - first;
                               if (element >= 0 && element < elements_of((*m)[signal].shape))
                                   total += m->value(signal, {at.step, at.sample, element});
                           }
                           return total;
                       }});
    }
    for (const Cell::Variable& variable : population.cell->variables) {
        Signal signal{
            variable.is_internal ? "" : use->name + "." + variable.name, use->shape, true, {}};
        signal.is_drawn = variable.is_drawn;
        if (variable.is_drawn)
            signal.value = [m, name = signal.name, count = elements_of(use->shape)](const At& at) {
                const int row = at.step * m->length().samples + at.sample;
                return m->given(name, std::size_t(row * count + at.element));
            };
        else
            signal.value = [m, use, value = variable.value.value](const At& at) {
                return value({*m, *use, at});
            };
        if (variable.has_past)
            signal.before = [m, use, value = variable.before.value](const At& at) {
                return value({*m, *use, at});
            };
        use->signals[variable.name] = model.add(std::move(signal));
    }
}

}  // namespace snnc::test
