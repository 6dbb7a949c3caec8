// The algebra of dimensions, and equations between unknown ones.
#include "frontend/dimensions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "frontend/elaborate_units.h"

namespace snnc::frontend {
namespace {

Dimension of(std::string_view unit) { return Dimension(*powers_of_unit(unit)); }

TEST(Rational, is_kept_in_lowest_terms) {
    EXPECT_EQ(Rational(2, 4), Rational(1, 2));
    EXPECT_EQ(Rational(1, -2), Rational(-1, 2));
    EXPECT_EQ(Rational(1, 2) + Rational(1, 3), Rational(5, 6));
    EXPECT_EQ(Rational(2, 3) * Rational(3, 4), Rational(1, 2));
    EXPECT_EQ(Rational(2, 3) / Rational(-4, 3), Rational(-1, 2));
    EXPECT_TRUE(Rational(0, 5).zero());
}

TEST(Rational, beyond_all_sense_is_invalid_and_stays_so) {
    const Rational large(100001);
    EXPECT_FALSE(large.valid());
    EXPECT_FALSE((large + Rational(1)).valid());
    EXPECT_FALSE((large * Rational(0)).valid());
    EXPECT_FALSE(Rational(1, 0).valid());
}

TEST(Rational, of_a_constant_exponent) {
    EXPECT_EQ(small_fraction(0.5), Rational(1, 2));
    EXPECT_EQ(small_fraction(-1.5), Rational(-3, 2));
    EXPECT_EQ(small_fraction(1.0 / 3), Rational(1, 3));
    EXPECT_EQ(small_fraction(0.123), std::nullopt);
    EXPECT_EQ(small_fraction(1e9), std::nullopt);
    EXPECT_EQ(small_fraction(std::nan("")), std::nullopt);
}

TEST(Dimension, of_units) {
    EXPECT_TRUE(of("mV").same(of("V")));
    EXPECT_TRUE(of("S").same(of("A") / of("V")));
    EXPECT_TRUE(of("Ohm").same(of("V") / of("A")));
    EXPECT_TRUE(of("F").same(of("A") * of("s") / of("V")));
    EXPECT_TRUE(of("Hz").same(of("ms").pow(-1)));
    EXPECT_TRUE((of("GOhm") * of("pF")).same(of("us")));
    EXPECT_TRUE((of("nS") * of("mV") / of("pA")).is_number());
    EXPECT_FALSE(of("um").same(of("us")));
    EXPECT_EQ(powers_of_unit("parsec"), std::nullopt);
}

TEST(Dimension, powers_and_roots) {
    EXPECT_TRUE((of("mV") * of("mV")).same(of("mV").pow(2)));
    EXPECT_TRUE(of("mV").pow(2).pow({1, 2}).same(of("mV")));
    EXPECT_TRUE(of("mV").pow(0).is_number());
    EXPECT_TRUE(of("ms").pow({1, 3}).pow(3).same(of("ms")));
}

TEST(Dimension, any_absorbs_everything) {
    EXPECT_TRUE((Dimension::any() * of("mV")).is_any());
    EXPECT_TRUE((of("mV") / Dimension::any()).is_any());
    EXPECT_TRUE(Dimension::any().pow(2).is_any());
}

TEST(Dimension, exponents_out_of_range_are_no_longer_followed) {
    Dimension power = of("mV");
    for (int i = 0; i < 20; ++i) power = power.pow(10);
    EXPECT_TRUE(power.is_any());
}

TEST(DimensionSystem, learns_from_equations) {
    DimensionSystem system;
    const Dimension v = system.unknown(), tau = system.unknown();
    EXPECT_TRUE(system.equate(v / tau, of("mV") / of("ms"), {}));
    EXPECT_FALSE(system.solved(v).is_known());
    EXPECT_TRUE(system.equate(tau, of("s"), {}));
    EXPECT_TRUE(system.solved(v).same(of("mV")));
    EXPECT_TRUE(system.equate(v, of("V"), {}));
    EXPECT_FALSE(system.equate(v, of("A"), {}));
    EXPECT_TRUE(system.solved(v).same(of("mV"))) << "a contradiction teaches nothing";
}

TEST(DimensionSystem, a_factor_between_equals_is_a_number) {
    DimensionSystem system;
    const Dimension v = system.unknown(), beta = system.unknown();
    EXPECT_TRUE(system.equate(beta * v, v, {}));
    EXPECT_TRUE(system.solved(beta).is_number());
    EXPECT_FALSE(system.solved(v).is_known());
    EXPECT_FALSE(system.equate(v, v * of("ms"), {}));
}

TEST(DimensionSystem, takes_roots) {
    DimensionSystem system;
    const Dimension sigma = system.unknown();
    EXPECT_TRUE(system.equate(sigma.pow(2) * of("ms"), of("mV").pow(2), {}));
    EXPECT_TRUE(system.solved(sigma).same(of("mV") / of("ms").pow({1, 2})));
}

TEST(DimensionSystem, any_fits_and_teaches_nothing) {
    DimensionSystem system;
    const Dimension v = system.unknown();
    EXPECT_TRUE(system.equate(v, Dimension::any(), {}));
    EXPECT_FALSE(system.solved(v).is_known());
    EXPECT_TRUE(system.equate(of("mV"), Dimension::any(), {}));
}

TEST(DimensionSystem, remembers_who_wrote_a_unit) {
    DimensionSystem system;
    const Dimension v = system.unknown(), w = system.unknown();
    EXPECT_TRUE(system.equate(v, w, {}));
    EXPECT_TRUE(system.equate(w, of("mV").with(WrittenUnit{"mV", {}}), {}));
    ASSERT_TRUE(system.solved(v).written());
    EXPECT_EQ(system.solved(v).written()->unit, "mV");
    EXPECT_EQ((Dimension() * system.solved(v)).written()->unit, "mV");
    EXPECT_FALSE((of("ms") * system.solved(v)).written());
}

TEST(DimensionSystem, forgets_what_was_tried) {
    DimensionSystem system;
    const Dimension v = system.unknown(), w = system.unknown();
    EXPECT_TRUE(system.equate(w, of("ms"), {}));
    const auto before = system.mark();
    EXPECT_TRUE(system.equate(v, system.unknown(), {}));
    EXPECT_TRUE(system.equate(v, of("mV"), {}));
    system.forget(before);
    EXPECT_FALSE(system.solved(v).is_known());
    EXPECT_TRUE(system.solved(w).same(of("ms")));
    EXPECT_TRUE(system.equate(v, of("pA"), {}));
}

/// Equations that hold for some assignment of dimensions are never refused, in whatever order they
/// come, and once all unknowns follow from them they have those dimensions.
TEST(DimensionSystem, true_equations_are_never_refused) {
    std::mt19937 random(7);
    const auto draw = [&](int n) { return int(random() % unsigned(n)); };
    for (int trial = 0; trial < 300; ++trial) {
        DimensionSystem system;
        std::vector<Dimension> names, truth;
        for (int i = 0; i < 5; ++i) {
            names.push_back(system.unknown());
            truth.push_back(of("ms").pow(draw(5) - 2) * of("mV").pow({draw(5) - 2, 1 + draw(2)}) *
                            of("pA").pow(draw(3) - 1));
        }
        for (int i = 0; i < 12; ++i) {
            Dimension left, true_left;
            for (int k = 0; k < 3; ++k) {
                const int which = draw(5);
                const Rational power(draw(5) - 2, 1 + draw(2));
                left = left * names[std::size_t(which)].pow(power);
                true_left = true_left * truth[std::size_t(which)].pow(power);
            }
            ASSERT_TRUE(system.equate(left, true_left, {})) << trial;
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            const Dimension found = system.solved(names[i]);
            ASSERT_TRUE(!found.is_known() || found.same(truth[i])) << trial;
        }
    }
}

}  // namespace
}  // namespace snnc::frontend
