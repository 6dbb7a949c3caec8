// The library's cells with differential equations (stdlib/neurons_continuous.snn).
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/frontend/text_run.h"

namespace snnc::frontend::test {
namespace {

/// One cell driven by a constant current.
TextRun driven(const std::string& cell, const std::string& dt, const std::string& unit = "") {
    const std::string scale = unit.empty() ? "" : "-> scale(" + unit + ") ";
    return TextRun("network N {\n    dt = " + dt + "\n    input x : f32[1]\n    x " + scale +
                   "-> " + cell + " as c\n    output c.s\n}\n");
}

/// The steps at which the cell spikes.
std::vector<int> spikes(const Numbers& s) {
    std::vector<int> steps;
    for (std::size_t i = 0; i < s.size(); ++i)
        if (s[i] != 0) steps.push_back(int(i));
    return steps;
}

TEST(LibraryCells, lif_refractory_spikes_with_the_period_of_its_closed_solution) {
    const TextRun run = driven("LifRefractory()", "0.1ms", "1pA");
    ASSERT_EQ(run.messages(), std::vector<std::string>{});
    const auto steps = spikes(run.run(2000, {{"x", {200}}}, {"c.s"}).at("c.s"));
    // tau_m*ln(R*I/(R*I - 15mV)) = 27.73ms to the threshold, above it in step 278; t_ref = 2ms.
    ASSERT_GE(steps.size(), 3u);
    EXPECT_EQ(steps[0], 277);
    EXPECT_EQ(steps[1] - steps[0], 277 + 20);
    EXPECT_EQ(steps[2] - steps[1], 277 + 20);
}

/// The same Euler steps in Python.
TEST(LibraryCells, izhikevich_spikes_where_eulers_method_does) {
    const TextRun run = driven("Izhikevich()", "0.5ms");
    ASSERT_EQ(run.messages(), std::vector<std::string>{});
    const Named values = run.run(400, {{"x", {10}}}, {"c.s", "c.v", "c.u"});
    EXPECT_EQ(spikes(values.at("c.s")), (std::vector<int>{7, 57, 149, 241, 333}));
    EXPECT_NEAR(values.at("c.v").back(), -64.80665993772031, 1e-9);
    EXPECT_NEAR(values.at("c.u").back(), -6.543932350475677, 1e-9);
}

TEST(LibraryCells, adex_spikes_where_eulers_method_does) {
    const TextRun run = driven("AdEx()", "0.1ms", "1pA");
    ASSERT_EQ(run.messages(), std::vector<std::string>{});
    const Named values = run.run(2000, {{"x", {1000}}}, {"c.s", "c.v", "c.w"});
    EXPECT_EQ(spikes(values.at("c.s")),
              (std::vector<int>{120, 259, 421, 610, 832, 1090, 1383, 1704}));
    EXPECT_NEAR(values.at("c.v").back(), -48.50491110244634, 1e-6);
    EXPECT_NEAR(values.at("c.w").back(), 347.3065892324105, 1e-6);
}

/// scipy.integrate.solve_ivp (LSODA, relative error 1e-10) crosses 0 mV at 1.905, 16.828, 31.480
/// and 46.119 ms; its membrane is -75.060 mV at 5 ms and -66.695 mV at 10 ms. exp_euler's error is
/// of first order: at 0.01 ms spikes come up to 0.6 % late, at 0.005 ms half of that.
TEST(LibraryCells, hodgkin_huxley_follows_an_accurate_solution) {
    const TextRun run = driven("HodgkinHuxley()", "0.01ms", "1uA/1cm^2");
    ASSERT_EQ(run.messages(), std::vector<std::string>{});
    const Named values = run.run(5000, {{"x", {10}}}, {"c.s", "c.v"});
    const auto steps = spikes(values.at("c.s"));
    ASSERT_EQ(steps.size(), 4u);
    EXPECT_NEAR(steps[0], 190.5, 3);
    EXPECT_NEAR(steps[1], 1682.8, 12);
    EXPECT_NEAR(steps[3], 4611.9, 30);
    EXPECT_NEAR(values.at("c.v")[499], -75.060, 0.05);
    EXPECT_NEAR(values.at("c.v")[999], -66.695, 0.15);
}

TEST(LibraryCells, alif_raises_its_threshold_with_each_spike) {
    const TextRun run = driven("ALIF(beta = 0.5)", "1ms");
    ASSERT_EQ(run.messages(), std::vector<std::string>{});
    const Named values = run.run(4, {{"x", {1.2}}}, {"c.s", "c.v", "c.a"});
    const double decay = std::exp(-1 / 20.0), slow = std::exp(-1 / 200.0);
    EXPECT_DOUBLE_EQ(values.at("c.v")[1], decay * 1.2 + 1.2 - 1);
    EXPECT_DOUBLE_EQ(values.at("c.a")[1], 1);
    EXPECT_DOUBLE_EQ(values.at("c.a")[2], slow);
    EXPECT_EQ(spikes(values.at("c.s")), (std::vector<int>{0, 2, 3}));
}

}  // namespace
}  // namespace snnc::frontend::test
