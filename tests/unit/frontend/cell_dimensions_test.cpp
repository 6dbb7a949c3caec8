// Dimensions of cells and networks: what fits, and what does not (language.md 2, 8.9 and 8.10).
#include <gtest/gtest.h>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

/// A cell with these members beside a voltage `v` and a time `tau`.
std::string cell(const std::string& members, const std::string& equation = "v[t-1]") {
    return "neuron C {\n    input I\n    output s\n    param tau = 20ms\n    state v = -65mV\n" +
           members + "\n    v[t] = " + equation + "\n    s[t] = spike(v + 50mV)\n}\n";
}
std::string let(const std::string& value) { return messages(cell("    let x = " + value)); }

TEST(CellDimensions, what_fits) {
    for (const char* value : {"v + 1mV",
                              "v + 0",
                              "v + 1V",
                              "max(v, 0)",
                              "exp(-dt/tau)",
                              "exp(v/10mV)",
                              "v^2/1mV - v",
                              "sqrt(v*v) + v",
                              "(v^2)^0.5 + v",
                              "v^-1*1mV + 1",
                              "step(v) + 1",
                              "sign(v) + 1",
                              "(v > 0mV) + 1",
                              "if v > -60mV { v } else { 0 }",
                              "min(v, inf) + v",
                              "clip(v, -80mV, 0)",
                              "abs(v) + relu(v) + detach(v)",
                              "sum(v) + mean(v)",
                              "t*v + v",
                              "not v",
                              "v and tau",
                              "1/tau + 5Hz",
                              "v/100MOhm + 3pA",
                              "10nS*v + 3pA",
                              "100pF*v/tau + 3pA",
                              "2^t",
                              "v[t-2] + v",
                              "1uF/1cm^2*v/1ms + 1uA/1cm^2",
                              "winner(v) + 1",
                              "v*0 + v"})
        EXPECT_EQ(let(value), "") << value;
}

TEST(CellDimensions, what_does_not) {
    for (const char* value : {"v + 1",
                              "v + tau",
                              "v - 3pA",
                              "v > 1",
                              "v == tau",
                              "max(v, 1)",
                              "exp(v)",
                              "ln(tau)",
                              "sin(v)",
                              "tanh(v)",
                              "sigmoid(v)",
                              "floor(tau)",
                              "v^2 + v",
                              "v^t",
                              "2^v",
                              "sqrt(v) + v",
                              "if t > 3 { v } else { 1 }",
                              "clip(v, 0mV, 1ms)",
                              "1/tau + 5ms",
                              "10nS*v + 3mV",
                              "exp(-dt*tau)",
                              "step(v) + v",
                              "v[t-1ms]",
                              "5 + v",
                              "min(1, v)",
                              "v + (1 + 2)"}) {
        const std::string found = let(value);
        EXPECT_EQ(found.substr(0, 5), "E0307") << value << ": " << found;
        EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << value << ": " << found;
    }
}

TEST(CellDimensions, a_default_without_a_unit_has_what_the_equations_ask) {
    EXPECT_EQ(messages(cell("    param gain = 2", "gain*v[t-1] + I")), "");
    EXPECT_EQ(messages(cell("    param step_size = 2 in [0, 5]", "v[t-1] + step_size")), "");
    EXPECT_EQ(messages(cell("    param a = 1\n    param b = a", "v[t-1] + b")), "");
    EXPECT_EQ(messages(cell("    param a = uniform(0, 1)", "v[t-1] + a")), "");
    // Not both.
    EXPECT_EQ(messages(cell("    param a = 2\n    let x = exp(a)", "v[t-1] + a")).substr(0, 5),
              "E0307");
}

TEST(CellDimensions, one_mistake_is_one_message) {
    const std::string found =
        messages(cell("    let x = v[t-1] + 1\n    let y = x + tau\n    let z = exp(x)", "x"));
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
}

TEST(CellDimensions, only_the_chosen_arm_counts) {
    const std::string text = cell(
        "    option o = good | bad\n    let x = match o { good => v; bad => v + tau }\n"
        "    option p = false | true\n    let y = if p { v + tau } else { v }");
    EXPECT_EQ(messages(text), "");
    const std::string wrong = messages(with_use(text, "C(o = bad)", "    dt = 1ms"));
    EXPECT_EQ(wrong.substr(0, 5), "E0307") << wrong;
}

TEST(CellDimensions, a_cell_without_units_is_never_bothered) {
    const std::string euler =
        "neuron C {\n    input I\n    output s\n    param a = 0.02, tau = 10\n    state v = -65\n"
        "    dv/dt = 0.04*v*v + 5*v + 140 + I + a  solve euler\n    s[t] = spike(v - 30)\n}\n";
    for (const char* dt : {"", "    dt = 1ms", "    dt = 0.5"})
        for (const char* use : {"C", "C(a = 3)"})
            EXPECT_EQ(messages(with_use(euler, use, dt)), "") << dt << use;
    const std::string decay =
        "neuron C {\n    input I\n    output s\n    param tau = 20 in [1, 100]\n    state v = 0\n"
        "    v[t] = exp(-dt/tau)*v[t-1] + I\n    s[t] = spike(v - 1)\n}\n";
    for (const char* use : {"C", "C(tau = 5)", "C(tau = 5ms)"})
        EXPECT_EQ(messages(with_use(decay, use, "    dt = 1ms")), "") << use;
    EXPECT_EQ(messages(with_use(decay, "C(tau = 5mV)", "    dt = 1ms")).substr(0, 5), "E0307");
}

TEST(CellDimensions, an_argument_takes_the_place_of_the_default) {
    const std::string lif =
        "neuron C {\n    input I\n    output s\n    param tau = 20ms, theta = -50mV, rest = -65mV\n"
        "    state v = rest\n    dv/dt = (rest - v + I)/tau\n    s[t] = spike(v - theta)\n}\n";
    const std::string dt = "    dt = 1ms";
    const auto use = [&](const std::string& arguments) {
        return messages(with_use(lif, "C(" + arguments + ")", dt));
    };
    EXPECT_EQ(use("theta = 1, rest = 0"), "");
    EXPECT_EQ(use("theta = 1, rest = 0.5, tau = 0.1s"), "");
    EXPECT_EQ(messages(with_use(lif, "C(theta = 1, rest = 0, tau = 20)", "")), "");
    EXPECT_EQ(use("theta = 1").substr(0, 5), "E0307");
    EXPECT_EQ(use("theta = 1, rest = 0, tau = 20").substr(0, 5), "E0307");
}

TEST(CellDimensions, what_arrives) {
    const auto net = [](const std::string& chain) {
        return messages(
            "network N {\n    dt = 1ms\n    steps = 5\n    input x[t] : f32[2]\n    x -> " + chain +
            " as c\n    output c.s\n}\n");
    };
    EXPECT_EQ(net("scale(1pA) -> LifRefractory"), "");
    EXPECT_EQ(net("dense(3) as fc -> scale(1pA) -> delay(2) -> LifRefractory"), "");
    EXPECT_EQ(net("scale(1mV) -> scale(10nS) -> delay(2ms) -> AdEx"), "");
    EXPECT_EQ(net("scale(5mV) -> Leaky(beta = 0.5)"), "");
    EXPECT_EQ(net("scale(5mV) -> Leaky(theta = 2mV, beta = 0.5)"), "");
    EXPECT_EQ(net("Izhikevich"), "");
    EXPECT_EQ(net("scale(1pA) -> LifRefractory as a -> Leaky"), "");
    for (const char* chain :
         {"LifRefractory", "scale(1mV) -> LifRefractory", "scale(1pA) -> Izhikevich",
          "scale(5mV) -> Leaky(theta = 2pA)", "scale(1pA) -> LifRefractory as a -> LifRefractory"})
        EXPECT_EQ(net(chain).substr(0, 5), "E0307") << chain;
}

TEST(CellDimensions, dimensions_go_around_loops) {
    const std::string text =
        "network N {\n    dt = 1ms\n    steps = 5\n    input x[t] : f32[2]\n    a : LI[2]\n"
        "    b : LI[2]\n    x -> scale(1mV) -> a\n    a -> b\n    b -> delay(1) -> scale(FACTOR) "
        "-> a\n"
        "    output a.v\n}\n";
    const auto with = [&](const std::string& factor) {
        std::string copy = text;
        return messages(copy.replace(copy.find("FACTOR"), 6, factor));
    };
    EXPECT_EQ(with("0.5"), "");
    EXPECT_EQ(with("1mV").substr(0, 5), "E0307");
}

TEST(CellDimensions, networks_as_layers_hand_them_on) {
    const auto with = [](const std::string& inside, const std::string& behind) {
        return messages("network Block(k = 2) {\n    input x[t] : f32[_]\n    x -> scale(" +
                        inside +
                        ") -> LI as a\n    output a.v\n}\n"
                        "network N {\n    dt = 1ms\n    steps = 5\n    input x[t] : f32[2]\n"
                        "    x -> Block(k = 3) as b -> " +
                        behind + " as c\n    output c.s\n}\n");
    };
    EXPECT_EQ(with("1pA", "LifRefractory"), "");
    EXPECT_EQ(with("k", "Leaky"), "");
    EXPECT_EQ(with("1mV", "LifRefractory").substr(0, 5), "E0307");
}

TEST(CellDimensions, a_function_of_ones_own_may_have_the_name_of_a_reduction) {
    EXPECT_EQ(messages("fn last(a, b) = a/10mV + b\n" + cell("    let x = last(v, 2) + 1")), "");
    EXPECT_EQ(messages("fn count(x) = exp(x)\n" + cell("    let x = count(v)")).substr(0, 5),
              "E0307");
}

TEST(CellDimensions, circles_and_missing_names_are_no_mistakes_of_dimension) {
    for (const char* members :
         {"    state w = w - 65mV\n    w[t] = v", "    param a = b, b = a", "    param a = a^a",
          "    let x = y + v\n    let y = x", "    let x = nothing + 1mV + nothing*v"}) {
        const std::string found = messages(cell(members));
        EXPECT_NE(found, "") << members;
        EXPECT_EQ(found.find("E0307"), std::string::npos) << found;
    }
}

TEST(CellDimensions, long_chains_of_parameters_take_no_long_time) {
    std::string members = "    param p0 = 2";
    for (int i = 1; i < 60; ++i) {
        const std::string before = "p" + std::to_string(i - 1);
        members += ", p" + std::to_string(i) + " = " + before + "*" + before + "/" + before;
    }
    EXPECT_EQ(messages(cell(members + "\n    let x = v^p59/1mV + v")), "");
}

/// Units are scales beside dimensions: the same quantity in another unit is the same network.
TEST(CellDimensions, other_units_of_the_same_dimension_change_nothing) {
    const auto with = [](const std::string& tau, const std::string& theta,
                         const std::string& resistance) {
        return equations(with_use("neuron C {\n    input I\n    output s\n    param tau = " + tau +
                                      ", theta = " + theta + ", R = " + resistance +
                                      "\n    state v = 0\n    dv/dt = (R*I - v)/tau\n"
                                      "    s[t] = spike(v - theta)\n}\n",
                                  "scale(2pA) -> C", "    dt = 1ms"));
    };
    const std::string expected = with("20ms", "15mV", "0.1GOhm");
    EXPECT_EQ(with("0.02s", "0.015V", "100MOhm"), expected);
    EXPECT_EQ(with("20000us", "15000uV", "100000kOhm"), expected);
}

}  // namespace
}  // namespace snnc::frontend::test
