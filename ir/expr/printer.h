// Expressions in the notation of .snn, with as few parentheses as the precedence of operators
// allows and indices on everything that has steps.
#pragma once

#include <functional>
#include <string>

#include "ir/expr/expr.h"

namespace snnc::ir {

/// What stands for a Read or a Uniform; given the node. Indices are the caller's matter.
using LeafPrinter = std::function<std::string(const ExprNode& leaf)>;

/// A formula of more nodes than this has its shared parts named instead of written out each time:
/// "a*#2 where #1 = b + c, #2 = #1*#1". Its length might double with each level else.
constexpr double longest_formula = 500;

/// The nodes of a formula that is written out with nothing shared; a double, as they may be more
/// than any integer holds.
double written_nodes(const ExprPool& pool, ExprId root,
                     const std::function<double(const ExprNode& leaf)>& nodes_of_leaf);

/// `shift`: the formula as it stands at step t - shift, where `t` is written as "(t-shift)".
std::string print(const ExprPool& pool, ExprId root, const LeafPrinter& print_leaf, int shift = 0);

/// The shortest decimal text that reads back as the same double: "0.95", "1e-08".
std::string print_number(double value);

/// "[t]", "[t-1]", "[t+2]" for lags 0, 1, -2.
std::string print_index(int lag);

}  // namespace snnc::ir
