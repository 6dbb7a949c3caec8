// `solve exact`: groups of equations that are linear in their states.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/solver_group.h"

namespace snnc::frontend {

using ir::ExprId;

std::vector<Value> Group::exact() {
    SquareMatrix a(size());
    std::vector<ExprId> b(size());
    bool sound = true;
    for (std::size_t i = 0; i < size(); ++i) {
        if (sums_along_step(i, {})) {
            report_sum(i);
            sound = false;
            continue;
        }
        const auto form = linear_form(pool_, right_sides_[i]);
        if (!form) {
            report_not_linear(i);
            sound = false;
            continue;
        }
        for (const auto& [state, factor] : form->factors) a(i, *index_of(state)) = factor;
        b[i] = form->rest;
    }
    std::vector<Value> results(size());
    if (!sound) return results;
    for (const Part& part : coupled_parts(a)) exact_part(part, a, b, results);
    return results;
}

void Group::exact_part(const Part& part, const SquareMatrix& a, const std::vector<ExprId>& b,
                       std::vector<Value>& results) {
    SquareMatrix own(part.size());
    std::vector<ExprId> rest;
    for (std::size_t i = 0; i < part.size(); ++i) {
        rest.push_back(b[part[i]]);
        for (std::size_t j = 0; j < part.size(); ++j) own(i, j) = a(part[i], part[j]);
    }
    if (!all_numbers(pool_, own))
        if (const auto i = on_cycle(own)) return report_entangled(part[*i]);
    const auto free = stepped(part, own, rest, "");
    for (std::size_t i = 0; i < part.size(); ++i) results[part[i]] = value_of(free[i]);
    go_on_while_held(part, own, rest, results);
}

// ---- held states ---------------------------------------------------------------------------

/// The conditions under which states of the part stand still, each once.
std::vector<ExprId> Group::held_conditions(const Part& part) const {
    std::vector<ExprId> conditions;
    for (const std::size_t i : part) {
        const ExprId condition = equations_[i].is_held;
        const bool known =
            std::find(conditions.begin(), conditions.end(), condition) != conditions.end();
        if (condition.valid() && !known) conditions.push_back(condition);
    }
    return conditions;
}

/// For each way in which states can be held together; a choice of more conditions comes later and
/// goes before.
void Group::go_on_while_held(const Part& part, const SquareMatrix& a, const std::vector<ExprId>& b,
                             std::vector<Value>& results) {
    const std::vector<ExprId> all = held_conditions(part);
    for (std::size_t choice = 1; choice < std::size_t(1) << all.size(); ++choice) {
        std::vector<ExprId> chosen;
        for (std::size_t k = 0; k < all.size(); ++k)
            if (choice >> k & 1) chosen.push_back(all[k]);
        const std::string number = choice == 1 ? "" : std::to_string(choice);
        go_on_while(chosen, part, a, b, ".held" + number, results);
    }
}

/// Where all conditions hold, the rows of the states that they hold are 0 and the others, if they
/// depend on these, see constants.
void Group::go_on_while(const std::vector<ExprId>& conditions, const Part& part, SquareMatrix a,
                        std::vector<ExprId> b, const std::string& suffix,
                        std::vector<Value>& results) {
    const auto stands = [&](std::size_t i) {
        return std::find(conditions.begin(), conditions.end(), equations_[part[i]].is_held) !=
               conditions.end();
    };
    bool matters = false;
    for (std::size_t i = 0; i < part.size(); ++i)
        for (std::size_t j = 0; j < part.size(); ++j)
            matters = matters || (a(i, j).valid() && stands(j) && !stands(i));
    if (!matters) return;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (!stands(i)) continue;
        b[i] = pool_.constant(0);
        for (std::size_t j = 0; j < part.size(); ++j) a(i, j) = {};
    }
    ExprId together = conditions[0];
    for (std::size_t k = 1; k < conditions.size(); ++k)
        together = pool_.make(ir::Op::And, together, conditions[k]);
    const auto held = stepped(part, a, b, suffix);
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (stands(i)) continue;
        const Term free = term(results[part[i]].expr);
        results[part[i]] = value_of(ir::select(term(together), held[i], free));
    }
}

// ---- one step ------------------------------------------------------------------------------

bool Group::varies(const SquareMatrix& a) const {
    return std::any_of(a.entries.begin(), a.entries.end(), [&](ExprId entry) {
        return entry.valid() && extent(context_, Value(entry)).per_step;
    });
}

/// x(dt) = P*x(0) + G*b. Where the matrix differs from step to step x(0) + G*(A*x(0) + b), the
/// same, needs only one of the two.
std::vector<Group::Term> Group::stepped(const Part& part, const SquareMatrix& a,
                                        const std::vector<ExprId>& b, const std::string& suffix) {
    const std::size_t n = part.size();
    const bool by_increments = varies(a);
    std::vector<Term> slopes;
    Needed needed;
    for (std::size_t i = 0; i < n; ++i) {
        Term slope = term(b[i]);
        for (std::size_t j = 0; j < n; ++j)
            if (a(i, j).valid())
                slope = slope + term(a(i, j)) * at_start(equations_[part[j]].state);
        slopes.push_back(slope);
        needed.decay.push_back(!by_increments);
        needed.gain.push_back(!(by_increments ? slope.is(0) : term(b[i]).is(0)));
    }
    const Propagators next =
        propagators(pool_, a, context_.network.dt, needed,
                    [&](const Term& value, std::size_t row, const std::string& word) {
                        return named(value, part[row], word + suffix);
                    });
    std::vector<Term> results;
    for (std::size_t i = 0; i < n; ++i)
        results.push_back(by_increments ? increment(part, next, slopes, i, suffix)
                                        : propagated(part, next, b, i, suffix));
    return results;
}

/// An entry of P or G; 0 if there is none.
Group::Term Group::coefficient(const Part& part, const SquareMatrix& matrix, std::size_t i,
                               std::size_t j, const std::string& word) {
    if (!matrix(i, j).valid()) return term(pool_.constant(0));
    const std::string from = i == j ? "" : "_" + name(part[j]);
    return named(term(matrix(i, j)), part[i], word + from);
}

Group::Term Group::propagated(const Part& part, const Propagators& next,
                              const std::vector<ExprId>& b, std::size_t i,
                              const std::string& suffix) {
    Term sum = term(pool_.constant(0));
    double constant = 0;
    for (std::size_t j = 0; j < part.size(); ++j)
        sum = sum + coefficient(part, next.decay, i, j, "decay" + suffix) *
                        at_start(equations_[part[j]].state);
    for (std::size_t j = 0; j < part.size(); ++j) {
        if (pool_.is_constant(b[j], 0)) continue;
        const Term gain = coefficient(part, next.gain, i, j, "gain" + suffix);
        if (pool_.is_constant(gain.id()) && pool_.is_constant(b[j]))
            constant += pool_[gain.id()].constant * pool_[b[j]].constant;
        else
            sum = sum + gain * term(b[j]);
    }
    return constant == 0 ? sum : sum + constant;
}

Group::Term Group::increment(const Part& part, const Propagators& next,
                             const std::vector<Term>& slopes, std::size_t i,
                             const std::string& suffix) {
    Term sum = at_start(equations_[part[i]].state);
    for (std::size_t j = 0; j < part.size(); ++j)
        if (!slopes[j].is(0))
            sum = sum + coefficient(part, next.gain, i, j, "gain" + suffix) * slopes[j];
    return sum;
}

}  // namespace snnc::frontend
