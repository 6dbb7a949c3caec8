#include "frontend/cell_dimensions.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/ast_walk.h"
#include "frontend/declared_unit.h"
#include "frontend/elaborate_expressions.h"
#include "frontend/elaborate_units.h"

namespace snnc::frontend {

Dimension DimensionCheck::step(bool times) {
    Dimension time = time_dimension();
    if (step_length.kind == StepLength::Kind::Free) return times ? time : system.unknown();
    if (step_length.kind == StepLength::Kind::Absent) return times ? time : Dimension();
    Dimension written = system.solved(step_length.dimension);
    if (!written.is_number() || !times) return written;
    const Expr& expr = *step_length.expr;
    messages.report({&expr, expr.range, written, time, {}}, [&](const auto& got, const auto&) {
        return fmt::format("the step `{}` is {}, and there are times to be counted in it",
                           messages.text(expr.range), got);
    });
    return time;
}

CellDimensions::CellDimensions(DimensionCheck& check, const CellDecl& cell,
                               std::map<std::string, std::string> options,
                               std::map<std::string, const Argument*> arguments,
                               DimensionNames& outside, const Path* surrogate)
    : check_(check),
      cell_(cell),
      options_(std::move(options)),
      arguments_(std::move(arguments)),
      outside_(outside),
      surrogate_(surrogate) {}

void CellDimensions::infer() {
    collect();
    choose_step();
    infer_text();
    infer_arguments();
    infer_intervals();
}

// ---- names ---------------------------------------------------------------------------------

void CellDimensions::collect() {
    const auto declare = [&](const Name& name) {
        if (!variables_.emplace(name.text, check_.system.unknown()).second) return;
        check_.messages.note_unknown(variables_.at(name.text), name.text);
    };
    for (const Member& member : cell_.members) {
        if (const auto* port = std::get_if<PortMember>(&member.node)) declare(port->name);
        if (const auto* output = std::get_if<OutputMember>(&member.node)) declare(output->name);
        if (const auto* state = std::get_if<StateMember>(&member.node)) {
            declare(state->name);
            states_.emplace(state->name.text, state);
        }
        if (const auto* parameter = std::get_if<ParamMember>(&member.node)) {
            declare(parameter->name);
            parameters_.emplace(parameter->name.text, parameter);
        }
        if (const auto* let = std::get_if<LetMember>(&member.node))
            lets_.emplace(let->name.text, Lets{let, std::nullopt});
        for_each_expression(member, [&](const Expr& part) {
            const auto* number = std::get_if<Number>(&part.node);
            has_units_ = has_units_ || (number && !number->unit.empty());
        });
    }
}

std::optional<std::string> CellDimensions::option(const std::string& name) {
    const auto found = options_.find(name);
    return found == options_.end() ? std::nullopt : std::optional(found->second);
}

/// A `let` is worked out when it is first read; it may be 0 and fit everywhere.
Dimension CellDimensions::variable(const std::string& name) {
    if (const auto found = variables_.find(name); found != variables_.end()) return found->second;
    const auto found = lets_.find(name);
    if (found == lets_.end()) return Dimension::any();
    Lets& let = found->second;
    if (let.dimension) return *let.dimension;
    if (let.running) return Dimension::any();  // a cycle, which is reported elsewhere
    let.running = true;
    const Expr& value = *let.member->value;
    Dimension dimension = let.member->draws ? check_.expressions.drawn(value, *this)
                                            : check_.expressions.of(value, *this);
    let.running = false;
    let.dimension = dimension;
    return dimension;
}

std::optional<double> CellDimensions::constant(const std::string& name) {
    const auto found = parameters_.find(name);
    if (found == parameters_.end() || found->second->learn) return std::nullopt;
    const auto [place, is_new] = constants_.emplace(name, std::nullopt);  // in a circle: unknown
    if (!is_new) return place->second;
    const auto given = arguments_.find(name);
    if (given == arguments_.end())
        place->second = ExpressionDimensions::constant(*found->second->value, *this);
    else if (given->second->value.training != ArgumentValue::Training::Learn)
        place->second = ExpressionDimensions::constant(*given->second->value.value, outside_);
    return place->second;
}

/// Its declaration says the unit; if that has none, what the use gives.
std::optional<double> CellDimensions::declared(const std::string& name) {
    const auto state = states_.find(name);
    const auto parameter = parameters_.find(name);
    if (state == states_.end() && parameter == parameters_.end()) return std::nullopt;
    const auto [place, is_new] = units_.emplace(name, std::nullopt);  // in a circle: none
    if (!is_new) return place->second;
    const Expr& value = state == states_.end() ? *parameter->second->value : *state->second->value;
    place->second = declared_unit(value, [this](const auto& other) { return declared(other); });
    if (const auto given = arguments_.find(name); !place->second && given != arguments_.end())
        place->second = declared_unit(*given->second->value.value,
                                      [](const auto&) { return std::optional<double>(); });
    return place->second;
}

double CellDimensions::unit(const std::string& name) {
    const Dimension dimension = check_.system.solved(variable(name));
    if (!dimension.is_known() || dimension.is_number()) return 1;
    return declared(name).value_or(1);
}

/// A parameter that is lacking somewhere: `tau` of `(…)/tau`.
std::vector<NamedDimension> CellDimensions::hints() {
    std::vector<NamedDimension> result;
    for (const Member& member : cell_.members)
        if (const auto* parameter = std::get_if<ParamMember>(&member.node))
            result.push_back({parameter->name.text, variables_.at(parameter->name.text)});
    return result;
}

// ---- the step ------------------------------------------------------------------------------

/// Is it there in the text or in the arguments? Defaults that arguments replace do not count.
bool CellDimensions::text_holds(bool (*is_there)(const Expr&, const Declarations&)) const {
    bool found = false;
    const auto look = [&](const Expr& expr) {
        found = found || is_there(expr, check_.declarations);
    };
    for (const Member& member : cell_.members) {
        const auto* parameter = std::get_if<ParamMember>(&member.node);
        if (!parameter || !is_given(parameter->name.text)) for_each_expression(member, look);
    }
    for (const auto& [name, argument] : arguments_) look(*argument->value.value);
    return found;
}

bool CellDimensions::counts_steps() const {
    for (const Member& member : cell_.members)
        if (std::holds_alternative<DifferentialEquation>(member.node) ||
            std::holds_alternative<Refractory>(member.node))
            return true;
    return text_holds(reads_step);
}

/// In a cell without units `dt` has no unit either where it would not fit: such a cell counts
/// without units, and is never bothered.
void CellDimensions::choose_step() {
    const bool times = text_holds(
        [](const Expr& expr, const Declarations& all) { return writes_units(expr, all, true); });
    dt_ = counts_steps() ? check_.step(times) : Dimension::any();
    if (has_units_) return;
    const DimensionSystem::Mark before = check_.system.mark();
    const auto lets = lets_;
    const bool fits = [&] {
        const DimensionMessages::Muted muted(check_.messages);
        infer_text();
        return muted.mistakes() == 0;
    }();
    check_.system.forget(before);
    lets_ = lets;
    if (!fits) dt_ = Dimension::any();
}

// ---- edges ---------------------------------------------------------------------------------

/// `target` is invalid for what cells feed back to themselves.
void CellDimensions::arrive(const std::string& port, const Dimension& dimension,
                            const SourceRange& source, const SourceRange& target) {
    const auto found = variables_.find(port);
    if (found == variables_.end()) return;
    if (check_.system.equate(dimension, found->second, source)) return;
    Misfit misfit{nullptr, source, dimension, found->second};
    if (target.valid()) misfit.labels.push_back({target, "it arrives here"});
    const Dimension wanted = check_.system.solved(found->second);
    const std::string unit = check_.messages.unit(wanted);
    if (check_.system.solved(dimension).is_number() && powers_of_unit(unit))
        misfit.notes.push_back(
            target.valid()
                ? fmt::format("arrays and spikes are numbers; `-> scale(1{}) ->` gives them a unit",
                              unit)
                : fmt::format("spikes and weights are numbers; `recurrent scale(1{0})` gives a "
                              "unit, and so does `pop -> delay(1) -> dense(n) -> scale(1{0}) -> "
                              "pop`",
                              unit));
    check_.messages.report(misfit, [&](const std::string& got, const std::string& needed) {
        return fmt::format("`{}` of `{}` takes {}, but {} arrives", port, cell_.name.text, needed,
                           got);
    });
}

}  // namespace snnc::frontend
