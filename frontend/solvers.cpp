#include "frontend/solvers.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/solver_group.h"

namespace snnc::frontend {

using ir::Op;

const std::vector<std::string>& solver_names() {
    static const std::vector<std::string> names{"exact", "exp_euler", "euler", "rk2", "rk4"};
    return names;
}

std::optional<Solver> solver_named(const std::string& name) {
    const auto& names = solver_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return Solver(found - names.begin());
}

// ---- terms ---------------------------------------------------------------------------------

Group::Group(Context& context, const std::vector<Derivative>& equations, const GroupSite& site)
    : context_(context), pool_(context.network.pool), equations_(equations), site_(site) {
    // States of other groups stand for their values at the beginning of the step.
    for (const Derivative& equation : equations_) {
        right_sides_.push_back(ir::rewrite_leaves(
            pool_, equation.value.expr, [&](ir::ExprId id, const ir::ExprNode& node) {
                const bool other =
                    node.op == Op::Read && node.lag == along_step && !index_of(node.tensor);
                return other ? at_start(node.tensor).id() : id;
            }));
        find_sums(right_sides_.back());
    }
    for (const auto& [id, sum] : sums_)
        if (!sum_reads(sum, {})) made(id, [&](ir::TensorId state) { return at_start(state); });
}

ir::ExprId Group::replaced(ir::ExprId expr, const Replacement& value) {
    if (!expr.valid()) return expr;
    return ir::rewrite_leaves(pool_, expr, [&](ir::ExprId id, const ir::ExprNode& node) {
        if (node.op != Op::Read) return id;
        if (node.lag == along_step) return value(node.tensor).id();
        return sums_.count(node.tensor) ? pool_.read(made(node.tensor, value)) : id;
    });
}

std::vector<Value> Group::advance(Solver solver) {
    switch (solver) {
        case Solver::Exact: return exact();
        case Solver::ExpEuler: return exp_euler();
        case Solver::Euler: return euler();
        case Solver::Rk2: return rk2();
        case Solver::Rk4: return rk4();
    }
    return {};
}

std::optional<std::size_t> Group::index_of(ir::TensorId state) const {
    for (std::size_t i = 0; i < size(); ++i)
        if (equations_[i].state == state) return i;
    return std::nullopt;
}

std::optional<LinearForm> Group::form_in_itself(std::size_t i) {
    const ir::TensorId own = equations_[i].state;
    return linear_form(pool_, replaced(right_sides_[i], [&](ir::TensorId state) {
                           return state == own ? along(state) : at_start(state);
                       }));
}

Value Group::value_of(const Term& term) const {
    Value value(term.id());
    ir::for_each_read(pool_, term.id(), [&](const ir::ExprNode& read) {
        if (!context_.network[read.tensor].shape.empty()) value.shape = site_.shape;
    });
    return value;
}

Group::Term Group::named(const Term& term, std::size_t i, const std::string& word) {
    const Op op = pool_[term.id()].op;
    if (op == Op::Constant || op == Op::Read) return term;
    if (const auto known = named_.find(term.id()); known != named_.end()) return known->second;
    const Value value = value_of(term);
    const ir::TensorId tensor = helper(context_, fmt::format("{}.{}.{}", site_.name, name(i), word),
                                       value.shape, extent(context_, value), equations_[i].range);
    context_.define(tensor, ir::Formula{term.id()});
    return named_.emplace(term.id(), Term(pool_, pool_.read(tensor))).first->second;
}

// ---- solvers -------------------------------------------------------------------------------

/// Each equation by itself, exactly, with the other states as they are at the beginning.
std::vector<Value> Group::exp_euler() {
    std::vector<Value> results(size());
    for (std::size_t i = 0; i < size(); ++i) {
        if (sums_along_step(i, equations_[i].state)) {
            report_sum(i);
            continue;
        }
        const auto form = form_in_itself(i);
        if (!form) {
            report_not_linear_in_itself(i);
            continue;
        }
        SquareMatrix a(1);
        if (!form->factors.empty()) a(0, 0) = form->factors.begin()->second;
        results[i] = value_of(stepped({i}, a, {form->rest}, "")[0]);
    }
    return results;
}

std::vector<Value> Group::euler() {
    std::vector<Value> results;
    for (std::size_t i = 0; i < size(); ++i) {
        const Term slope =
            term(replaced(right_sides_[i], [&](ir::TensorId state) { return at_start(state); }));
        results.push_back(value_of(at_start(equations_[i].state) + dt() * slope));
    }
    return results;
}

/// The slopes where every state has moved on by `length` along `slopes`; named `word`.
std::vector<Group::Term> Group::slopes_after(const std::vector<Term>& slopes, const Term& length,
                                             const std::string& word) {
    std::vector<Term> result;
    for (std::size_t i = 0; i < size(); ++i) {
        Term slope = term(replaced(right_sides_[i], [&](ir::TensorId state) {
            const Term start = at_start(state);
            const auto own = index_of(state);
            return slopes.empty() || !own ? start : start + length * slopes[*own];
        }));
        if (is_held(i)) slope = ir::select(term(equations_[i].is_held), slope.constant(0), slope);
        result.push_back(named(slope, i, word));
    }
    return result;
}

/// The midpoint rule.
std::vector<Value> Group::rk2() {
    const auto k1 = slopes_after({}, dt(), "k1");
    const auto k2 = slopes_after(k1, dt(0.5), "k2");
    std::vector<Value> results;
    for (std::size_t i = 0; i < size(); ++i)
        results.push_back(value_of(at_start(equations_[i].state) + dt() * k2[i]));
    return results;
}

/// The classical method of order 4.
std::vector<Value> Group::rk4() {
    const auto k1 = slopes_after({}, dt(), "k1");
    const auto k2 = slopes_after(k1, dt(0.5), "k2");
    const auto k3 = slopes_after(k2, dt(0.5), "k3");
    const auto k4 = slopes_after(k3, dt(), "k4");
    std::vector<Value> results;
    for (std::size_t i = 0; i < size(); ++i)
        results.push_back(value_of(at_start(equations_[i].state) +
                                   dt(1.0 / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i])));
    return results;
}

// ---- what cannot be solved -----------------------------------------------------------------

void Group::offer(DiagnosticBuilder& report, std::size_t i) {
    if (form_in_itself(i))
        report.note("`solve exp_euler` takes equations that are linear in their own state");
    report.note("`solve euler`, `solve rk2` and `solve rk4` take every equation");
}

void Group::report_not_linear(std::size_t i) {
    const Derivative& equation = equations_[i];
    auto report = context_.error(
        Code::NoSolution, equation.range,
        equation.solver_chosen
            ? fmt::format("`solve exact` needs equations that are linear in the states, and "
                          "that of `{}` is not",
                          equation.name)
            : fmt::format("the equation of `{}` is not linear in the states, so it must say "
                          "how it is solved",
                          equation.name));
    offer(report, i);
}

void Group::report_entangled(std::size_t i) {
    const Derivative& equation = equations_[i];
    auto report = context_.error(
        Code::NoSolution, equation.range,
        fmt::format("`{}` and other states depend on each other, and not all of their factors "
                    "are numbers known before the run; such a system has no exact solution "
                    "here",
                    equation.name));
    offer(report, i);
}

void Group::report_not_linear_in_itself(std::size_t i) {
    const Derivative& equation = equations_[i];
    context_
        .error(Code::NoSolution, equation.range,
               fmt::format("`solve exp_euler` needs an equation that is linear in its own "
                           "state, and that of `{}` is not",
                           equation.name))
        .note("`solve euler`, `solve rk2` and `solve rk4` take every equation");
}

void Group::report_sum(std::size_t i) {
    const Derivative& equation = equations_[i];
    context_
        .error(Code::NoSolution, equation.range,
               fmt::format("the equation of `{}` sums a state over the cells along the step, and "
                           "this solver advances each cell by itself",
                           equation.name))
        .note("`solve euler`, `solve rk2` and `solve rk4` take every equation")
        .note("the state before the step can be summed in all of them, `mean(v[t-1])`");
}

std::vector<Value> advance(Context& context, Solver solver, const std::vector<Derivative>& group,
                           const GroupSite& site) {
    const bool poisoned = std::any_of(group.begin(), group.end(), [](const Derivative& equation) {
        return equation.value.poisoned();
    });
    if (poisoned) return std::vector<Value>(group.size());
    return Group(context, group, site).advance(solver);
}

}  // namespace snnc::frontend
