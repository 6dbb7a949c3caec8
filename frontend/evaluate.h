// Expressions that a person asks about: what they are worth, and in which unit (`snnc repl`).
//
// A text of its own, read with the names of a module. Numbers, units, functions and surrogates may
// stand in it; nothing that takes time or has a shape.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "frontend/elaborate.h"

namespace snnc::frontend {

struct Quantity {
    double value = 0;  // of `unit`
    std::string unit;  // as the text writes it, "mV/ms"; empty for a number
    std::string kind;  // "a voltage (`mV`)", "a number"
};

/// The value of the expression that stands there. A surrogate is called with the argument of the
/// spike first, where no function has its name. Reports what is no constant.
std::optional<Quantity> evaluate(SourceManager& sources, const Module& module,
                                 const SourceRange& text, Diagnostics& diagnostics);

/// Does the expression (or the draw) have this dimension, that of the unit, a number if it is
/// empty? `what` takes it: "the input `I` takes". Reports the mistakes of dimensions.
bool check_dimension(SourceManager& sources, const Module& module, const Expr& expr,
                     const std::string& unit, const std::string& what, Diagnostics& diagnostics);

struct Unit {
    std::string name;  // "mV", "uA/cm^2"
    double value = 1;  // in coherent units
};

/// The units of what a cell declares, by name, as its equations give them with the default options;
/// without what has none.
std::map<std::string, Unit> units_of(SourceManager& sources, const Module& module,
                                     const CellDecl& cell);

/// One of a unit as it is written in a text: "1uA/1cm^2" for "uA/cm^2".
std::string one_of(const std::string& unit);

}  // namespace snnc::frontend
