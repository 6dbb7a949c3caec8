// The members of a cell, one by one, and what its use gives: what must have one dimension.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/cell_dimensions.h"
#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

/// What has a unit first, so that a number without one beside it is what is wrong: defaults, first
/// values, equations, and then first values that are bare numbers.
void CellDimensions::infer_text() {
    infer_defaults();
    infer_first_values(false);
    for (const Member& member : cell_.members) infer_member(member);
    infer_first_values(true);
}

/// A bare number has the dimension that the equations give it.
void CellDimensions::infer_defaults() {
    for (const Member& member : cell_.members) {
        const auto* parameter = std::get_if<ParamMember>(&member.node);
        if (!parameter || is_given(parameter->name.text) || is_plain_number(*parameter->value))
            continue;
        value_of(parameter->name.text, *parameter->value, "default");
    }
}

/// `bare`: those that are numbers without a unit, else all others.
void CellDimensions::infer_first_values(bool bare) {
    for (const Member& member : cell_.members) {
        const auto* state = std::get_if<StateMember>(&member.node);
        if (state && is_plain_number(*state->value) == bare)
            value_of(state->name.text, *state->value, "first value");
    }
}

void CellDimensions::value_of(const std::string& name, const Expr& value, const char* what) {
    check_.expressions.fits(value, check_.expressions.drawn(value, *this), variable(name), *this,
                            [&](const std::string& got, const std::string& wanted) {
                                return fmt::format("`{}` is {}, but its {} `{}` is {}", name,
                                                   wanted, what, check_.messages.text(value.range),
                                                   got);
                            });
}

// ---- equations -----------------------------------------------------------------------------

void CellDimensions::infer_member(const Member& member) {
    struct Visitor {
        CellDimensions& self;
        void operator()(const PortMember&) {}
        void operator()(const OutputMember&) {}
        void operator()(const ParamMember&) {}
        void operator()(const StateMember&) {}
        void operator()(const OptionMember&) {}
        void operator()(const LetMember& let) { self.variable(let.name.text); }
        void operator()(const Equation& node) { self.equation(node); }
        void operator()(const DifferentialEquation& node) { self.differential(node); }
        void operator()(const OnEvent& node) {
            self.check_.expressions.of(*node.condition, self);
            for (const Assignment& assignment : node.assignments) self.assign(assignment);
        }
        void operator()(const Refractory& node) {
            const Expr& duration = *node.duration;
            self.check_.expressions.expect(
                duration, self, self.dt_, [&](const std::string& got, const std::string& wanted) {
                    return fmt::format("a refractory time is {}, but `{}` is {}", wanted,
                                       self.check_.messages.text(duration.range), got);
                });
        }
    };
    std::visit(Visitor{*this}, member.node);
}

void CellDimensions::equation(const Equation& equation) {
    const Expr& value = *equation.value;
    const Dimension got = equation.draws ? check_.expressions.drawn(value, *this)
                                         : check_.expressions.of(value, *this);
    check_.expressions.fits(value, got, variable(equation.name.text), *this,
                            [&](const std::string& got_text, const std::string& wanted) {
                                return fmt::format("`{}` is {}, but its equation gives {}",
                                                   equation.name.text, wanted, got_text);
                            });
}

void CellDimensions::differential(const DifferentialEquation& equation) {
    const std::string state = equation.numerator.text.substr(1);
    check_.expressions.expect(*equation.value, *this, variable(state) / dt_,
                              [&](const std::string& got, const std::string& wanted) {
                                  return fmt::format("`{}/dt` is {}, but its equation gives {}",
                                                     equation.numerator.text, wanted, got);
                              });
}

void CellDimensions::assign(const Assignment& assignment) {
    const Expr& value = *assignment.value;
    check_.expressions.expect(value, *this, variable(assignment.name.text),
                              [&](const std::string& got, const std::string& wanted) {
                                  return fmt::format("`{}` is {}, but `{}` is {}",
                                                     assignment.name.text, wanted,
                                                     check_.messages.text(value.range), got);
                              });
}

// ---- arguments and intervals ---------------------------------------------------------------

/// An argument without a unit is a number, unless the cell and its whole use are without units.
/// Those with units first: beside them a number is what is wrong.
void CellDimensions::infer_arguments() {
    struct Given {
        std::string name;
        const Expr* value;
        Dimension got;
        bool unit;
    };
    std::vector<Given> given;
    for (const auto& [name, argument] : arguments_) {
        const Expr& value = *argument->value.value;
        const Dimension got = check_.expressions.drawn(value, outside_);
        const Dimension known = check_.system.solved(got);
        const bool unit =
            writes_units(value, check_.declarations) || !(known.is_number() || known.is_any());
        given.push_back({name, &value, got, unit});
    }
    std::stable_sort(given.begin(), given.end(), [](const Given& a, const Given& b) {
        return a.unit != b.unit ? a.unit : a.value->range.begin < b.value->range.begin;
    });
    if (!has_units_ && (given.empty() || !given.front().unit)) return;
    for (const Given& one : given)
        check_.expressions.fits(*one.value, one.got, variable(one.name), outside_,
                                [&](const std::string& got, const std::string& wanted) {
                                    return fmt::format("`{}` of `{}` is {}, but `{}` is {}",
                                                       one.name, cell_.name.text, wanted,
                                                       check_.messages.text(one.value->range), got);
                                });
}

void CellDimensions::infer_intervals() {
    for (const Member& member : cell_.members) {
        if (const auto* port = std::get_if<PortMember>(&member.node))
            infer_bounds(port->name.text, nullptr, port->interval);
        if (const auto* parameter = std::get_if<ParamMember>(&member.node))
            infer_bounds(parameter->name.text, parameter->value.get(), parameter->interval);
    }
}

/// Bounds without a unit go with a default without one.
void CellDimensions::infer_bounds(const std::string& name, const Expr* value,
                                  const std::optional<Interval>& interval) {
    if (!interval) return;
    const bool bare = !value || is_plain_number(*value);
    for (const Expr* bound : {interval->low.get(), interval->high.get()}) {
        if (bare && is_plain_number(*bound)) continue;
        check_.expressions.expect(
            *bound, *this, variable(name), [&](const std::string& got, const std::string& wanted) {
                return fmt::format("`{}` is {}, but the bound `{}` of its interval is {}", name,
                                   wanted, check_.messages.text(bound->range), got);
            });
    }
}

}  // namespace snnc::frontend
