// Quantiles: a uniform number becomes a normal or a Poisson one.
//
// In float they use nothing but single operations that round once, in a fixed order, so that
// vector code (codegen/llvm/quantiles.cpp) gives the same bits without calls into the C library.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace snnc::ir {

/// Coefficients of ln(1 + x) for x in [sqrt(1/2) - 1, sqrt(2) - 1], as in logf of Moshier's Cephes
/// library; highest power first.
inline constexpr float log_coefficients[] = {
    7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,  -1.2420140846e-1f, 1.4249322787e-1f,
    -1.6668057665e-1f, 2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};
inline constexpr float log2_high = 0.693359375f, log2_low = -2.12194440e-4f;
inline constexpr std::uint32_t sqrt_half_bits = 0x3f3504f3;  // of sqrt(1/2)

/// Coefficients of erfinv(x)/x in w = -ln(1 - x^2): M. Giles, "Approximating the erfinv function",
/// GPU Computing Gems 2 (2012), single precision; highest power first. The first row is for
/// w < 5, in w - 2.5, the second for the rest, in sqrt(w) - 3.
inline constexpr float erfinv_center[] = {2.81022636e-08f,  3.43273939e-07f, -3.5233877e-06f,
                                          -4.39150654e-06f, 0.00021858087f,  -0.00125372503f,
                                          -0.00417768164f,  0.246640727f,    1.50140941f};
inline constexpr float erfinv_tail[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f,
                                        -0.00367342844f,  0.00573950773f,  -0.0076224613f,
                                        0.00943887047f,   1.00167406f,     2.83297682f};

/// Means above this have so many likely counts that the search for one is replaced by an expansion.
inline constexpr float largest_searched_mean = 64;

/// Horner's rule.
template <class Real, std::size_t count>
Real polynomial(const float (&coefficients)[count], Real x) {
    Real sum = coefficients[0];
    for (std::size_t i = 1; i < count; ++i) sum = sum * x + Real(coefficients[i]);
    return sum;
}

/// ln(x) of a positive normal number: x = 2^e * m with m in [sqrt(1/2), sqrt(2)).
inline float plain_log(float x) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) - sqrt_half_bits;
    const float e = float(std::int32_t(bits) >> 23);
    const float m = std::bit_cast<float>((bits & 0x007fffffu) + sqrt_half_bits) - 1.0f;
    const float square = m * m;
    const float series = polynomial(log_coefficients, m) * m * square;
    return (m + ((series + log2_low * e) - 0.5f * square)) + log2_high * e;
}
inline double plain_log(double x) { return std::log(x); }

/// The standard normal quantile at u + 2^-25, for u of 24 bits in [0, 1): symmetric, from -5.42 to
/// 5.42. sqrt(2)*erfinv(x) with x = 2u - 1 + 2^-24, which is exact.
template <class Real>
Real normal_quantile(Real u) {
    const Real x = Real(2) * u - Real(1 - 0x1p-24);
    const Real w = -plain_log((Real(1) - x) * (Real(1) + x));
    const Real ratio = w < Real(5) ? polynomial(erfinv_center, w - Real(2.5))
                                   : polynomial(erfinv_tail, std::sqrt(w) - Real(3));
    return Real(1.41421354f) * (ratio * x);
}

/// The least k with u < P(count <= k) for a Poisson count; `none` is exp(-mean), the chance of 0.
///
/// Up to a mean of 64 by adding chances; the search ends, at the latest, where they no longer
/// change the sum. Beyond, floor(mean + sqrt(mean)*z + z^2/6 + 1/3 - (z^3 + 2z)/(72*sqrt(mean)))
/// with the normal quantile z, whose error falls as 1/mean (M. Giles, "Algorithm 955: Approximation
/// of the inverse Poisson cumulative distribution function", ACM TOMS 42, 2016). A mean below 0
/// gives 0.
template <class Real>
Real poisson_quantile(Real u, Real mean, Real none) {
    if (!(mean <= Real(largest_searched_mean))) {
        const Real z = normal_quantile(u);
        const Real spread = std::sqrt(mean), square = z * z;
        const Real skew = square * Real(1.0f / 6) + Real(1.0f / 3);
        const Real third = z * (square + Real(2)) / (Real(72) * spread);
        return std::floor(mean + spread * z + skew - third);
    }
    Real count = 0, chance = none, sum = none;
    while (sum <= u) {
        count += Real(1);
        chance = chance * (mean / count);
        const Real next = sum + chance;
        if (!(next > sum)) break;
        sum = next;
    }
    return count;
}

}  // namespace snnc::ir
