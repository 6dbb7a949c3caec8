// Which equations a cell may have and must have: one for each state and output, at `[t]`.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/elaborate_cells.h"

namespace snnc::frontend {

bool CellUse::check_equation_target(const Equation& equation) {
    const std::string& name = equation.name.text;
    if (refused_.count(name)) {
        defined_.emplace(name, equation.name.range);
        return false;
    }
    const bool takes_one = state_members_.count(name) ||
                           std::any_of(outputs_.begin(), outputs_.end(),
                                       [&](const Name* output) { return output->text == name; });
    if (!takes_one) {
        context_
            .error(Code::MisplacedEquation, equation.name.range,
                   fmt::format("only states and outputs have equations, and `{}` is neither", name))
            .label(names_.at(name), "declared here");
        return false;
    }
    // `v[0] = 1; v[1] = …` are no two equations: each of them is none.
    const bool present = check_equation_index(equation);
    const auto [place, is_new] = defined_.emplace(name, equation.name.range);
    if (!is_new && present) report_second_equation(name, equation.name.range, place->second);
    return present && is_new;
}

void CellUse::report_second_equation(const std::string& name, SourceRange here, SourceRange other) {
    if (here.begin < other.begin) std::swap(here, other);
    auto report =
        context_.error(Code::SecondEquation, here, fmt::format("`{}` has two equations", name));
    report.label(other, "the first stands here");
    if (state_members_.count(name))
        report.note(fmt::format("what a spike does is written `on s: {} = 0`", name));
}

/// Only `[t]` may stand on the left side.
bool CellUse::check_equation_index(const Equation& equation) {
    if (!equation.index) return true;
    const auto& cuts = equation.index->cuts;
    const Name* word =
        cuts.size() == 1 && !cuts[0].is_slice && cuts[0].begin ? as_word(*cuts[0].begin) : nullptr;
    if (word && word->text == "t") return true;
    const bool number = cuts.size() == 1 && !cuts[0].is_slice && cuts[0].begin &&
                        std::holds_alternative<Number>(cuts[0].begin->node);
    context_
        .error(Code::WrongTimeIndex, equation.index->range,
               "an equation says the value at `[t]`, not at another step")
        .note(number ? fmt::format("the value before the first step is given by `state {} = 1`",
                                   equation.name.text)
                     : fmt::format("on its right side the step before is `{}[t-1]`",
                                   equation.name.text));
    return false;
}

/// An equation without a declaration is one mistake, whatever reads its name.
void CellUse::check_undeclared_equations() {
    for (const EquationPlace& place : equations_) {
        const Name& name = place.equation->name;
        if (names_.count(name.text) || refused_.count(name.text)) continue;
        std::vector<std::string> known;
        for (const Name* state : states_) known.push_back(state->text);
        for (const Name* output : outputs_) known.push_back(output->text);
        const std::string message =
            fmt::format("`{}` declares no state or output `{}`", cell_.name.text, name.text);
        // What it may have been meant for is not reported again as lacking its equation.
        if (report_derivative(name, message)) continue;
        const auto near = nearest_names(name.text, known);
        if (near.size() == 1 && lacks_equation(near[0])) defined_.emplace(near[0], name.range);
        if (near.empty())
            context_.error(Code::UnknownName, name.range, message)
                .note(name.text == "refractory"
                          ? "`refractory 5ms: v` holds `v` after a spike"
                          : fmt::format("a state is declared by `state {} = 0`", name.text));
        else
            context_.unknown(name, message, known);
        refused_.insert(name.text);
    }
}

/// Is there no line that begins with the name?
bool CellUse::lacks_equation(const std::string& name) const {
    return std::none_of(
               equations_.begin(), equations_.end(),
               [&](const EquationPlace& place) { return place.equation->name.text == name; }) &&
           std::none_of(differentials_.begin(), differentials_.end(),
                        [&](const DifferentialPlace& place) { return place.state == name; });
}

/// `dv = …` for `dv/dt = …`
bool CellUse::report_derivative(const Name& name, const std::string& message) {
    const std::string state = name.text.substr(name.text.starts_with("d") ? 1 : 0);
    if (state == name.text || !state_members_.count(state) || !lacks_equation(state)) return false;
    context_.error(Code::UnknownName, name.range, message)
        .note(fmt::format("a derivative is written `d{}/dt`", state))
        .edit(name.range, fmt::format("d{}/dt", state));
    refused_.insert(name.text);
    defined_.emplace(state, name.range);
    return true;
}

void CellUse::check_values(const OptionMember& option) {
    std::map<std::string, SourceRange> seen;
    for (const Name& value : option.values) {
        const auto [place, is_new] = seen.emplace(value.text, value.range);
        if (is_new) continue;
        context_
            .error(Code::DuplicateName, value.range,
                   fmt::format("the value `{}` stands twice", value.text))
            .label(place->second, "first given here");
    }
}

void CellUse::check_missing_equations() {
    const auto check = [&](const Name& name, const char* kind) {
        if (defined_.count(name.text)) return;
        context_
            .error(Code::MissingEquation, name.range,
                   fmt::format("the {} `{}` has no equation", kind, name.text))
            .note(fmt::format("it is written `{}[t] = …`", name.text));
        defined_.emplace(name.text, name.range);
    };
    for (const Name* state : states_) check(*state, "state");
    for (const Name* output : outputs_) check(*output, "output");
}

/// An equation that brings together times and the step, which has no unit where the network does
/// not give it one (language.md 8.9). `in_steps`: the equation means `dt` without reading it.
void CellUse::check_time_step(const SourceRange& equation, bool in_steps) {
    const Context::TimeReads reads = std::exchange(context_.time_reads, {});
    if (context_.has_dt || lacks_time_step_ || !reads.time.valid()) return;
    if (!in_steps && !reads.dt.valid()) return;
    lacks_time_step_ = true;
    auto report = context_.error(
        Code::MissingTimeStep, site_.range,
        fmt::format("`{}` has times, but the network does not say how long a step is",
                    cell_.name.text));
    report.label(equation, "a time meets the step here");
    const bool inside = reads.time.file == equation.file && reads.time.begin >= equation.begin &&
                        reads.time.end <= equation.end;
    if (!inside) report.label(reads.time, "the time");
    report.note("a setting of the network says it: `dt = 1ms`");
}

void CellUse::report_let_cycle(const Name& name) {
    std::vector<const Name*> cycle(std::find_if(open_lets_.begin(), open_lets_.end(),
                                                [&](const Name* let) { return let == &name; }),
                                   open_lets_.end());
    std::rotate(cycle.begin(),
                std::min_element(
                    cycle.begin(), cycle.end(),
                    [](const Name* a, const Name* b) { return a->range.begin < b->range.begin; }),
                cycle.end());
    std::string path;
    for (const Name* let : cycle) path += fmt::format("`{}` needs ", let->text);
    auto report = context_.error(Code::Cycle, cycle[0]->range,
                                 fmt::format("within one step {}`{}`", path, cycle[0]->text));
    for (std::size_t i = 1; i < cycle.size(); ++i)
        report.label(cycle[i]->range, "and this belongs to the cycle");
    report.note("a value of the step before is kept by a state, `v[t-1]`");
}

}  // namespace snnc::frontend
