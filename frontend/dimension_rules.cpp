#include "frontend/dimension_rules.h"

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

using ir::Op;
using Rule = DimensionRule;

namespace {

/// Of the operators that are called by name.
Rule rule_of(Op op) {
    switch (op) {
        case Op::Abs:
        case Op::Relu:
        case Op::Detach: return Rule::Same;
        case Op::Min:
        case Op::Max:
        case Op::Clip: return Rule::Alike;
        case Op::Sign:
        case Op::Step:
        case Op::Spike: return Rule::Sign;
        case Op::Sqrt: return Rule::Root;
        case Op::Floor:
        case Op::Round:
        case Op::Ceil:
        case Op::Exp:
        case Op::Ln:
        case Op::Log10:
        case Op::Log1p:
        case Op::Expm1:
        case Op::Sin:
        case Op::Cos:
        case Op::Tan:
        case Op::Tanh:
        case Op::Sigmoid:
        case Op::Softplus: return Rule::Number;
        // Not called by name.
        case Op::Constant:
        case Op::Read:
        case Op::StepIndex:
        case Op::StepCount:
        case Op::BatchSize:
        case Op::Uniform:
        case Op::SourceCell:
        case Op::TargetCell:
        case Op::RoundBf16:
        case Op::Neg:
        case Op::Not:
        case Op::Add:
        case Op::Sub:
        case Op::Mul:
        case Op::Div:
        case Op::Pow:
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Eq:
        case Op::Ne:
        case Op::And:
        case Op::Or:
        case Op::Select:
        case Op::NormalQuantile:
        case Op::PoissonQuantile: break;
    }
    return Rule::Number;
}

/// Of the functions that look at more than one element or step; `least` as in
/// Expressions::builtins(): in other places a function of the user may have the name.
struct Row {
    std::string_view name;
    DimensionNames::Place least;
    Rule rule;
};
constexpr auto cell = DimensionNames::Place::Cell, loss_only = DimensionNames::Place::Loss;
constexpr Row rows[] = {
    {"sum", cell, Rule::Same},           {"mean", cell, Rule::Same},
    {"max_all", cell, Rule::Same},       {"winner", cell, Rule::Sign},
    {"sum_t", loss_only, Rule::Same},    {"count", loss_only, Rule::Same},
    {"mean_t", loss_only, Rule::Same},   {"max_t", loss_only, Rule::Same},
    {"last", loss_only, Rule::Same},     {"first_spike", loss_only, Rule::Sign},
    {"l1", loss_only, Rule::Same},       {"l2", loss_only, Rule::Square},
    {"mse", loss_only, Rule::Square},    {"huber", loss_only, Rule::Number},
    {"bce", loss_only, Rule::Number},    {"ce", loss_only, Rule::Number},
    {"accuracy", loss_only, Rule::Sign}, {"one_hot", loss_only, Rule::Sign},
    {"classes", loss_only, Rule::Sign},  {"group_sum", loss_only, Rule::Same},
};

}  // namespace

std::optional<Rule> dimension_rule(const std::string& name, DimensionNames::Place place) {
    if (name == "spike" && place == cell) return Rule::Sign;
    if (const auto op = elementwise_op(name)) return rule_of(*op);
    for (const Row& row : rows)
        if (row.name == name && int(place) >= int(row.least)) return row.rule;
    return std::nullopt;
}

}  // namespace snnc::frontend
