// Differential equations of cells: collected, read, and handed to the solvers in groups.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/ast_walk.h"
#include "frontend/elaborate_cells.h"
#include "frontend/linear_form.h"

namespace snnc::frontend {

void CellUse::collect_differential(const DifferentialEquation& equation, const SourceRange& range) {
    // The parser has seen to the `d`.
    const std::string state = equation.numerator.text.substr(1);
    differentials_.push_back({&equation, state, range});
    differential_states_.insert(state);
}

/// Whose derivative and which solver: before anything is evaluated.
void CellUse::check_differentials() {
    std::erase_if(differentials_, [&](const DifferentialPlace& place) {
        const bool sound = check_differential(*place.equation, place.state);
        if (!sound) differential_states_.erase(place.state);
        return !sound;
    });
}

bool CellUse::check_differential(const DifferentialEquation& equation, const std::string& state) {
    const SourceRange& place = equation.numerator.range;
    if (refused_.count(state)) return false;
    if (!state_members_.count(state)) {
        report_no_state({state, {place.file, place.begin + 1, place.end}},
                        "only states have differential equations");
        defined_.emplace(state, place);  // the mistake was told
        return false;
    }
    const auto [first, is_new] = defined_.emplace(state, place);
    if (!is_new) report_second_equation(state, place, first->second);
    const bool known = !equation.solver || solver_named(equation.solver->text);
    if (!known)
        context_.unknown(*equation.solver,
                         fmt::format("there is no solver `{}`", equation.solver->text),
                         solver_names());
    return is_new && known;
}

/// A name on the left side of what only states have.
void CellUse::report_no_state(const Name& name, const std::string& rule) {
    if (refused_.count(name.text)) return;
    if (names_.count(name.text)) {
        context_
            .error(Code::MisplacedEquation, name.range,
                   fmt::format("{}, and `{}` is none", rule, name.text))
            .label(names_.at(name.text), "declared here");
        return;
    }
    std::vector<std::string> known;
    for (const Name* state : states_) known.push_back(state->text);
    const std::string message =
        fmt::format("`{}` declares no state `{}`", cell_.name.text, name.text);
    if (nearest_names(name.text, known).empty())
        context_.error(Code::UnknownName, name.range, message)
            .note(fmt::format("a state is declared by `state {} = 0`", name.text));
    else
        context_.unknown(name, message, known);
    refused_.insert(name.text);
}

void CellUse::define_differentials() {
    const auto held = [&](const std::string& state) {
        const auto found = held_states_.find(state);
        return found == held_states_.end() ? ir::ExprId{} : found->second.expr;
    };
    std::map<Solver, std::vector<const DifferentialPlace*>> groups;
    for (const DifferentialPlace& place : differentials_) {
        const auto& name = place.equation->solver;
        groups[name ? *solver_named(name->text) : Solver::Exact].push_back(&place);
    }
    for (const auto& [solver, places] : groups) {
        // Noise of a step is meant for a solver that takes one step at a time.
        takes_noise_ = solver == Solver::Euler || solver == Solver::ExpEuler;
        std::vector<Derivative> group;
        for (const DifferentialPlace* place : places)
            group.push_back({place->state, variables_.at(place->state), right_side(*place),
                             place->equation->solver.has_value(), held(place->state),
                             place->equation->value->range});
        const GroupSite site{site_.name, site_.shape, site_.range};
        const std::vector<Value> next = advance(context_, solver, group, site);
        for (std::size_t i = 0; i < next.size(); ++i)
            define_variable(places[i]->state, next[i], places[i]->range);
    }
}

Value CellUse::right_side(const DifferentialPlace& place) {
    const DifferentialEquation& equation = *place.equation;
    context_.time_reads = {};
    reading_ = Reading::AlongStep;
    noisy_equation_ = takes_noise_ ? place.state : "";
    Value value = expressions_.value(*equation.value, *this);
    noisy_equation_ = "";
    reading_ = Reading::Before;
    check_time_step(equation.value->range, true);
    if (!value.poisoned() && (value.is_tuple || value.is_class)) {
        context_.error(Code::WrongType, equation.value->range,
                       "an equation needs a number on its right side");
        return {};
    }
    return value;
}

// ---- lets ----------------------------------------------------------------------------------

namespace {

/// Is the index behind a name `[t]`, or absent?
bool means_now(const Path& path) {
    if (path.suffixes.empty()) return true;
    const auto* index = std::get_if<IndexSuffix>(&path.suffixes[0]);
    if (!index || index->cuts.size() != 1 || !index->cuts[0].begin) return false;
    const Name* word = as_word(*index->cuts[0].begin);
    return word && word->text == "t";
}

}  // namespace

bool CellUse::reads_along_step(const Expr& expr, std::set<std::string>& seen) const {
    bool found = false;
    for_each_expression(expr, [&](const Expr& part) {
        const auto* reference = std::get_if<Reference>(&part.node);
        if (!reference || !means_now(reference->path)) return;
        const std::string& name = reference->path.head.text;
        if (differential_states_.count(name)) found = true;
        if (const auto let = lets_.find(name); let != lets_.end() && seen.insert(name).second)
            found = reads_along_step(*let->second.member->value, seen) || found;
    });
    return found;
}

/// A `let` is a name for an expression: where it stands in a differential equation, the states in
/// it move along with the step.
Value CellUse::let_along_step(Let& let) {
    Value value = let_value(let);  // reports its mistakes
    std::set<std::string> seen;
    if (context_.dry > 0 || value.poisoned() || let.member->draws ||
        !reads_along_step(*let.member->value, seen))
        return value;
    return expressions_.value(*let.member->value, *this);
}

}  // namespace snnc::frontend
