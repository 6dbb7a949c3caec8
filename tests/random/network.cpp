#include <algorithm>

#include "tests/random/layers.h"
#include "tests/random/uses.h"

namespace snnc::test {
namespace {

class ProgramWriter {
 public:
    ProgramWriter(std::uint64_t seed, Flavour flavour)
        : dice_(seed),
          flavour_(flavour),
          program_{"", std::make_unique<Model>(), -1, dice_.one_in(2)},
          layers_(dice_, model(), "", weights_, program_.trains) {}

    Program write() {
        const int cells = 1 + dice_.below(2);
        for (int i = 0; i < cells; ++i)
            cells_.push_back((dice_.one_in(3) ? random_continuous_cell : random_cell)(
                dice_, "Cell" + std::to_string(i), flavour_));
        declare_inputs();
        const int populations = 1 + dice_.below(3);
        for (int i = 0; i < populations; ++i) {
            if (dice_.one_in(4)) add_block(i);
            add_population(i);
        }
        for (const auto& connect : late_) connect();
        write_training();
        assemble();
        return std::move(program_);
    }

 private:
    Model& model() { return *program_.model; }

    Extents any_shape() {
        switch (dice_.below(5)) {
            case 0: return {1 + dice_.below(3), 2 + dice_.below(3)};
            case 1: return {1 + dice_.below(2), 2 + dice_.below(2), 2 + dice_.below(3)};
            default: return {1 + dice_.below(5)};
        }
    }

    void add_input(const std::string& name, bool stepped, bool spikes) {
        const Extents shape = any_shape();
        lines_.push_back("input " + name + (stepped ? "[t]" : "") +
                         (spikes ? " : spike" : " : f32") + as_text(shape));
        add_source(model().add({name, shape, stepped, rows_of(name, stepped, shape)}));
    }

    /// The values of an array that the run is given.
    Evaluate rows_of(const std::string& name, bool stepped, const Extents& shape) {
        Model* m = &model();
        return [m, name, stepped, count = elements_of(shape)](const At& at) {
            const int row = (stepped ? at.step : 0) * m->length().samples + at.sample;
            return m->given(name, std::size_t(row * count + at.element));
        };
    }

    void declare_inputs() {
        lines_.push_back("dt = 0.5");
        add_input("x0", true, dice_.one_in(3));
        if (dice_.one_in(2)) add_input("x1", false, false);
        if (dice_.one_in(4)) add_input("x2", true, false);
    }

    // ---- sources ---------------------------------------------------------------------------

    void add_source(int signal) { sources_.push_back({model()[signal].name, signal}); }

    /// A source, or a part of one along its first axis.
    Chain any_source() {
        Chain chain = dice_.of(sources_);
        const Extents shape = model()[chain.signal].shape;
        const std::size_t dot = chain.text.find('.');
        if (dot == std::string::npos || shape[0] < 2 || !dice_.one_in(5)) return chain;
        const int from = dice_.below(shape[0]), count = 1 + dice_.below(shape[0] - from);
        chain.text.insert(dice_.one_in(2) ? dot : chain.text.size(), part(from, from + count));
        Extents rest = shape;
        rest[0] = count;
        const int offset = from * (elements_of(shape) / shape[0]);
        chain.signal = model().add(
            {"", rest, true, [m = &model(), whole = chain.signal, offset](const At& at) {
                 return m->value(whole, {at.step, at.sample, at.element + offset});
             }});
        return chain;
    }

    static std::string part(int from, int to) {
        return "[" + std::to_string(from) + ":" + std::to_string(to) + "]";
    }

    // ---- populations -----------------------------------------------------------------------

    void add_population(int index) {
        const Cell& cell = dice_.of(cells_);
        const std::string name = "pop" + std::to_string(index);
        const bool declared = dice_.one_in(2);
        Chain chain = any_source();
        const Extents shape = any_shape();
        if (declared)
            layers_.toward(chain, shape, true);
        else if (dice_.one_in(2))
            layers_.freely(chain);
        Population population(cell, name, model()[chain.signal].shape);
        const std::string call = write_arguments(dice_, model(), population, weights_);
        declare_variables(model(), population);
        population.edges["I"]->push_back({chain.signal});
        if (declared) {
            lines_.push_back(name + " : " + cell.name + as_text(shape) + call);
            chain.text += " -> " + name;
        } else {
            chain.text += " -> " + cell.name + call;
            if (dice_.one_in(3))
                population.edges["I"]->push_back(
                    {layers_.feedback(chain, name, population.output())});
            chain.text += " as " + name;
        }
        lines_.push_back(chain.text);
        if (declared && dice_.one_in(2)) add_edge(population, "I");
        // Feedback from anywhere, itself included: the port is read with a past.
        if (cell.inputs.size() > 1)
            late_.push_back([this, population] {
                for (int edges = dice_.below(3); edges > 0; --edges) add_edge(population, "F");
            });
        for (const char* variable : {"s", "v", "q"})
            if (const auto found = population.use->signals.find(variable);
                found != population.use->signals.end())
                add_source(found->second);
        populations_.push_back(population);
    }

    /// To all cells, or to a part of them along the first axis.
    void add_edge(const Population& population, const std::string& port) {
        Extents shape = population.shape();
        Edge edge;
        std::string target = " -> " + population.use->name;
        if (shape[0] > 1 && dice_.one_in(4)) {
            const int from = dice_.below(shape[0]), count = 1 + dice_.below(shape[0] - from);
            edge.first = from * (elements_of(shape) / shape[0]);
            shape[0] = count;
            target += part(from, from + count);
        }
        Chain chain = any_source();
        layers_.toward(chain, shape, true);
        lines_.push_back(chain.text + target + "." + port);
        edge.signal = chain.signal;
        population.edges.at(port)->push_back(edge);
    }

    /// A network that is used as a layer.
    void add_block(int index) {
        const std::string name = "block" + std::to_string(index);
        const Cell& cell = dice_.of(cells_);
        Chain outside = any_source();
        std::string unknown = "[_";
        for (std::size_t i = 1; i < model()[outside.signal].shape.size(); ++i) unknown += ", _";
        Chain inside{"z", outside.signal};
        Layers layers(dice_, model(), name + ".", weights_, program_.trains);
        layers.freely(inside);
        Population population(cell, name + ".cells", model()[inside.signal].shape);
        const std::string call = write_arguments(dice_, model(), population, weights_);
        declare_variables(model(), population);
        population.edges["I"]->push_back({inside.signal});
        inside.text += " -> " + cell.name + call + " as cells";
        blocks_ += "network Net" + name + "(k = 1) {\n    input z[t] : f32" + unknown + "]\n    " +
                   inside.text + " -> scale(k) as out\n    output out\n}\n";
        const double factor = 0.5 + 0.25 * dice_.below(5);
        const int out = model().add({name + ".out", population.shape(), true,
                                     [m = &model(), from = population.output(), factor](
                                         const At& at) { return factor * m->value(from, at); }});
        lines_.push_back(outside.text + " -> Net" + name + "(k = " + number_as_text(factor) +
                         ") as " + name);
        sources_.push_back({name, out});
        populations_.push_back(population);
    }

    // ---- training --------------------------------------------------------------------------

    Course course(int signal) {
        Model* m = &model();
        return {model()[signal].name, model()[signal].stepped, model()[signal].shape,
                [m, signal](const At& at) { return m->value(signal, at); }};
    }

    Course target(const std::string& name, bool stepped, const Extents& shape) {
        training_.push_back("target " + name + (stepped ? "[t]" : "") + " : f32" + as_text(shape));
        return {name, stepped, shape, rows_of(name, stepped, shape)};
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
        const Extents shape = dice_.of(sources).shape;
        const std::vector<Course> targets{target("y", false, shape), target("z", true, shape)};
        const Label label{"label", shape[0]};
        training_.push_back("target label : class[" + std::to_string(shape[0]) + "]");
        const Course loss =
            random_loss(dice_, flavour_, model(), sources, spikes, targets, weights_, label);
        training_.push_back("loss = " + loss.text);
        training_.push_back("optimizer = sgd(lr = 0.1)");
        program_.loss = model().add({"loss", {}, false, loss.value});
    }

    void assemble() {
        std::string& text = program_.text;
        text = helper_declarations;
        for (const Cell& cell : cells_) text += cell.text;
        text += "loss distance(a, b; k = 0.5) = mse(a, k*b)\n";
        text += blocks_;
        text += "network Random {\n";
        for (const std::string& line : lines_) text += "    " + line + "\n";
        text += "    output " + model()[populations_[0].output()].name + "\n}\n";
        text += "train of Random {\n";
        for (const std::string& line : training_) text += "    " + line + "\n";
        text += "}\n";
    }

    Dice dice_;
    Flavour flavour_;
    Program program_;
    std::vector<Course> weights_;
    Layers layers_;
    std::vector<Cell> cells_;
    std::vector<Population> populations_;
    std::vector<Chain> sources_;
    std::vector<std::string> lines_, training_;
    std::string blocks_;
    std::vector<std::function<void()>> late_;
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
