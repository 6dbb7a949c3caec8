#include "frontend/propagators.h"

#include <cmath>

#include "frontend/exponential.h"
#include "frontend/linear_form.h"
#include "frontend/matrix_exponential.h"
#include "ir/expr/value.h"

namespace snnc::frontend {

using ir::ExprId;
using Term = ir::Value;

// ---- which equations depend on which -------------------------------------------------------

std::vector<std::vector<std::size_t>> coupled_parts(const SquareMatrix& a) {
    std::vector<std::vector<std::size_t>> parts;
    std::vector<bool> seen(a.size, false);
    for (std::size_t first = 0; first < a.size; ++first) {
        std::vector<std::size_t> open{first};
        std::vector<bool> in_part(a.size, false);
        while (!open.empty() && !seen[first]) {
            const std::size_t i = open.back();
            open.pop_back();
            if (in_part[i]) continue;
            in_part[i] = true;
            for (std::size_t j = 0; j < a.size; ++j)
                if (a(i, j).valid() || a(j, i).valid()) open.push_back(j);
        }
        if (seen[first]) continue;
        parts.emplace_back();
        for (std::size_t i = 0; i < a.size; ++i) {
            if (!in_part[i]) continue;
            seen[i] = true;
            parts.back().push_back(i);
        }
    }
    return parts;
}

namespace {

/// reached[i*n + j]: does equation i depend on state j, directly or through others?
std::vector<bool> dependence(const SquareMatrix& a) {
    const std::size_t n = a.size;
    std::vector<bool> reached(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) reached[i * n + j] = a(i, j).valid() && i != j;
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (reached[i * n + k] && reached[k * n + j]) reached[i * n + j] = true;
    return reached;
}

}  // namespace

std::optional<std::size_t> on_cycle(const SquareMatrix& a) {
    const auto reached = dependence(a);
    for (std::size_t i = 0; i < a.size; ++i)
        if (reached[i * a.size + i]) return i;
    return std::nullopt;
}

bool all_numbers(const ir::ExprPool& pool, const SquareMatrix& a) {
    for (const ExprId entry : a.entries)
        if (entry.valid() && !pool.is_constant(entry)) return false;
    return true;
}

// ---- numbers -------------------------------------------------------------------------------

namespace {

Propagators single(ir::ExprPool& pool, const SquareMatrix& a, double dt) {
    const double rate = a(0, 0).valid() ? pool[a(0, 0)].constant : 0;
    Propagators propagators{SquareMatrix(1), SquareMatrix(1)};
    propagators.decay(0, 0) = pool.constant(std::exp(rate * dt));
    propagators.gain(0, 0) = pool.constant(rate == 0 ? dt : std::expm1(rate * dt) / rate);
    return propagators;
}

/// exp of [[A, 1], [0, 0]]*dt is [[P, G], [0, 1]] (C. F. Van Loan, Computing integrals involving
/// the matrix exponential, 1978). What no dependence can reach is 0 whatever the rounding.
Propagators numeric(ir::ExprPool& pool, const SquareMatrix& a, double dt) {
    const std::size_t n = a.size, width = 2 * n;
    if (n == 1) return single(pool, a, dt);
    std::vector<double> augmented(width * width, 0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            if (a(i, j).valid()) augmented[i * width + j] = pool[a(i, j)].constant * dt;
        augmented[i * width + n + i] = dt;
    }
    const std::vector<double> result = matrix_exponential(augmented, width);
    const auto reached = dependence(a);
    Propagators propagators{SquareMatrix(n), SquareMatrix(n)};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            if (i != j && !reached[i * n + j]) continue;
            propagators.decay(i, j) = pool.constant(result[i * width + j]);
            propagators.gain(i, j) = pool.constant(result[i * width + n + j]);
        }
    return propagators;
}

// ---- formulas ------------------------------------------------------------------------------

/// The entries of f(A*dt) for a triangular A are sums over the paths i = k0 -> … -> km = j of
/// dependence of a(k0, k1)*…*a(k(m-1), km)*dt^m * f[z0, …, zm], where z are the entries of the
/// diagonal times dt (C. Davis, Explicit functional calculus, 1973). For the integral f is
/// dt*phi1, and phi1[z0, …, zm] = exp[z0, …, zm, 0].
class Triangular {
 public:
    Triangular(ir::ExprPool& pool, const SquareMatrix& a, double dt, const Needed& needed,
               const NameInRow& name)
        : pool_(pool),
          a_(a),
          dt_(dt),
          needed_(needed),
          name_(name),
          result_{SquareMatrix(a.size), SquareMatrix(a.size)} {
        for (std::size_t i = 0; i < a.size; ++i) {
            const Term exponent(pool, folded(pool, (entry(i, i) * dt).id()));
            exponents_.push_back(name(exponent, i, "exponent"));
        }
    }

    Propagators run() {
        for (std::size_t i = 0; i < a_.size; ++i)
            extend(i, i, {exponents_[i]}, Term(pool_, pool_.constant(1)));
        return result_;
    }

 private:
    Term entry(std::size_t i, std::size_t j) {
        const ExprId entry = a_(i, j);
        return {pool_, entry.valid() ? entry : pool_.constant(0)};
    }

    void extend(std::size_t from, std::size_t to, const std::vector<Term>& nodes,
                const Term& product) {
        if (needed_.decay[to]) add(result_.decay(from, to), product, nodes, from);
        if (needed_.gain[to]) {
            std::vector<Term> with_zero = nodes;
            with_zero.push_back(product.constant(0));
            add(result_.gain(from, to), product * dt_, with_zero, from);
        }
        for (std::size_t next = 0; next < a_.size; ++next) {
            if (next == to || !a_(to, next).valid()) continue;
            std::vector<Term> longer = nodes;
            longer.push_back(exponents_[next]);
            extend(from, next, longer, product * (entry(to, next) * dt_));
        }
    }

    void add(ExprId& sum, const Term& factor, const std::vector<Term>& nodes, std::size_t row) {
        const Term difference =
            divided_difference_of_exp(nodes, [&](const Term& value, const std::string& word) {
                const Term short_form(pool_, folded_throughout(pool_, value.id()));
                return name_(short_form, row, word);
            });
        const Term term = factor * difference;
        const Term total = sum.valid() ? Term(pool_, sum) + term : term;
        sum = folded_throughout(pool_, total.id());
    }

    ir::ExprPool& pool_;
    const SquareMatrix& a_;
    double dt_;
    const Needed& needed_;
    const NameInRow& name_;
    std::vector<Term> exponents_;
    Propagators result_;
};

}  // namespace

Propagators propagators(ir::ExprPool& pool, const SquareMatrix& a, double dt, const Needed& needed,
                        const NameInRow& name) {
    if (all_numbers(pool, a)) return numeric(pool, a, dt);
    return Triangular(pool, a, dt, needed, name).run();
}

}  // namespace snnc::frontend
