// `dv/dt = e solve …`: the recurrences that differential equations become (language.md 2).
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "tests/unit/frontend/text_run.h"

namespace snnc::frontend::test {
namespace {

/// A network of one cell `c` with the given members, driven by `x`.
std::string one_cell(const std::string& members, const std::string& dt = "0.5",
                     const std::string& arguments = "", int cells = 1) {
    const std::string shape = "[" + std::to_string(cells) + "]";
    return "neuron C {\n    input I\n    output v\n" + members + "}\nnetwork N {\n    dt = " + dt +
           "\n    input x[t] : f32" + shape + "\n    c : C" + shape + "(" + arguments +
           ")\n    x -> c.I\n    output c.v\n}\n";
}

using Messages = std::vector<std::string>;

/// The last values of the variables of a run without input.
Numbers last(const TextRun& cell, std::int64_t steps, std::vector<std::string> wanted,
             Named given = {}) {
    given.emplace("x", Numbers(std::size_t(steps), 0));
    const Named values = cell.run(steps, given, wanted);
    Numbers result;
    for (const std::string& name : wanted) result.push_back(values.at(name).back());
    return result;
}

void expect_near(const Numbers& actual, const Numbers& expected, double error) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        EXPECT_NEAR(actual[i], expected[i], error * std::max(1.0, std::abs(expected[i]))) << i;
}

// ---- exact ---------------------------------------------------------------------------------

TEST(SolveExact, a_single_equation_of_numbers_becomes_two_numbers) {
    const TextRun cell(
        one_cell("    param tau = 10\n    state v = 1\n"
                 "    dv/dt = (I - v)/tau solve exact\n"));
    ASSERT_EQ(cell.messages(), Messages{});
    EXPECT_EQ(cell.formula("c.v"),
              "c.v[t] = 0.951229424500714*c.v[t-1] + 0.4877057549928599*(x[t]/10)");
    const Named values = cell.run(3, {{"x", {0, 0, 0}}}, {"c.v"});
    expect_near(values.at("c.v"), {std::exp(-0.05), std::exp(-0.1), std::exp(-0.15)}, 1e-15);
}

TEST(SolveExact, is_what_a_linear_equation_without_a_solver_gets) {
    const std::string members = "    state v = 1\n    dv/dt = I - 0.3*v";
    EXPECT_EQ(TextRun(one_cell(members + "\n")).formula("c.v"),
              TextRun(one_cell(members + " solve exact\n")).formula("c.v"));
}

TEST(SolveExact, a_rest_of_numbers_becomes_one_number) {
    const TextRun cell(
        one_cell("    param rest = -70\n    state v = rest\n"
                 "    dv/dt = (rest - v)/20\n",
                 "1"));
    EXPECT_EQ(cell.formula("c.v"), "c.v[t] = 0.951229424500714*c.v[t-1] + -3.4139402849500193");
}

TEST(SolveExact, a_constant_slope_and_a_decay_of_zero) {
    const TextRun cell(one_cell("    state v = 1, w = 2\n    dv/dt = I + 3\n    dw/dt = v\n"));
    // w = 2 + t + 1.5*t^2 at t = 1
    expect_near(last(cell, 2, {"c.v", "c.w"}), {4, 4.5}, 1e-14);
}

/// scipy.linalg.expm of the augmented matrix, applied four times.
TEST(SolveExact, equations_that_depend_on_each_other_are_what_scipy_computes) {
    const TextRun cell(
        one_cell("    state v = 0.2, w = -0.4\n"
                 "    dv/dt = -0.1*v - 2*w + 1\n"
                 "    dw/dt = 0.5*v - 0.3*w - 0.25\n"));
    ASSERT_EQ(cell.messages(), Messages{});
    expect_near(last(cell, 4, {"c.v", "c.w"}), {1.958421324640868, 0.5716659663938102}, 1e-14);
}

const char* const chain =
    "    param t1 = 10, t2 = 5, t3 = 2\n    state v = 0.2, w = -0.4, u = 1\n"
    "    dv/dt = (w - v)/t1 + 0.1\n    dw/dt = (u - w)/t2 + 0.2\n    du/dt = -u/t3 + 0.3\n";

struct Chain {
    Numbers taus, expected;
};

/// The same by scipy, dt = 0.5, four steps; the last two rows have (nearly) equal time constants.
const Chain chains[] = {
    {{10, 5, 2}, {0.34774421294568053, 0.3400107358925074, 0.747151776468577}},
    {{5, 5, 5}, {0.31871981585744275, 0.42200785728951806, 1.16483997698218}},
    {{5, 5.0001, 5}, {0.3187184013908249, 0.4220010445956413, 1.16483997698218}}};

std::string taus(const char* form, const Numbers& taus) {
    std::string text;
    for (std::size_t i = 0; i < taus.size(); ++i)
        text += (i ? ", t" : "t") + std::to_string(i + 1) + " = " + form + std::to_string(taus[i]);
    return text;
}

TEST(SolveExact, a_chain_of_numbers_is_what_scipy_computes) {
    for (const Chain& one : chains)
        expect_near(
            last(TextRun(one_cell(chain, "0.5", taus("", one.taus))), 4, {"c.v", "c.w", "c.u"}),
            one.expected, 1e-14);
}

TEST(SolveExact, a_chain_of_learned_time_constants_is_what_scipy_computes) {
    for (const Chain& one : chains) {
        const TextRun cell(one_cell(chain, "0.5", taus("learn ", one.taus)));
        ASSERT_EQ(cell.messages(), Messages{});
        expect_near(last(cell, 4, {"c.v", "c.w", "c.u"}), one.expected, 1e-14);
    }
}

TEST(SolveExact, gradients_are_right_where_time_constants_are_equal_near_and_far) {
    for (const Numbers& values :
         {Numbers{10, 5, 2}, Numbers{5, 5, 5}, Numbers{5, 5.000001, 5}, Numbers{5, 5, 0.3},
          Numbers{0.2, 50, 1.2}, Numbers{1.9, 2, 1.7}}) {
        const TextRun cell(one_cell(chain, "0.5", taus("learn ", values)),
                           "sum_t(sum(c.v*c.v + 0.5*c.w))");
        ASSERT_EQ(cell.messages(), Messages{});
        const Named given{{"x", Numbers(5, 0)},
                          {"c.t1", {values[0]}},
                          {"c.t2", {values[1]}},
                          {"c.t3", {values[2]}}};
        for (const char* name : {"c.t1", "c.t2", "c.t3"})
            cell.expect_gradient(5, given, name, 2e-8);
    }
}

TEST(SolveExact, factors_of_one_value_per_neuron_are_computed_once) {
    const TextRun cell(one_cell("    param tau = 10\n    state v = 1\n    dv/dt = (I - v)/tau\n",
                                "0.5", "tau = uniform(5, 20) per neuron", 3));
    ASSERT_EQ(cell.messages(), Messages{});
    const ir::Tensor& decay = cell.network()[cell.network().find("c.v.decay")];
    EXPECT_FALSE(decay.per_step);
    EXPECT_FALSE(decay.per_sample);
    EXPECT_EQ(decay.shape, ir::Shape{3});
    EXPECT_EQ(cell.formula("c.v.decay"), "c.v.decay = exp(c.v.exponent)");
}

TEST(SolveExact, an_input_may_be_a_factor) {
    const TextRun cell(one_cell("    state v = 1\n    dv/dt = 2 - I*v solve exact\n", "0.5"),
                       "sum_t(sum(c.v))");
    ASSERT_EQ(cell.messages(), Messages{});
    const Named values = cell.run(3, {{"x", {0.7, 0, 1e-9}}}, {"c.v"});
    const double first = 2 / 0.7 + (1 - 2 / 0.7) * std::exp(-0.35);
    expect_near(values.at("c.v"), {first, first + 1, first + 2}, 1e-8);
    cell.expect_gradient(3, {{"x", {0.7, 0, 1e-3}}}, "x", 1e-7);
}

TEST(SolveExact, a_branch_chosen_by_an_input_is_linear) {
    const TextRun cell(one_cell("    state v = 1\n    dv/dt = if I > 0 { -v } else { 1 - 2*v }\n"));
    ASSERT_EQ(cell.messages(), Messages{});
    expect_near(cell.run(2, {{"x", {1, 0}}}, {"c.v"}).at("c.v"),
                {std::exp(-0.5), 0.5 + (std::exp(-0.5) - 0.5) * std::exp(-1.0)}, 1e-15);
}

TEST(SolveExact, a_let_moves_along_with_its_states) {
    const TextRun direct(one_cell("    state v = 1\n    dv/dt = (I - v)/10\n"));
    const TextRun by_let(
        one_cell("    state v = 1\n    dv/dt = drive\n    let drive = (I - u)/10, u = v\n"));
    ASSERT_EQ(by_let.messages(), Messages{});
    EXPECT_EQ(by_let.formula("c.v"), direct.formula("c.v"));
    EXPECT_EQ(by_let.formula("c.drive"), "c.drive[t] = (x[t] - c.v[t])/10");
}

TEST(SolveExact, an_index_means_a_constant_of_the_step) {
    const TextRun cell(one_cell("    state v = 1\n    dv/dt = v[t-1] - v\n"));
    EXPECT_EQ(cell.formula("c.v"),
              "c.v[t] = 0.6065306597126334*c.v[t-1] + 0.3934693402873666*c.v[t-1]");
}

// ---- the other solvers ---------------------------------------------------------------------

TEST(SolveEuler, is_written_as_one_would_write_it) {
    const TextRun cell(one_cell(
        "    state v = 1, w = 2\n    dv/dt = I - v*w solve euler\n    dw/dt = v solve euler\n"));
    EXPECT_EQ(cell.formula("c.v"), "c.v[t] = c.v[t-1] + 0.5*(x[t] - c.v[t-1]*c.w[t-1])");
    EXPECT_EQ(cell.formula("c.w"), "c.w[t] = c.w[t-1] + 0.5*c.v[t-1]");
}

TEST(SolveExpEuler, is_exact_for_an_equation_by_itself) {
    const std::string equation = "    state v = 1\n    dv/dt = I - 0.3*v solve ";
    EXPECT_EQ(TextRun(one_cell(equation + "exp_euler\n")).formula("c.v"),
              TextRun(one_cell(equation + "exact\n")).formula("c.v"));
}

TEST(SolveExpEuler, sees_other_states_as_they_are_at_the_beginning) {
    const TextRun cell(
        one_cell("    state v = 1, w = 2\n    dv/dt = -0.3*v*w*w solve exp_euler\n"
                 "    dw/dt = -w + v solve exp_euler\n"));
    ASSERT_EQ(cell.messages(), Messages{});
    expect_near(last(cell, 1, {"c.v", "c.w"}),
                {std::exp(-0.6), 2 * std::exp(-0.5) + 1 - std::exp(-0.5)}, 1e-15);
}

TEST(Solvers, states_of_another_group_stand_for_the_beginning_of_the_step) {
    const TextRun cell(
        one_cell("    state v = 1, w = 2\n    dv/dt = w solve euler\n"
                 "    dw/dt = -v solve exact\n"));
    EXPECT_EQ(cell.formula("c.v"), "c.v[t] = c.v[t-1] + 0.5*c.w[t-1]");
    EXPECT_EQ(cell.formula("c.w"), "c.w[t] = c.w[t-1] + 0.5*-c.v[t-1]");
}

/// The order of convergence on v' = v*(1 - w), w' = w*(v - 1) (Lotka and Volterra), measured
/// between steps of 1/20 and 1/40 over two units of time; the truth is that of rk4 with steps of
/// 1/1000.
double measured_order(const std::string& solver) {
    const auto end = [](const std::string& name, int steps_in_unit) {
        const std::string members = "    state v = 0.5, w = 0.8\n    dv/dt = v*(1 - w) solve " +
                                    name + "\n    dw/dt = w*(v - 1) solve " + name + "\n";
        const TextRun cell(one_cell(members, std::to_string(1.0 / steps_in_unit)));
        return last(cell, 2 * steps_in_unit, {"c.v", "c.w"});
    };
    const Numbers truth = end("rk4", 1000);
    const auto error = [&](int steps_in_unit) {
        const Numbers found = end(solver, steps_in_unit);
        return std::hypot(found[0] - truth[0], found[1] - truth[1]);
    };
    return std::log2(error(20) / error(40));
}

TEST(Solvers, converge_with_their_order) {
    for (const char* name : {"euler", "exp_euler", "rk2", "rk4"})
        RecordProperty(name, std::to_string(measured_order(name)));
    EXPECT_NEAR(measured_order("euler"), 1, 0.1);
    EXPECT_NEAR(measured_order("exp_euler"), 1, 0.1);
    EXPECT_NEAR(measured_order("rk2"), 2, 0.1);
    EXPECT_NEAR(measured_order("rk4"), 4, 0.1);
}

TEST(Solvers, gradients_go_through_the_stages) {
    for (const char* solver : {"euler", "exp_euler", "rk2", "rk4"}) {
        const std::string name(solver);
        const TextRun cell(
            one_cell(
                "    learn a = 0.3\n    state v = 0.5, w = 0.8\n    dv/dt = v*(I - a*w) solve " +
                name + "\n    dw/dt = w*(a*v - 1) solve " + name + "\n"),
            "sum_t(sum(c.v*c.w))");
        ASSERT_EQ(cell.messages(), Messages{});
        const Named given{{"x", {1, 0.5, 0.2, 0.9}}, {"c.a", {0.3}}, {"start(c.w)", {0.8}}};
        for (const char* wrt : {"x", "c.a", "start(c.w)"})
            cell.expect_gradient(4, given, wrt, 1e-7);
    }
}

// ---- sums over cells ------------------------------------------------------------------------

/// Two cells from 1 and 3 with v' = mean(v)^2 - v: the mean moves along with the stages.
Numbers coupled(const std::string& solver) {
    const TextRun cell(one_cell(
        "    state v = 0\n    dv/dt = mean(v)*mean(v) - v solve " + solver + "\n", "0.5", "", 2));
    EXPECT_EQ(cell.messages(), Messages{}) << solver;
    return cell.run(1, {{"x", {0, 0}}, {"start(c.v)", {1, 3}}}, {"c.v"}).at("c.v");
}

TEST(SumsAlongTheStep, are_made_anew_for_every_stage) {
    using Pair = std::array<double, 2>;
    const auto slope = [](const Pair& v) {
        const double mean = (v[0] + v[1]) / 2;
        return Pair{mean * mean - v[0], mean * mean - v[1]};
    };
    const auto moved = [](const Pair& v, double length, const Pair& k) {
        return Pair{v[0] + length * k[0], v[1] + length * k[1]};
    };
    const double dt = 0.5;
    const Pair start{1, 3}, k1 = slope(start), k2 = slope(moved(start, dt / 2, k1)),
                            k3 = slope(moved(start, dt / 2, k2)), k4 = slope(moved(start, dt, k3));
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_NEAR(coupled("euler")[i], start[i] + dt * k1[i], 1e-14);
        EXPECT_NEAR(coupled("rk2")[i], start[i] + dt * k2[i], 1e-14);
        EXPECT_NEAR(coupled("rk4")[i], start[i] + dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]),
                    1e-14);
    }
}

TEST(SumsAlongTheStep, over_states_of_another_solver_are_those_before_the_step) {
    const TextRun cell(
        one_cell("    state v = 1, w = 2\n    dv/dt = -v + sum(w) solve exact\n"
                 "    dw/dt = -w solve euler\n",
                 "1", "", 2));
    ASSERT_EQ(cell.messages(), Messages{});
    const Named values = cell.run(1, {{"x", {0, 0}}}, {"c.v", "c.w"});
    const double decay = std::exp(-1.0);
    expect_near(values.at("c.v"), Numbers(2, decay + 4 * (1 - decay)), 1e-14);
    EXPECT_EQ(values.at("c.w"), (Numbers{0, 0}));
}

TEST(SumsAlongTheStep, have_their_gradient) {
    const TextRun cell(
        one_cell("    state v = 0.5\n    dv/dt = I*mean(v) - v*v solve rk2\n", "0.5", "", 2),
        "sum_t(sum(c.v*c.v))");
    cell.expect_gradient(3, {{"x", {0.3, 0.7, 0.2, 0.9, 0.1, 0.4}}}, "x");
}

// ---- mistakes ------------------------------------------------------------------------------

TEST(SolverMistakes, what_is_not_linear_has_no_exact_solution) {
    EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = v*v + I solve exact\n")).messages(),
              Messages{"E0410 at `v*v + I`: `solve exact` needs equations that are linear in the "
                       "states, and that of `v` is not"});
    EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = exp(-v)\n")).messages(),
              Messages{"E0410 at `exp(-v)`: the equation of `v` is not linear in the states, so it "
                       "must say how it is solved"});
}

TEST(SolverMistakes, a_cycle_of_states_needs_numbers) {
    EXPECT_EQ(TextRun(one_cell("    learn a = 0.1\n    state v = 0, w = 0\n"
                               "    dv/dt = a*w - v\n    dw/dt = -v\n"))
                  .messages(),
              Messages{"E0410 at `a*w - v`: `v` and other states depend on each other, and not all "
                       "of their factors are numbers known before the run; such a system has no "
                       "exact solution here"});
}

TEST(SolverMistakes, exponential_euler_needs_an_equation_linear_in_its_own_state) {
    EXPECT_EQ(
        TextRun(one_cell("    state v = 0\n    dv/dt = v*v solve exp_euler\n")).messages(),
        Messages{"E0410 at `v*v`: `solve exp_euler` needs an equation that is linear in its own "
                 "state, and that of `v` is not"});
}

TEST(SolverMistakes, names_and_double_equations) {
    EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = -v solve rk5\n")).messages(),
              Messages{"E0201 at `rk5`: there is no solver `rk5`"});
    EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = -v\n    v[t] = 0\n")).messages(),
              Messages{"E0405 at `v`: `v` has two equations | `dv`: the first stands here"});
    EXPECT_EQ(TextRun(one_cell("    param p = 1\n    state v = 0\n    dv/dt = -v\n"
                               "    dp/dt = p\n"))
                  .messages(),
              Messages{"E0406 at `p`: only states have differential equations, and `p` is none | "
                       "`p`: declared here"});
    EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = -v\n    dw/dt = v\n")).messages(),
              Messages{"E0201 at `w`: `C` declares no state `w`"});
}

TEST(SolverMistakes, white_noise_is_for_solvers_of_one_step) {
    for (const char* solver : {"euler", "exp_euler"})
        EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = -v + xi solve " +
                                   std::string(solver) + "\n"))
                      .messages(),
                  Messages{});
    for (const char* solver : {"rk2", "rk4", "exact"})
        EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = -v + xi solve " +
                                   std::string(solver) + "\n"))
                      .messages(),
                  Messages{"E0421 at `xi`: white noise `xi` stands in a `dv/dt = …` that is solved "
                           "by `euler` or `exp_euler`"});
}

TEST(SolverMistakes, solvers_that_advance_each_cell_by_itself_take_no_sums) {
    const std::string what =
        "E0410 at `mean(v) - v`: the equation of `v` sums a state over the cells along the step, "
        "and this solver advances each cell by itself";
    for (const char* solver : {"", " solve exact", " solve exp_euler"})
        EXPECT_EQ(TextRun(one_cell("    state v = 0\n    dv/dt = mean(v) - v" +
                                   std::string(solver) + "\n"))
                      .messages(),
                  Messages{what})
            << solver;
}

}  // namespace
}  // namespace snnc::frontend::test
