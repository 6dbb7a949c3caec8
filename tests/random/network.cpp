#include <algorithm>

#include "tests/random/program.h"

namespace snnc::test {
namespace {

class ProgramWriter {
 public:
    ProgramWriter(std::uint64_t seed, Flavour flavour) : dice_(seed), flavour_(flavour) {
        program_.model = std::make_unique<Model>();
    }

    Program write() {
        const int cells = 1 + dice_.below(2);
        for (int i = 0; i < cells; ++i)
            cells_.push_back(random_cell(dice_, "Cell" + std::to_string(i), flavour_));
        declare_inputs();
        const int populations = 1 + dice_.below(3);
        for (int i = 0; i < populations; ++i) add_population(i);
        for (const auto& connect : late_) connect();
        write_training();
        assemble();
        return std::move(program_);
    }

 private:
    Model& model() { return *program_.model; }

    int add_input(const std::string& name, int width, bool stepped, bool spikes) {
        lines_.push_back("input " + name + (stepped ? "[t]" : "") +
                         (spikes ? " : spike[" : " : f32[") + std::to_string(width) + "]");
        Model* m = &model();
        return model().add({name,
                            width,
                            stepped,
                            [m, name, width, stepped](const At& at) {
                                const int row =
                                    (stepped ? at.step : 0) * m->length().samples + at.sample;
                                return m->given(name, std::size_t(row * width + at.element));
                            },
                            {}});
    }

    void declare_inputs() {
        lines_.push_back("dt = 0.5");
        sources_.push_back(add_input("x0", 1 + dice_.below(5), true, dice_.one_in(3)));
        if (dice_.one_in(2)) sources_.push_back(add_input("x1", 1 + dice_.below(5), false, false));
    }

    // ---- layers ----------------------------------------------------------------------------

    /// `-> dense(n, …) as NAME` behind a source.
    int dense(int source, int width, std::string& text) {
        const std::string name = "fc" + std::to_string(layers_++);
        const bool bias = !dice_.one_in(3);
        text += " -> dense(" + std::to_string(width) + (bias ? "" : ", bias = false") +
                (dice_.one_in(3) ? ", init = normal(0, 0.5)" : "") + ") as " + name;
        weights_.push_back(weight(name + ".weight", model()[source].width * width));
        if (bias) weights_.push_back(weight(name + ".bias", width));
        Model* m = &model();
        const int from = source, in = model()[source].width;
        const bool stepped = model()[source].stepped;
        return model().add({name,
                            width,
                            stepped,
                            [=](const At& at) {
                                double total = 0;
                                for (int i = 0; i < in; ++i)
                                    total += m->value(from, {at.step, at.sample, i}) *
                                             m->given(name + ".weight",
                                                      std::size_t(i * width + at.element));
                                if (bias)
                                    total += m->given(name + ".bias", std::size_t(at.element));
                                return total;
                            },
                            {}});
    }

    Course weight(const std::string& name, int count) {
        Model* m = &model();
        return {name, false, count,
                [m, name](const At& at) { return m->given(name, std::size_t(at.element)); }};
    }

    int scale(int source, std::string& text) {
        const double factor = 0.5 + 0.25 * dice_.below(5);
        const std::string name = "sc" + std::to_string(layers_++);
        text += " -> scale(" + number_as_text(factor) + ") as " + name;
        Model* m = &model();
        return model().add({name,
                            model()[source].width,
                            model()[source].stepped,
                            [=](const At& at) { return factor * m->value(source, at); },
                            {}});
    }

    /// What leads from a source to cells of the given width.
    int layers(int source, int width, std::string& text) {
        if (dice_.one_in(4)) source = scale(source, text);
        if (model()[source].width != width || dice_.one_in(2)) source = dense(source, width, text);
        if (dice_.one_in(5)) source = scale(source, text);
        return source;
    }

    // ---- populations -----------------------------------------------------------------------

    struct Population {
        const Cell* cell;
        std::shared_ptr<Use> use;
        std::map<std::string, std::shared_ptr<std::vector<int>>> edges;  // by port
    };

    std::string arguments(const Cell& cell, Use& use) {
        std::vector<std::string> all;
        for (const Cell::Parameter& parameter : cell.parameters)
            if (const std::string text = argument(parameter, use); !text.empty())
                all.push_back(text);
        for (const auto& [name, values] : cell.options) {
            use.options[name] = values[0];
            if (!dice_.one_in(2)) continue;
            use.options[name] = dice_.of(values);
            all.push_back(name + " = " + use.options[name]);
        }
        if (cell.open_spike && dice_.one_in(2))
            all.push_back("surrogate = " + any_surrogate(dice_));
        std::string text;
        for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
        return text.empty() ? "" : "(" + text + ")";
    }

    std::string argument(const Cell::Parameter& parameter, Use& use) {
        const std::string name = parameter.name, stored = use.name + "." + name;
        const int choice = dice_.below(6);
        Model* m = &model();
        const bool has_interval = parameter.has_interval;
        const auto clipped = [has_interval](double x) {
            return has_interval ? std::min(std::max(x, 0.0), 1.0) : x;
        };
        const double number = (20 + 5 * dice_.below(13)) / 100.0;
        if (choice == 0) {
            use.parameters[name] = [number](int) { return number; };
            return name + " = " + (parameter.learned ? "fixed " : "") + number_as_text(number);
        }
        if (choice == 1 && !parameter.learned) {
            use.parameters[name] = [=](int element) {
                return clipped(m->given(stored, std::size_t(element)));
            };
            return name + " = " + number_as_text(number) + " per neuron";
        }
        if (choice <= 3 && parameter.learned) {
            const bool each = choice == 3;
            use.parameters[name] = [=](int element) {
                return clipped(m->given(stored, std::size_t(each ? element : 0)));
            };
            weights_.push_back(weight(stored, each ? use.width : 0));
            return name + " = learn " + number_as_text(number) + (each ? " per neuron" : "");
        }
        if (parameter.learned) {
            use.parameters[name] = [=](int) { return clipped(m->given(stored, 0)); };
            weights_.push_back(weight(stored, 0));
        } else {
            use.parameters[name] = [m, &use, clipped, value = parameter.value](int element) {
                return clipped(value({*m, use, {0, 0, element}}));
            };
        }
        return "";
    }

    void add_population(int index) {
        const Cell& cell = dice_.of(cells_);
        auto use = std::make_shared<Use>();
        use->name = "pop" + std::to_string(index);
        const bool declared = dice_.one_in(2);
        const int source = dice_.of(sources_);
        std::string text = model()[source].name;
        int width = model()[source].width, arriving = source;
        if (declared) width = 1 + dice_.below(5);
        if (declared || dice_.one_in(2)) {
            if (!declared) width = 1 + dice_.below(5);
            arriving = layers(source, width, text);
        }
        use->width = width;
        const std::string call = arguments(cell, *use);
        if (declared) {
            lines_.push_back(use->name + " : " + cell.name + "[" + std::to_string(width) + "]" +
                             call);
            lines_.push_back(text + " -> " + use->name);
        } else {
            lines_.push_back(text + " -> " + cell.name + call + " as " + use->name);
        }
        Population population{&cell, use, {}};
        for (const std::string& port : cell.inputs)
            population.edges[port] = std::make_shared<std::vector<int>>();
        population.edges["I"]->push_back(arriving);
        declare_variables(population);
        if (declared && dice_.one_in(2)) add_edge(population, "I", dice_.of(sources_));
        // Feedback from anywhere, itself included: the port is read with a past.
        if (cell.inputs.size() > 1)
            late_.push_back([this, population] { connect_late(population); });
        for (const char* name : {"s", "v", "q"})
            if (const auto found = use->signals.find(name); found != use->signals.end())
                sources_.push_back(found->second);
        populations_.push_back(population);
    }

    void connect_late(const Population& population) {
        const int edges = dice_.below(3);
        for (int i = 0; i < edges; ++i) add_edge(population, "F", dice_.of(sources_));
    }

    void add_edge(const Population& population, const std::string& port, int source) {
        std::string text = model()[source].name;
        const int arriving = layers(source, population.use->width, text);
        lines_.push_back(text + " -> " + population.use->name + "." + port);
        population.edges.at(port)->push_back(arriving);
    }

    void declare_variables(const Population& population) {
        Model* m = &model();
        const std::shared_ptr<Use> use = population.use;
        for (const auto& [port, edges] : population.edges) {
            use->signals[port] = model().add({use->name + "." + port,
                                              use->width,
                                              true,
                                              [m, edges = edges](const At& at) {
                                                  double total = 0;
                                                  for (std::size_t i = 0; i < edges->size(); ++i) {
                                                      const double x = m->value((*edges)[i], at);
                                                      total = i == 0 ? x : total + x;
                                                  }
                                                  return total;
                                              },
                                              {}});
        }
        for (const Cell::Variable& variable : population.cell->variables) {
            Signal signal{use->name + "." + variable.name, use->width, true, {}, {}};
            signal.value = [m, use, value = variable.value.value](const At& at) {
                return value({*m, *use, at});
            };
            if (variable.has_past)
                signal.before = [m, use, value = variable.before.value](const At& at) {
                    return value({*m, *use, at});
                };
            use->signals[variable.name] = model().add(std::move(signal));
        }
    }

    // ---- training --------------------------------------------------------------------------

    Course course(int signal) {
        Model* m = &model();
        return {model()[signal].name, model()[signal].stepped, model()[signal].width,
                [m, signal](const At& at) { return m->value(signal, at); }};
    }

    Course target(const std::string& name, bool stepped, int width) {
        Model* m = &model();
        training_.push_back("target " + name + (stepped ? "[t]" : "") + " : f32[" +
                            std::to_string(width) + "]");
        return {name, stepped, width, [=](const At& at) {
                    const int row = (stepped ? at.step : 0) * m->length().samples + at.sample;
                    return m->given(name, std::size_t(row * width + at.element));
                }};
    }

    void write_training() {
        std::vector<Course> sources, spikes;
        for (const Population& population : populations_)
            for (const char* name : {"v", "s", "q"})
                if (population.use->signals.count(name)) {
                    sources.push_back(course(population.use->signals.at(name)));
                    if (std::string(name) == "s" && flavour_ == Flavour::Spiking)
                        spikes.push_back(sources.back());
                }
        const int width = sources[0].width;
        const std::vector<Course> targets{target("y", false, width), target("z", true, width)};
        const Label label{"label", width};
        training_.push_back("target label : class[" + std::to_string(width) + "]");
        const Course loss =
            random_loss(dice_, flavour_, model(), sources, spikes, targets, weights_, label);
        training_.push_back("loss = " + loss.text);
        training_.push_back("optimizer = sgd(lr = 0.1)");
        program_.loss = model().add({"loss", 1, false, loss.value, {}});
    }

    void assemble() {
        std::string& text = program_.text;
        text = helper_declarations;
        for (const Cell& cell : cells_) text += cell.text;
        text += "loss distance(a, b; k = 0.5) = mse(a, k*b)\n";
        text += "network Random {\n";
        for (const std::string& line : lines_) text += "    " + line + "\n";
        text += "    output pop0." + populations_[0].cell->output + "\n}\n";
        text += "train of Random {\n";
        for (const std::string& line : training_) text += "    " + line + "\n";
        text += "}\n";
    }

    Dice dice_;
    Flavour flavour_;
    Program program_;
    std::vector<Cell> cells_;
    std::vector<Population> populations_;
    std::vector<int> sources_;  // signals that edges may start from
    std::vector<std::string> lines_, training_;
    std::vector<Course> weights_;
    std::vector<std::function<void()>> late_;
    int layers_ = 0;
};

}  // namespace

Program random_program(std::uint64_t seed, Flavour flavour) {
    return ProgramWriter(seed, flavour).write();
}

std::string relaid(const std::string& text, std::uint64_t seed) {
    Dice dice(seed);
    std::string result;
    std::string open;  // brackets; within braces a line end ends a statement
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '(' || c == '[' || c == '{') open += c;
        if (c == ')' || c == ']' || c == '}') open.pop_back();
        result += c;
        const bool blank = c == ' ' && i > 0 && text[i - 1] != '\n' && text[i - 1] != ' ';
        if (blank && dice.one_in(6)) result += "   ";
        const bool free = !open.empty() && open.back() != '{';
        if (blank && free && dice.one_in(12)) result += dice.one_in(3) ? " // note\n" : "\n";
        if (c == '\n' && dice.one_in(8))
            result += dice.one_in(2) ? "\n\n" : "  // a line of its own\n";
    }
    return result;
}

}  // namespace snnc::test
