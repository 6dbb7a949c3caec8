// Dimensions: products of rational powers of time, voltage, current and length (language.md 2 and
// 8.9), and what is known of those that the text does not say.
//
// Conductances, resistances, capacitances and frequencies are products of these four: S = A/V,
// F = A*s/V, Hz = 1/s. A square root halves exponents, so they are fractions. An equation between
// two dimensions is linear in their exponents; DimensionSystem solves such equations one by one,
// as they are met. Used by expression_dimensions.h; knows nothing of syntax trees.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/source.h"

namespace snnc::frontend {

/// A fraction in lowest terms. What leaves the range of sensible exponents is invalid.
struct Rational {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;  // 0: invalid

    Rational() = default;
    Rational(std::int64_t n, std::int64_t d = 1);
    bool valid() const { return denominator != 0; }
    bool zero() const { return valid() && numerator == 0; }
    friend Rational operator+(Rational a, Rational b);
    friend Rational operator*(Rational a, Rational b);
    friend Rational operator/(Rational a, Rational b);
    friend Rational operator-(Rational a) { return {-a.numerator, a.denominator}; }
    friend bool operator==(Rational a, Rational b) = default;
};

/// The fraction with a small denominator that equals the value; nothing for 0.123.
std::optional<Rational> small_fraction(double value);

enum class BaseQuantity : std::uint8_t { Time, Voltage, Current, Length };
using BasePowers = std::array<Rational, 4>;  // by BaseQuantity

/// Where a dimension was written: a number with its unit.
struct WrittenUnit {
    std::string unit;  // "mV"; empty: no unit says it, it follows from an equation
    SourceRange range;
};

class Dimension {
 public:
    /// That of numbers.
    Dimension() = default;
    explicit Dimension(const BasePowers& powers) : powers_(powers) {}
    /// That of 0, and of what was reported: fits everywhere.
    static Dimension any();
    static Dimension unknown(int index);

    bool is_any() const { return any_; }
    /// Without unknowns.
    bool is_known() const { return !any_ && unknowns_.empty(); }
    bool is_number() const { return is_known() && powers_ == BasePowers{}; }
    const BasePowers& powers() const { return powers_; }
    const std::map<int, Rational>& unknowns() const { return unknowns_; }

    friend Dimension operator*(const Dimension& a, const Dimension& b);
    friend Dimension operator/(const Dimension& a, const Dimension& b);
    Dimension pow(Rational exponent) const;
    /// Equal exponents; origins do not count.
    bool same(const Dimension& other) const;

    /// The unit that the user wrote for it, where it has one of its own.
    const std::optional<WrittenUnit>& written() const { return written_; }
    Dimension with(std::optional<WrittenUnit> written) const;

 private:
    void multiply(const Dimension& other, Rational exponent);

    BasePowers powers_{};
    std::map<int, Rational> unknowns_;  // exponents of unknown dimensions; none is 0
    bool any_ = false;
    std::optional<WrittenUnit> written_;
};

/// Unknown dimensions and what equations have said of them.
class DimensionSystem {
 public:
    Dimension unknown();
    /// With everything put in that is known.
    Dimension solved(const Dimension& dimension) const;
    /// Learns that both are equal, `because` of the text there. False if they cannot be; then
    /// nothing is learnt.
    bool equate(const Dimension& a, const Dimension& b, const SourceRange& because);

    /// What is known now, to come back to.
    struct Mark {
        std::size_t unknowns, solved;
    };
    Mark mark() const { return {solutions_.size(), solved_.size()}; }
    /// Forgets what was learnt since, and the unknowns that were made.
    void forget(const Mark& mark);

 private:
    std::vector<std::optional<Dimension>> solutions_;  // of unknowns
    std::vector<std::size_t> solved_;                  // in the order in which they were
};

}  // namespace snnc::frontend
