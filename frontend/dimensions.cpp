#include "frontend/dimensions.h"

#include <cmath>
#include <cstdlib>
#include <numeric>

namespace snnc::frontend {

// ---- fractions -----------------------------------------------------------------------------

Rational::Rational(std::int64_t n, std::int64_t d) {
    // Products of two such fractions stay inside of 64 bits.
    constexpr std::int64_t largest = 100000;
    const std::int64_t common = std::gcd(n, d);
    if (d == 0 || std::abs(n / common) > largest || std::abs(d / common) > largest) {
        denominator = 0;
        return;
    }
    numerator = (d < 0 ? -n : n) / common;
    denominator = std::abs(d) / common;
}

Rational operator+(Rational a, Rational b) {
    return {a.numerator * b.denominator + b.numerator * a.denominator,
            a.denominator * b.denominator};
}
Rational operator*(Rational a, Rational b) {
    return {a.numerator * b.numerator, a.denominator * b.denominator};
}
Rational operator/(Rational a, Rational b) {
    return {a.numerator * b.denominator, a.denominator * b.numerator};
}

std::optional<Rational> small_fraction(double value) {
    for (std::int64_t denominator = 1; denominator <= 12; ++denominator) {
        const double numerator = value * double(denominator);
        if (std::abs(numerator) > 1000) return std::nullopt;
        if (std::abs(numerator - std::round(numerator)) < 1e-12)
            return Rational{std::int64_t(std::round(numerator)), denominator};
    }
    return std::nullopt;
}

// ---- dimensions ----------------------------------------------------------------------------

Dimension Dimension::any() {
    Dimension result;
    result.any_ = true;
    return result;
}

Dimension Dimension::unknown(int index) {
    Dimension result;
    result.unknowns_[index] = 1;
    return result;
}

Dimension Dimension::with(std::optional<WrittenUnit> written) const {
    Dimension result = *this;
    result.written_ = std::move(written);
    return result;
}

/// Exponents beyond all sense are no longer followed.
void Dimension::multiply(const Dimension& other, Rational exponent) {
    any_ = any_ || other.any_;
    for (std::size_t i = 0; i < powers_.size(); ++i) {
        powers_[i] = powers_[i] + other.powers_[i] * exponent;
        any_ = any_ || !powers_[i].valid();
    }
    for (const auto& [index, power] : other.unknowns_) {
        Rational& sum = unknowns_[index];
        sum = sum + power * exponent;
        any_ = any_ || !sum.valid();
    }
    std::erase_if(unknowns_, [](const auto& unknown) { return unknown.second.zero(); });
    if (any_) *this = any();
}

Dimension operator*(const Dimension& a, const Dimension& b) {
    Dimension result = a;
    result.multiply(b, 1);
    // A multiple of a quantity counts in the same unit.
    result.written_.reset();
    if (b.is_number()) result.written_ = a.written_;
    if (a.is_number()) result.written_ = b.written_;
    return result;
}

Dimension operator/(const Dimension& a, const Dimension& b) {
    Dimension result = a;
    result.multiply(b, -1);
    result.written_.reset();
    if (b.is_number()) result.written_ = a.written_;
    return result;
}

Dimension Dimension::pow(Rational exponent) const {
    Dimension result;
    result.multiply(*this, exponent);
    if (exponent == Rational(1)) result.written_ = written_;
    return result;
}

bool Dimension::same(const Dimension& other) const {
    return any_ == other.any_ && powers_ == other.powers_ && unknowns_ == other.unknowns_;
}

// ---- unknown dimensions --------------------------------------------------------------------

Dimension DimensionSystem::unknown() {
    solutions_.emplace_back();
    return Dimension::unknown(int(solutions_.size()) - 1);
}

Dimension DimensionSystem::solved(const Dimension& dimension) const {
    if (dimension.is_any() || dimension.is_known()) return dimension;
    Dimension result = Dimension(dimension.powers());
    for (const auto& [index, power] : dimension.unknowns()) {
        const auto& solution = solutions_[std::size_t(index)];
        const Dimension factor =
            (solution ? solved(*solution) : Dimension::unknown(index)).pow(power);
        // The unit of `v` is that of what `v` was found to be.
        const bool alone = dimension.unknowns().size() == 1 && result.is_number();
        const auto& written = factor.written();
        result = result * factor;
        if (alone && written) result = result.with(written);
    }
    return result;
}

bool DimensionSystem::equate(const Dimension& a, const Dimension& b, const SourceRange& because) {
    const Dimension left = solved(a), right = solved(b);
    const Dimension quotient = left / right;
    if (quotient.is_any() || quotient.is_number()) return true;
    if (quotient.is_known()) return false;
    // u^p * rest = 1, for the youngest unknown: the others have met more of the text.
    const auto [index, power] = *quotient.unknowns().rbegin();
    Dimension solution =
        (quotient / Dimension::unknown(index).pow(power)).pow(Rational(-1) / power);
    for (const Dimension* side : {&left, &right})
        if (side->written() && solution.same(*side)) solution = solution.with(side->written());
    if (!solution.written()) solution = solution.with(WrittenUnit{"", because});
    solutions_[std::size_t(index)] = solution;
    solved_.push_back(std::size_t(index));
    return true;
}

void DimensionSystem::forget(const Mark& mark) {
    for (; solved_.size() > mark.solved; solved_.pop_back()) solutions_[solved_.back()].reset();
    solutions_.resize(mark.unknowns);
}

}  // namespace snnc::frontend
