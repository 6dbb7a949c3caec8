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
    if (reads_held(part, own)) go_on_while_held(part, own, rest, results);
}

// ---- held states ---------------------------------------------------------------------------

/// Does an equation depend on a state that is sometimes held, without being held itself?
bool Group::reads_held(const Part& part, const SquareMatrix& a) const {
    for (std::size_t i = 0; i < part.size(); ++i)
        for (std::size_t j = 0; j < part.size(); ++j)
            if (a(i, j).valid() && is_held(part[j]) && !is_held(part[i])) return true;
    return false;
}

/// Where the cell is held, the held states' own rows are 0 and the others see constants.
void Group::go_on_while_held(const Part& part, SquareMatrix a, std::vector<ExprId> b,
                             std::vector<Value>& results) {
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (!is_held(part[i])) continue;
        b[i] = pool_.constant(0);
        for (std::size_t j = 0; j < part.size(); ++j) a(i, j) = {};
    }
    const auto held = stepped(part, a, b, ".held");
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (is_held(part[i])) continue;
        const Term free = term(results[part[i]].expr);
        results[part[i]] = value_of(ir::select(term(site_.is_held), held[i], free));
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
