// What the functions of the language ask of the dimensions of their arguments.
//
// Every operator has a row in a complete switch, so that a new one does not compile without.
#pragma once

#include <optional>
#include <string>

#include "frontend/expression_dimensions.h"

namespace snnc::frontend {

/// What a function asks of its arguments and gives.
enum class DimensionRule {
    Number,  // a number of numbers: exp
    Same,    // what its first argument has: abs
    Alike,   // all arguments alike, and so is the result: min
    Sign,    // a number of anything: step
    Square,  // the square of arguments that are alike: mse
    Root,    // sqrt
};

/// Nothing for names that are no function of the language in that place.
std::optional<DimensionRule> dimension_rule(const std::string& name, DimensionNames::Place place);

}  // namespace snnc::frontend
