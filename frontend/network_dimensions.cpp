#include "frontend/network_dimensions.h"

#include <fmt/format.h>

#include "frontend/ast_walk.h"
#include "frontend/declared_unit.h"
#include "frontend/elaborate_units.h"

namespace snnc::frontend {

// ---- names ---------------------------------------------------------------------------------

std::optional<NetworkDimensions::Given> NetworkDimensions::value_of(const std::string& name) {
    if (const auto found = given_.find(name); found != given_.end()) return found->second;
    for (const Default& parameter : network_.parameters)
        if (parameter.name.text == name) return Given{parameter.value.get(), this};
    return std::nullopt;
}

Dimension NetworkDimensions::member(const Path& path) {
    const std::string& name = path.head.text;
    const auto value = value_of(name);
    if (!value) return Dimension::any();
    const auto [place, is_new] = members_.emplace(name, Dimension::any());  // in a circle: any
    if (is_new) place->second = check_.expressions.of(*value->value, *value->where);
    return place->second;
}

std::optional<double> NetworkDimensions::constant(const std::string& name) {
    const auto value = value_of(name);
    if (!value) return std::nullopt;
    const auto [place, is_new] = constants_.emplace(name, std::nullopt);
    if (is_new) place->second = ExpressionDimensions::constant(*value->value, *value->where);
    return place->second;
}

Dimension NetworkDimensions::dt() { return check_.step(writes_times()); }

/// Beside its step: a file without other times counts steps.
bool NetworkDimensions::writes_times() const {
    bool found = false;
    const auto look = [&](const Expr& expr) {
        found = found || writes_units(expr, check_.declarations, true);
    };
    for (const Default& parameter : network_.parameters) look(*parameter.value);
    for (const NetworkStatement& statement : network_.statements) {
        const auto* chain = std::get_if<Chain>(&statement.node);
        if (!chain) continue;
        for (const Element& element : chain->elements)
            for (const Suffix& suffix : element.path.suffixes)
                if (const auto* call = std::get_if<CallSuffix>(&suffix))
                    for (const Argument& argument : call->arguments) look(*argument.value.value);
    }
    return found;
}

// ---- settings ------------------------------------------------------------------------------

const Expr* NetworkDimensions::setting(const std::string& name) const {
    for (const NetworkStatement& statement : network_.statements)
        if (const auto* setting = std::get_if<Setting>(&statement.node))
            if (setting->name.text == name) return setting->value.get();
    return nullptr;
}

void NetworkDimensions::check_settings() {
    check_.step_length = {StepLength::Kind::Absent, {}, nullptr};
    if (const Expr* dt = setting("dt")) check_step(*dt);
    if (const Expr* steps = setting("steps")) check_steps(*steps);
    if (const Expr* duration = setting("duration")) check_length(*duration, "the duration");
    for (const NetworkStatement& statement : network_.statements) {
        if (const auto* input = std::get_if<NetworkInput>(&statement.node)) {
            check_shape(input->input.type.shape);
            if (!input->input.interval) continue;
            check_number(*input->input.interval->low, "arrays hold numbers; a bound is");
            check_number(*input->input.interval->high, "arrays hold numbers; a bound is");
        }
        if (const auto* population = std::get_if<PopulationDecl>(&statement.node))
            for (const Suffix& suffix : population->cell.suffixes)
                if (const auto* index = std::get_if<IndexSuffix>(&suffix)) check_shape(index->cuts);
    }
}

void NetworkDimensions::check_shape(const std::vector<Cut>& shape) {
    for (const Cut& cut : shape)
        if (cut.begin && !cut.is_slice) check_number(*cut.begin, "an extent is");
}

/// A time, or a number where the file counts without units.
void NetworkDimensions::check_step(const Expr& dt) {
    UnknownNames without_dt;
    check_.step_length = {StepLength::Kind::Written, Dimension::any(), &dt};
    Dimension step = check_.system.solved(check_.expressions.of(dt, *this));
    if (!step.is_number() &&
        !check_.expressions.fits(dt, step, time_dimension(), without_dt,
                                 [&](const std::string& got, const std::string&) {
                                     return fmt::format("a step is a time, but `{}` is {}",
                                                        check_.messages.text(dt.range), got);
                                 }))
        step = Dimension::any();
    check_.step_length.dimension = step;
}

void NetworkDimensions::check_steps(const Expr& steps) {
    const Dimension got = check_.expressions.of(steps, *this);
    if (!is_time(steps)) return check_number(steps, "`steps` is");
    const std::string text = check_.messages.text(steps.range);
    check_.messages.report({&steps,
                            steps.range,
                            got,
                            {},
                            {},
                            {},
                            {fmt::format("a time is given by `duration = {}`", text)}},
                           [&](const std::string& got_text, const std::string&) {
                               return fmt::format("`steps` is a number, but `{}` is {}", text,
                                                  got_text);
                           });
}

void NetworkDimensions::check_number(const Expr& expr, const std::string& what) {
    check_.expressions.number(expr, *this, what);
}

Dimension NetworkDimensions::known(const Expr& expr) {
    const DimensionMessages::Muted muted(check_.messages);
    return check_.system.solved(check_.expressions.of(expr, *this));
}
bool NetworkDimensions::is_time(const Expr& expr) { return known(expr).same(time_dimension()); }
bool NetworkDimensions::is_number(const Expr& expr) {
    const Dimension dimension = known(expr);
    return dimension.is_number() || dimension.is_any();
}

double NetworkDimensions::unit(const Expr& expr) {
    if (is_number(expr)) return 1;
    return declared_unit(expr, [](const std::string&) { return std::optional<double>(); })
        .value_or(1);
}

void NetworkDimensions::check_length(const Expr& expr, const std::string& what) {
    const Dimension got = check_.expressions.of(expr, *this);
    const std::string text = check_.messages.text(expr.range);
    if (check_.step_length.kind == StepLength::Kind::Absent && is_time(expr)) {
        check_.messages.report(
            {&expr, expr.range, got, {}, {}, {}, {"a setting says it: `dt = 1ms`"}},
            [&](const std::string& got_text, const std::string&) {
                return fmt::format("{} `{}` is {}, but the network does not say how long a step is",
                                   what, text, got_text);
            });
        return;
    }
    check_.expressions.fits(expr, got, check_.step(is_time(expr)), *this,
                            [&](const std::string& got_text, const std::string& wanted) {
                                return fmt::format("{} `{}` is {}, and a step is {}", what, text,
                                                   got_text, wanted);
                            });
}

}  // namespace snnc::frontend
