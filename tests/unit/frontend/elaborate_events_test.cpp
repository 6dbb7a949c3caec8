// `on` and `refractory`: language.md 8.1 and 8.2, row by row.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/frontend/text_run.h"

namespace snnc::frontend::test {
namespace {

using Messages = std::vector<std::string>;

/// A cell C that adds its input to `v`, with further members, as the population `c`.
std::string adding_cell(const std::string& members, const std::string& network = "") {
    return "neuron C {\n    input I\n    output s\n    state v = 0\n    v[t] = v[t-1] + I\n"
           "    s[t] = spike(v - 1)\n" +
           members + "}\nnetwork N {\n    input x[t] : f32[1]\n    c : C[1]\n    x -> c.I\n" +
           network + "    output c.s, c.v\n}\n";
}

Numbers values(const TextRun& cell, const std::string& name, const Numbers& x) {
    EXPECT_EQ(cell.messages(), Messages{});
    return cell.run(std::int64_t(x.size()), {{"x", x}}, {name}).at(name);
}

// ---- who reads what ------------------------------------------------------------------------

TEST(Assignments, outputs_and_the_past_read_what_they_left) {
    const TextRun cell(adding_cell("    on detach(s): v = 0.25\n"));
    EXPECT_EQ(values(cell, "c.v", {0.75, 0.75, 0.5, 0.5}), (Numbers{0.75, 0.25, 0.75, 0.25}));
    EXPECT_EQ(values(cell, "c.s", {0.75, 0.75, 0.5, 0.5}), (Numbers{0, 1, 0, 1}));
}

TEST(Assignments, equations_and_lets_of_the_cell_read_the_value_before) {
    const TextRun cell(
        adding_cell("    state w = 0\n    let k = 2*v\n    w[t] = v\n    on detach(s): v = 0\n"));
    EXPECT_EQ(values(cell, "c.w", {0.5, 1, 0.5}), (Numbers{0.5, 1.5, 0.5}));
    EXPECT_EQ(values(cell, "c.k", {0.5, 1, 0.5}), (Numbers{1, 3, 1}));
}

TEST(Assignments, conditions_read_the_value_before) {
    const TextRun cell(
        adding_cell("    state w = 0\n    w[t] = w[t-1]\n    on v > 0.75: v = 0\n"
                    "    on v > 0.75: w = w + 1\n"));
    EXPECT_EQ(values(cell, "c.w", {0.5, 0.5, 0.5}), (Numbers{0, 1, 1}));
}

TEST(Assignments, right_sides_read_what_earlier_lines_left) {
    const TextRun cell(adding_cell("    on I: v = v + 10\n    on I: v = 2*v\n"));
    EXPECT_EQ(values(cell, "c.v", {1, 0}), (Numbers{22, 22}));
    const TextRun other_order(adding_cell("    on I: v = 2*v\n    on I: v = v + 10\n"));
    EXPECT_EQ(values(other_order, "c.v", {1, 0}), (Numbers{12, 12}));
}

TEST(Assignments, right_sides_in_one_block_read_what_was_before_the_block) {
    const TextRun cell(
        adding_cell("    state w = 5\n    w[t] = w[t-1]\n"
                    "    on I > 0: { v = w; w = v }\n"));
    EXPECT_EQ(values(cell, "c.v", {1, 1, 0}), (Numbers{5, 1, 1}));
    EXPECT_EQ(values(cell, "c.w", {1, 1, 0}), (Numbers{1, 6, 6}));
}

TEST(Assignments, other_cells_read_what_they_left_in_the_same_step) {
    const TextRun cell(adding_cell("    on detach(s): v = 0\n", "    d : LI[1]\n    c.v -> d\n"));
    EXPECT_EQ(values(cell, "d.I", {0.5, 1, 0.5}), (Numbers{0.5, 0, 0.5}));
}

TEST(Assignments, a_spike_reaches_a_port_in_its_step_and_the_equations_in_the_next) {
    const std::string text =
        "neuron Target {\n    input e\n    output v\n    state v = 0, g = 0\n    g[t] = "
        "0.5*g[t-1]\n"
        "    v[t] = v[t-1] + g[t-1]\n    on e: g = g + e\n}\n";
    const TextRun cell(
        text + adding_cell("    on detach(s): v = 0\n", "    d : Target[1]\n    c -> d.e\n"));
    EXPECT_EQ(values(cell, "d.g", {2, 0, 0}), (Numbers{1, 0.5, 0.25}));
    EXPECT_EQ(values(cell, "d.v", {2, 0, 0}), (Numbers{0, 1, 1.5}));
}

TEST(Assignments, a_loop_through_an_assignment_is_no_cycle) {
    const std::string text =
        "neuron P {\n    input e\n    output s\n    state v = 0.9\n    v[t] = v[t-1] + 0.2\n"
        "    s[t] = spike(v - 1)\n    on detach(s): v = 0\n    on e: v = v + e\n}\n"
        "network N {\n    p : P[2]\n    p -> one_to_one(0.5) -> p.e\n    output p.v\n    steps = "
        "2\n}\n";
    const TextRun network(text);
    EXPECT_EQ(network.messages(), Messages{});
    const Numbers v = network.run(2, {}, {"p.v"}).at("p.v");
    EXPECT_DOUBLE_EQ(v[0], 0.5);
    EXPECT_DOUBLE_EQ(v[2], 0.7);
}

TEST(Assignments, a_condition_that_never_holds_may_hide_an_infinite_value) {
    const TextRun cell(adding_cell("    on I > 100: v = 1/(I - I)\n"));
    EXPECT_EQ(values(cell, "c.v", {1, 2}), (Numbers{1, 3}));
}

// ---- gradients -----------------------------------------------------------------------------

/// d(last v)/dx of v[t] = v[t-1] + x, assigned once, at `x` = {1.5, 0.25} with a surrogate of 1.
Numbers gradient_of_last(const std::string& line) {
    const std::string text = adding_cell(line);
    const TextRun cell(
        "surrogate one(x) = 1\n" +
            std::string(text).replace(text.find("c : C[1]"), 8, "c : C[1](surrogate = one())"),
        "sum(last(c.v))");
    EXPECT_EQ(cell.messages(), Messages{}) << line;
    return cell.gradients(2, {{"x", {1.5, 0.25}}}, {"x"}).at("x");
}

TEST(AssignmentGradients, flow_through_the_new_value_and_the_kept_one) {
    // Step 0 spikes, step 1 does not.
    EXPECT_EQ(gradient_of_last("    on detach(s): v = 0.5*v\n"), (Numbers{0.5, 1}));
    EXPECT_EQ(gradient_of_last("    on detach(s): v = 0\n"), (Numbers{0, 1}));
}

TEST(AssignmentGradients, flow_through_a_condition_that_is_the_name_of_a_spike) {
    // dv/ds = e - v: at step 0 it is -1.5, at step 1 it is -0.25; ds/dv = 1.
    EXPECT_EQ(gradient_of_last("    on s: v = 0\n"), (Numbers{-1.5 * 0.75, 0.75}));
    EXPECT_EQ(gradient_of_last("    let fire = spike(v - 1)\n    on fire: v = 0\n"),
              (Numbers{-1.5 * 0.75, 0.75}));
}

TEST(AssignmentGradients, do_not_flow_through_other_conditions) {
    EXPECT_EQ(gradient_of_last("    on s > 0: v = 0\n"), (Numbers{0, 1}));
    EXPECT_EQ(gradient_of_last("    on I > 1: v = 0\n"), (Numbers{0, 1}));
    EXPECT_EQ(gradient_of_last("    on I: v = 2*v\n"), (Numbers{4, 2}));
    EXPECT_EQ(gradient_of_last("    let often = 2*spike(v - 1)\n    on often: v = 0\n"),
              (Numbers{0, 1}));
}

// ---- refractory times ----------------------------------------------------------------------

/// Steps at which a cell driven by ones spikes, with dt = 1 and the threshold 1 of adding_cell.
Numbers spikes(const std::string& members, std::size_t steps = 8) {
    return values(TextRun(adding_cell(members)), "c.s", Numbers(steps, 2));
}

TEST(RefractoryTime, counts_whole_steps_and_is_at_least_one) {
    const std::string reset = "    on detach(s): v = 0\n";
    EXPECT_EQ(spikes(reset), (Numbers{1, 1, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(spikes(reset + "    refractory 1: v\n"), (Numbers{1, 1, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(spikes(reset + "    refractory 0: v\n"), (Numbers{1, 1, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(spikes(reset + "    refractory 2: v\n"), (Numbers{1, 0, 1, 0, 1, 0, 1, 0}));
    EXPECT_EQ(spikes(reset + "    refractory 3: v\n"), (Numbers{1, 0, 0, 1, 0, 0, 1, 0}));
    EXPECT_EQ(spikes(reset + "    refractory 3.9: v\n"), (Numbers{1, 0, 0, 1, 0, 0, 1, 0}));
    EXPECT_EQ(spikes(reset + "    refractory 2.9995: v\n"), (Numbers{1, 0, 0, 1, 0, 0, 1, 0}));
    EXPECT_EQ(spikes(reset + "    param T = 3\n    refractory T: v\n"),
              (Numbers{1, 0, 0, 1, 0, 0, 1, 0}));
}

TEST(RefractoryTime, holds_the_named_states_and_no_others) {
    const TextRun cell(
        adding_cell("    state w = 0\n    w[t] = w[t-1] + I\n"
                    "    on detach(s): v = 0.25\n    refractory 3: v\n"));
    EXPECT_EQ(values(cell, "c.v", {2, 4, 8, 0.5, 0.5}), (Numbers{0.25, 0.25, 0.25, 0.75, 0.25}));
    EXPECT_EQ(values(cell, "c.w", {2, 4, 8, 0.5, 0.5}), (Numbers{2, 6, 14, 14.5, 15}));
}

TEST(RefractoryTime, assignments_do_not_change_held_states_but_those_of_the_spike_do) {
    const TextRun cell(
        adding_cell("    on detach(s): v = 0.25\n    on I: v = v + 100\n"
                    "    refractory 3: v\n"));
    EXPECT_EQ(values(cell, "c.v", {2, 1, 1, 0, 0}), (Numbers{100.25, 100.25, 100.25, 0.25, 0.25}));
    EXPECT_EQ(values(cell, "c.s", {2, 1, 1, 0, 0}), (Numbers{1, 0, 0, 1, 0}));
}

TEST(RefractoryTime, silences_a_cell_that_stays_above_its_threshold) {
    const TextRun cell(adding_cell("    refractory 4: v\n"));
    EXPECT_EQ(values(cell, "c.s", {2, 0, 0, 0, 0, 0}), (Numbers{1, 0, 0, 0, 1, 0}));
}

TEST(RefractoryTime, may_differ_between_cells) {
    const std::string text =
        adding_cell("    param T = 3\n    on detach(s): v = 0\n    refractory T: v\n");
    const TextRun cell(
        std::string(text).replace(text.find("c : C[1]"), 8, "c : C[1](T = 2 per neuron)"));
    EXPECT_EQ(values(cell, "c.s", {2, 2, 2, 2}), (Numbers{1, 0, 1, 0}));
}

TEST(RefractoryTime, the_count_is_a_state_of_the_run) {
    const TextRun cell(adding_cell("    on detach(s): v = 0\n    refractory 3: v\n"));
    const ir::TensorId count = cell.network().find("c.refractory.left");
    const auto& states = cell.network().states;
    EXPECT_TRUE(std::any_of(states.begin(), states.end(),
                            [&](const auto& state) { return state.variable == count; }));
    const Named values =
        cell.run(3, {{"x", {2, 2, 2}}, {"start(c.refractory.left)", {2}}}, {"c.s"});
    EXPECT_EQ(values.at("c.s"), (Numbers{0, 0, 1}));
}

/// w' = v - w beside a held v goes on as if v were constant; u' = -u is not touched.
TEST(RefractoryTime, other_states_of_an_exact_group_go_on_with_the_held_one_constant) {
    const std::string text =
        "neuron C {\n    input I\n    output s\n    state v = 2, w = 0\n    dv/dt = -v + 0.5*w\n"
        "    dw/dt = v - w\n    s[t] = spike(v - 1)\n    refractory 3: v\n}\n"
        "network N {\n    c : C[1]\n    output c.s\n    steps = 4\n}\n";
    const TextRun cell(text);
    ASSERT_EQ(cell.messages(), Messages{});
    const Named run = cell.run(4, {}, {"c.v", "c.w", "c.s"});
    const Numbers v = run.at("c.v"), w = run.at("c.w");
    EXPECT_EQ(run.at("c.s"), (Numbers{0, 0, 0, 0})) << "v decays below 1 in the first step";
    const Named held = cell.run(3, {{"start(c.refractory.left)", {2}}}, {"c.v", "c.w"});
    EXPECT_EQ(held.at("c.v")[1], 2);
    EXPECT_NEAR(held.at("c.w")[0], 2 - 2 * std::exp(-1.0), 1e-14);
    EXPECT_NEAR(held.at("c.w")[1], 2 - 2 * std::exp(-2.0), 1e-14);
    EXPECT_LT(held.at("c.v")[2], 2);
}

TEST(RefractoryTime, other_states_of_a_stepwise_solver_see_the_held_one_constant) {
    for (const char* solver : {"rk2", "rk4"}) {
        const std::string name(solver);
        const TextRun cell(
            "neuron C {\n    input I\n    output s\n    state v = 2, w = 0\n    dv/dt = -v solve " +
            name + "\n    dw/dt = v solve " + name +
            "\n    s[t] = spike(v - 1)\n    refractory 3: v\n}\nnetwork N {\n    dt = 0.5\n"
            "    c : C[1]\n    output c.s\n    steps = 4\n}\n");
        ASSERT_EQ(cell.messages(), Messages{});
        const Named held = cell.run(2, {{"start(c.refractory.left)", {2}}}, {"c.v", "c.w"});
        EXPECT_EQ(held.at("c.v"), (Numbers{2, 2})) << solver;
        EXPECT_EQ(held.at("c.w"), (Numbers{1, 2})) << solver;
    }
}

TEST(RefractoryTime, each_line_holds_its_states_and_spikes_wait_for_the_longest) {
    const std::string reset = "    on detach(s): v = 0\n";
    EXPECT_EQ(spikes(reset + "    refractory 2: v\n    refractory 4: v\n"),
              (Numbers{1, 0, 0, 0, 1, 0, 0, 0}));
    const std::string two =
        reset +
        "    state w = 0\n    w[t] = w[t-1] + 1\n    refractory 4: v\n    refractory 2: w\n";
    EXPECT_EQ(spikes(two), (Numbers{1, 0, 0, 0, 1, 0, 0, 0}));
    EXPECT_EQ(values(TextRun(adding_cell(two)), "c.w", Numbers(6, 2)), (Numbers{1, 1, 2, 3, 4, 4}));
    EXPECT_EQ(values(TextRun(adding_cell(two)), "c.v", Numbers(6, 2)), (Numbers{0, 0, 0, 0, 0, 0}));
}

/// x' = v + w while v, w or both stand still.
TEST(RefractoryTime, an_exact_group_knows_which_of_its_states_stand_still) {
    const TextRun cell(
        "neuron C {\n    input I\n    output s\n    state v = 2, w = 4, x = 0\n    dv/dt = -v\n"
        "    dw/dt = -w\n    dx/dt = v + w\n    s[t] = spike(I)\n    refractory 3: v\n"
        "    refractory 2: w\n}\nnetwork N {\n    c : C[1]\n    output c.s\n    steps = 4\n}\n");
    ASSERT_EQ(cell.messages(), Messages{});
    const auto x = [&](double v_left, double w_left) {
        const Named start{{"start(c.refractory.left)", {v_left}},
                          {"start(c.refractory.left2)", {w_left}}};
        return cell.run(1, start, {"c.x"}).at("c.x")[0];
    };
    const double decayed = 1 - std::exp(-1.0);
    EXPECT_NEAR(x(0, 0), 6 * decayed, 1e-14);
    EXPECT_NEAR(x(1, 0), 2 + 4 * decayed, 1e-14);
    EXPECT_NEAR(x(0, 1), 2 * decayed + 4, 1e-14);
    EXPECT_NEAR(x(1, 1), 6, 1e-14);
}

// ---- mistakes ------------------------------------------------------------------------------

TEST(EventMistakes, only_states_are_assigned_and_held) {
    EXPECT_EQ(TextRun(adding_cell("    on s: I = 0\n")).messages(),
              Messages{"E0406 at `I`: only states can be assigned or held, and `I` is none | `I`: "
                       "declared here"});
    EXPECT_EQ(TextRun(adding_cell("    on s: w = 0\n")).messages(),
              Messages{"E0201 at `w`: `C` declares no state `w`"});
    EXPECT_EQ(TextRun(adding_cell("    refractory 3: s\n")).messages(),
              Messages{"E0406 at `s`: only states can be assigned or held, and `s` is none | `s`: "
                       "declared here"});
}

TEST(EventMistakes, one_block_assigns_a_state_once) {
    EXPECT_EQ(TextRun(adding_cell("    on s: { v = 0; v = 1 }\n")).messages(),
              Messages{"E0405 at `v`: `v` is assigned twice in one block | `v`: the first stands "
                       "here"});
}

TEST(EventMistakes, the_past_cannot_be_assigned) {
    EXPECT_EQ(
        TextRun(adding_cell("    on s: v[t-1] = 0\n")).messages(),
        Messages{"E0402 at `[t-1]`: an assignment changes the value at `[t]`; the past cannot "
                 "be changed"});
    EXPECT_EQ(TextRun(adding_cell("    on s: v[t] = 0\n")).messages(), Messages{});
}

TEST(EventMistakes, refractory_times_are_constant_and_follow_an_output) {
    EXPECT_EQ(TextRun(adding_cell("    refractory I: v\n")).messages(),
              Messages{"E0303 at `I`: a refractory time is constant during the run"});
}

}  // namespace
}  // namespace snnc::frontend::test
