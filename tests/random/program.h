// Random well-typed programs: a .snn text, and a model that says what it means.
//
// Made of cells (several states, lets, options, pasts, spikes with every surrogate of the library,
// or differential equations with every solver, assignments, refractory times and draws),
// networks (chains, populations of rank 1 to 3 and parts of them, several edges at a port,
// feedback, windows and all other layers, sparse ones included, networks as layers), and losses.
// Everything is small, and bounded so that errors do not grow.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/random/model.h"

namespace snnc::test {

enum class Flavour {
    Smooth,   // no spikes, no detach: gradients are derivatives
    Spiking,  // everything
};

struct Program {
    std::string text;
    std::unique_ptr<Model> model;
    int loss = -1;        // its signal: a number for each sample
    bool trains = false;  // layers do what they do while training
};

Program random_program(std::uint64_t seed, Flavour flavour);

/// The same text with other blanks and line breaks where they mean nothing.
std::string relaid(const std::string& text, std::uint64_t seed);

// ---- parts of the generator ----------------------------------------------------------------

class Dice {
 public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    int below(int count) { return int(random_() % std::uint64_t(count)); }
    bool one_in(int count) { return below(count) == 0; }
    template <class T>
    const T& of(const std::vector<T>& some) {
        return some[std::size_t(below(int(some.size())))];
    }
    /// A number of two digits in [-1, 1].
    double number() { return (below(201) - 100) / 100.0; }

 private:
    std::mt19937_64 random_;
};

std::string number_as_text(double value);

/// One use of a cell.
struct Use {
    std::string name;
    Extents shape;
    std::map<std::string, std::function<double(int element)>> parameters;
    std::map<std::string, std::string> options;
    std::map<std::string, int> signals;  // variables and ports
};

/// Where an expression of a cell is evaluated.
struct Place {
    Model& model;
    const Use& use;
    At at;
};

/// An expression: what is written, and what it means.
struct Term {
    std::string text;
    std::function<double(const Place&)> value;
};

/// Random expressions of a cell over the leaves that may stand in it.
class Terms {
 public:
    Terms(Dice& dice, Flavour flavour, bool reads_other_cells = true)
        : dice_(dice), flavour_(flavour), reads_other_cells_(reads_other_cells) {}
    void add_leaf(Term leaf) { leaves_.push_back(std::move(leaf)); }
    void add_option(std::string name, std::vector<std::string> values) {
        options_.push_back({std::move(name), std::move(values)});
    }
    Term any(int depth);
    /// In [-1, 1].
    Term bounded(int depth);
    /// 0 or 1.
    Term condition(int depth);
    /// `spike(x)`, perhaps with a surrogate of its own.
    Term spike(int depth);

 private:
    Term smooth(int depth);
    Term edgy(int depth);
    Term spiking(int depth);
    Term branches(int depth);
    Term over_cells(int depth);
    Term user_function(int depth);

    struct Option {
        std::string name;
        std::vector<std::string> values;
    };
    Dice& dice_;
    Flavour flavour_;
    bool reads_other_cells_;
    std::vector<Term> leaves_;
    std::vector<Option> options_;
};

/// The functions and the surrogate that Terms may call.
extern const char* const helper_declarations;
/// A use of a surrogate of the library.
std::string any_surrogate(Dice& dice);

struct Cell {
    std::string name, text;
    std::vector<std::string> inputs;  // the first takes the chain; the second is read with a past
    struct Parameter {
        std::string name;
        std::function<double(const Place&)> value;   // its default
        bool learned = false, has_interval = false;  // [0, 1]
    };
    std::vector<Parameter> parameters;
    std::vector<std::pair<std::string, std::vector<std::string>>> options;
    struct Variable {
        std::string name;
        bool has_past = false;
        bool is_internal = false;  // no tensor of the network
        bool is_drawn = false;     // the value is that of the run
        Term before, value;
    };
    std::vector<Variable> variables;  // states, outputs, lets
    std::string output;
    bool open_spike = false;
};
Cell random_cell(Dice& dice, const std::string& name, Flavour flavour);
/// One with differential equations, assignments, refractory times, draws.
Cell random_continuous_cell(Dice& dice, const std::string& name, Flavour flavour);

/// A value in the text of a loss.
struct Course {
    std::string text;
    bool stepped = true;
    Extents shape;
    Evaluate value;
};
struct Label {
    std::string name;
    int classes = 0;
};
/// `sources` stand for variables of populations; returns the loss.
Course random_loss(Dice& dice, Flavour flavour, Model& model, const std::vector<Course>& sources,
                   const std::vector<Course>& spikes, const std::vector<Course>& targets,
                   const std::vector<Course>& weights, const Label& label);

}  // namespace snnc::test
