// Uses of cells in a random network: their arguments, and what their variables are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/random/program.h"

namespace snnc::test {

/// What arrives at a port: a signal, at the elements from `first` on.
struct Edge {
    int signal = -1;
    int first = 0;
};

/// One use of a cell.
struct Population {
    const Cell* cell;
    std::shared_ptr<Use> use;
    std::map<std::string, std::shared_ptr<std::vector<Edge>>> edges;  // by port

    Population(const Cell& cell, const std::string& name, const Extents& shape);
    const Extents& shape() const { return use->shape; }
    int output() const { return use->signals.at(cell->output); }
};

/// What stands in the brackets behind the cell's name; trained parameters are added to `weights`.
std::string write_arguments(Dice& dice, Model& model, const Population& population,
                            std::vector<Course>& weights);

/// Adds ports and variables to the model.
void declare_variables(Model& model, const Population& population);

}  // namespace snnc::test
