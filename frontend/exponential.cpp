#include "frontend/exponential.h"

#include <utility>

#include "frontend/linear_form.h"

namespace snnc::frontend {

using ir::Op;
using Term = ir::Value;

namespace {

/// Below this |z|, phi1 is its series: the derivative of the quotient loses 1/|z| of its digits.
constexpr double near_zero = 0.1;
/// 0.1^11/12! is below half a unit in the last place of a double.
constexpr int phi1_terms = 11;

double factorial(int n) {
    double product = 1;
    for (int k = 2; k <= n; ++k) product *= k;
    return product;
}

/// sum of z^k/(k+1)!, Horner's rule.
Term phi1_series(const Term& z) {
    Term sum = z.constant(1 / factorial(phi1_terms));
    for (int k = phi1_terms - 1; k >= 1; --k) sum = sum * z + 1 / factorial(k);
    return sum;
}

// Divided differences of three and more nodes (A. McCurdy, K. C. Ng, B. N. Parlett, Accurate
// computation of divided differences of the exponential function, 1984): the recurrence over sorted
// nodes is safe while the outer two are far apart; nearer ones take the Taylor series about their
// middle, whose terms are complete homogeneous polynomials of the distances from it.

/// At this distance of the outer nodes the recurrence loses two or three bits at each order.
constexpr double far_apart = 0.25;
/// With distances up to 0.125 what follows is below half a unit in the last place of a double.
constexpr int series_order = 10;

Term folded(const Term& term) { return {term.pool(), folded_throughout(term.pool(), term.id())}; }

Term maximum(const Term& a, const Term& b) {
    return a.id() == b.id() ? a : folded(a.call(Op::Max, b));
}
Term minimum(const Term& a, const Term& b) {
    return a.id() == b.id() ? a : folded(a.call(Op::Min, b));
}

/// Ascending, by exchanging neighbours. exp[…] is symmetric, so the gradient of a tie, which min
/// and max share evenly, is right.
void sort(std::vector<Term>& nodes) {
    for (std::size_t end = nodes.size(); end > 1; --end)
        for (std::size_t i = 0; i + 1 < end; ++i) {
            const Term low = minimum(nodes[i], nodes[i + 1]);
            nodes[i + 1] = maximum(nodes[i], nodes[i + 1]);
            nodes[i] = low;
        }
}

/// sum over k up to `order` of h_k(r, -r, inner…)/(k + first)!, with `square` = r^2. By Horner's
/// rule in the last inner distance: h_k(…, x) = sum over l of x^l*h_(k-l)(…).
Term homogeneous_series(const Term& square, std::vector<Term> inner, int first, int order) {
    const bool outer_only = inner.empty();
    const Term x = outer_only ? square : inner.back();
    const int stride = outer_only ? 2 : 1;
    if (!outer_only) inner.pop_back();
    Term sum = x.constant(0);
    for (int l = order / stride * stride; l >= 0; l -= stride) {
        const Term coefficient = outer_only
                                     ? x.constant(1 / factorial(first + l))
                                     : homogeneous_series(square, inner, first + l, order - l);
        sum = sum * x + coefficient;
    }
    return sum;
}

Term series(const std::vector<Term>& nodes, const NameValue& name) {
    const Term middle = name(0.5 * (nodes.front() + nodes.back()), "middle");
    const Term radius = name(nodes.back() - middle, "radius");
    const Term square = name(radius * radius, "square");
    std::vector<Term> inner;
    for (std::size_t i = 1; i + 1 < nodes.size(); ++i)
        inner.push_back(name(nodes[i] - middle, "distance"));
    const int m = int(nodes.size()) - 1;
    return middle.call(Op::Exp) * homogeneous_series(square, inner, m, series_order);
}

Term of_sorted(const std::vector<Term>& nodes, const NameValue& name) {
    if (nodes.size() == 1) return nodes[0].call(Op::Exp);
    // From the larger node: exp(-large)*phi1(large) would be 0*inf.
    if (nodes.size() == 2) return nodes[1].call(Op::Exp) * phi1(name(nodes[0] - nodes[1], "gap"));
    const Term spread = name(nodes.back() - nodes.front(), "spread");
    const Term upper = name(of_sorted({nodes.begin() + 1, nodes.end()}, name), "upper");
    const Term lower = name(of_sorted({nodes.begin(), nodes.end() - 1}, name), "lower");
    return ir::select(spread < spread.constant(far_apart), series(nodes, name),
                      (upper - lower) / spread);
}

}  // namespace

Term phi1(const Term& z) {
    const Term near = z.call(Op::Abs) < z.constant(near_zero);
    return ir::select(near, phi1_series(z), z.call(Op::Expm1) / z);
}

Term divided_difference_of_exp(std::vector<Term> nodes, const NameValue& name) {
    if (nodes.size() == 2 && nodes[1].is(0)) return phi1(nodes[0]);
    if (nodes.size() == 2 && nodes[0].is(0)) return phi1(nodes[1]);
    sort(nodes);
    for (Term& node : nodes) node = name(node, "node");
    return of_sorted(nodes, name);
}

}  // namespace snnc::frontend
