// Cells: options, lets, time indices (language.md section 2).
#include <gtest/gtest.h>

#include "ir/expr/printer.h"
#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

const char* const passing = "neuron C {\n    input I\n    output s\n";

std::string cell(const std::string& members) { return passing + members + "\n}\n"; }

// ---- options -------------------------------------------------------------------------------

TEST(ElaborateOptions, FirstIsTheDefaultAndUsesChoose) {
    const std::string text = cell("    option o = a | b\n    s[t] = match o { a => I; b => 2*I }");
    EXPECT_EQ(equations(with_use(text, "C")), "c.s[t] = x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(o = b)")), "c.s[t] = 2*x[t]\n");
    EXPECT_EQ(findings(with_use(text, "C(o = d)")), "E0201 d\n");
    EXPECT_EQ(findings(with_use(text, "C(o = 1)")), "E0301 1\n");
}

TEST(ElaborateOptions, EveryValueExactlyOnce) {
    EXPECT_EQ(findings(cell("    option o = a | b | c\n    s[t] = match o { a | c => I; b => 2 }")),
              "");
    EXPECT_EQ(findings(cell("    option o = a | b\n    s[t] = match o { a | b => I; b => 0 }")),
              "E0408 b\n");
    EXPECT_EQ(findings(cell("    option o = a | b\n    s[t] = match o { a => I }")), "E0409 o\n");
    EXPECT_EQ(findings(cell("    option o = a | b\n    s[t] = match o { a => I; b => I; a => 0 }")),
              "E0408 a\n");
    EXPECT_EQ(findings(cell("    option o = a | b\n    s[t] = match o { a => I; b => I; f => 0 }")),
              "E0201 f\n");
}

TEST(ElaborateOptions, ArmsThatAreNotChosenAreCheckedForNamesOnly) {
    EXPECT_EQ(findings(cell("    option o = a | b\n    s[t] = match o { a => I; b => y }")),
              "E0201 y\n");
}

TEST(ElaborateOptions, TrueAndFalseStandAsConditions) {
    const std::string text =
        cell("    option o = false | true\n    s[t] = if o { 2*I } else { I }");
    EXPECT_EQ(equations(with_use(text, "C")), "c.s[t] = x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(o = true)")), "c.s[t] = 2*x[t]\n");
}

// ---- lets ----------------------------------------------------------------------------------

TEST(ElaborateLets, OrderOfLinesDoesNotMatter) {
    const std::string one = cell("    let a = 2*b\n    let b = I + 1\n    s[t] = a*b");
    const std::string other = cell("    s[t] = a*b\n    let b = I + 1\n    let a = 2*b");
    EXPECT_EQ(equations(with_use(one, "C")),
              "c.b[t] = x[t] + 1\nc.a[t] = 2*c.b[t]\nc.s[t] = c.a[t]*c.b[t]\n");
    EXPECT_EQ(equations(with_use(other, "C")), equations(with_use(one, "C")));
}

TEST(ElaborateLets, AStateKeepsItsNameWhereALetIsItsValue) {
    const std::string text =
        cell("    state v = 0\n    let u = v[t-1] + I\n    v[t] = u\n    s[t] = spike(u - 1)");
    EXPECT_EQ(equations(with_use(text, "C")),
              "c.v = 0 before the first step\nc.v[t] = c.v[t-1] + x[t]\nc.s[t] = spike(c.v[t] - "
              "1)\n");
}

TEST(ElaborateLets, HaveNoPastAndNoCycle) {
    EXPECT_EQ(findings(cell("    let a = I\n    s[t] = a[t-1]")), "E0401 a[t-1]\n");
    EXPECT_EQ(equations(with_use(cell("    let a = 2*I\n    s[t] = a[t]"), "C")),
              "c.s[t] = 2*x[t]\n");
    EXPECT_EQ(findings(cell("    let a = b\n    let b = a\n    s[t] = a")), "E0403 a\n");
}

// The arms of the other choice read each other the other way round.
TEST(ElaborateLets, AnArmThatIsNotChosenMakesNoCycle) {
    const std::string text = cell(
        "    option o = p | q\n    let a = match o { p => b; q => I }\n"
        "    let b = match o { p => 2*I; q => a }\n    s[t] = a + b");
    EXPECT_EQ(findings(with_use(text, "C")), "");
    EXPECT_EQ(findings(with_use(text, "C(o = q)")), "");
}

// A helper of a reduction must not take the name of a member.
TEST(ElaborateLets, KeepTheirNamesFromHelpers) {
    const std::string text =
        cell("    state x = 0\n    let mean = mean(2*I)\n    x[t] = x[t-1] + mean\n    s[t] = x");
    EXPECT_EQ(equations(with_use(text, "C")),
              "c.x2[t] = 2*x[t]\nc.mean2[t] = sum(c.x2[t])\nc.mean[t] = c.mean2[t]/2\n"
              "c.x = 0 before the first step\nc.x[t] = c.x[t-1] + c.mean[t]\nc.s[t] = c.x[t]\n");
}

// ---- time ----------------------------------------------------------------------------------

TEST(ElaborateTime, StatesReadTheirInitialValueBeforeTheRun) {
    const std::string text =
        cell("    param p = 0.25\n    state v = 2*p\n    v[t] = v[t-1] + v[t-3]\n    s[t] = v");
    EXPECT_EQ(equations(with_use(text, "C")),
              "c.v = 0.5 before the first step\nc.v[t] = c.v[t-1] + c.v[t-3]\nc.s[t] = c.v[t]\n");
}

TEST(ElaborateTime, OutputsAndPortsAreZeroBeforeTheRun) {
    const std::string text = cell("    output q\n    s[t] = I[t-1] + I[t-2]\n    q[t] = s[t-2]");
    EXPECT_EQ(equations(with_use(text, "C")),
              "c.I[t] = x[t]\nc.s = 0 before the first step\nc.s[t] = c.I[t-1] + c.I[t-2]\n"
              "c.q[t] = c.s[t-2]\n");
}

TEST(ElaborateTime, AHeldPortIsZeroBeforeTheRunToo) {
    EXPECT_EQ(equations(cell("    s[t] = I + I[t-1]") +
                        "network N {\n    input x : f32[2]\n    x -> C as c\n}"),
              "c.I = x\nc.I.each_step[t] = c.I\nc.s[t] = x + c.I.each_step[t-1]\n");
}

TEST(ElaborateTime, AnUnconnectedPortIsZero) {
    EXPECT_EQ(equations("neuron C {\n    input I, J\n    output s\n    s[t] = I + J + J[t-1]\n}\n"
                        "network N {\n    input x[t] : f32[2]\n    x -> C as c\n}"),
              "c.s[t] = x[t] + 0 + 0\n");
}

TEST(ElaborateEquations, ACellThatNobodyUsesMayAskForAnyInterval) {
    EXPECT_EQ(findings("neuron C {\n    input I in [0, 0.5]\n    output s\n    s[t] = I\n}\n"), "");
}

TEST(ElaborateTime, LagsMayBeConstantsOfTheCell) {
    const std::string text = cell("    param d = 2\n    s[t] = I[t-d] + I[t-0]");
    EXPECT_EQ(equations(with_use(text, "C(d = 3)")), "c.I[t] = x[t]\nc.s[t] = c.I[t-3] + x[t]\n");
    EXPECT_EQ(findings(with_use(text, "C(d = 2.5)")), "E0402 [t-d]\n");
}

TEST(ElaborateTime, RefusesTheFutureAndOtherIndices) {
    EXPECT_EQ(findings(cell("    s[t] = I[t+1]")), "E0402 [t+1]\n");
    EXPECT_EQ(findings(cell("    s[t] = I[2]")), "E0402 [2]\n");
    EXPECT_EQ(findings(cell("    state v = 0\n    v[t-1] = I\n    s[t] = I")), "E0402 [t-1]\n");
    EXPECT_EQ(findings(cell("    param p = 1\n    s[t] = p[t-1]")), "E0401 p[t-1]\n");
}

TEST(ElaborateTime, StepNumberAndStepLength) {
    EXPECT_EQ(equations(with_use(cell("    s[t] = t*dt*I"), "C", "    dt = 2ms")),
              "c.s[t] = t*2*x[t]\n");
}

TEST(ElaborateTime, ReportsACycleWithinAStepOnce) {
    EXPECT_EQ(findings(cell("    state v = 0\n    v[t] = s\n    s[t] = v")), "E0403 v[t] = s\n");
}

// ---- equations -----------------------------------------------------------------------------

TEST(ElaborateEquations, ExactlyOneForEachStateAndOutput) {
    EXPECT_EQ(findings(cell("    state v = 0\n    s[t] = I")), "E0404 v\n");
    EXPECT_EQ(findings(cell("    s[t] = I\n    s[t] = 0")), "E0405 s\n");
    EXPECT_EQ(findings(cell("    param p = 1\n    s[t] = I\n    p[t] = 0")), "E0406 p\n");
    EXPECT_EQ(findings(cell("    s[t] = I\n    u[t] = 0")), "E0201 u\n");
}

TEST(ElaborateEquations, NamesAreDeclaredOnce) {
    EXPECT_EQ(findings(cell("    param s = 1\n    s[t] = I")), "E0202 s\n");
    EXPECT_EQ(findings(cell("    state t = 1\n    s[t] = I")), "E0203 t\n");
    EXPECT_EQ(findings("neuron C {\n    input I\n    output v\n    state v = 0\n    v[t] = I\n}"),
              "");
}

TEST(ElaborateEquations, ABranchThatIsKnownIsTaken) {
    EXPECT_EQ(
        equations(with_use(cell("    param p = 2\n    s[t] = if p > 1 { I } else { 0 }"), "C")),
        "c.s[t] = x[t]\n");
}

// ---- surrogates and functions --------------------------------------------------------------

TEST(ElaborateSpikes, TakeTheSurrogateOfTheirUse) {
    const std::string text = cell("    s[t] = spike(I)");
    const auto factor = [&](const std::string& use) {
        const auto network = elaborated(with_use(text, use)).network;
        if (!network) return std::string("none");
        const ir::ExprPool& pool = network->pool;
        for (std::uint32_t i = 0; i < pool.size(); ++i)
            if (const ir::ExprNode node = pool[{i}]; node.op == ir::Op::Spike)
                return ir::print(pool, node.args[1], [](const ir::ExprNode&) { return "x"; });
        return std::string("no spike");
    };
    EXPECT_EQ(factor("C"), "1/(1 + 3.141592653589793*x*(3.141592653589793*x))");
    EXPECT_EQ(factor("C(surrogate = fast_sigmoid(slope = 3))"),
              "1/((3*abs(x) + 1)*(3*abs(x) + 1))");
    EXPECT_EQ(factor("C(surrogate = straight_through)"), "1");
    EXPECT_EQ(findings(with_use(text, "C(surrogate = fast_sigmod)")), "E0201 fast_sigmod\n");
    EXPECT_EQ(findings(with_use(text, "C(surrogate = atan(slope = 3))")), "E0201 slope\n");
    EXPECT_EQ(findings(with_use(text, "C(surrogate = learn atan)")), "E0205 learn atan\n");
    EXPECT_EQ(
        findings(with_use(cell("    s[t] = spike(I) surrogate atan"), "C(surrogate = sigmoid)")),
        "E0407 surrogate = sigmoid\n");
    EXPECT_EQ(findings(with_use(cell("    s[t] = I"), "C(surrogate = sigmoid)")),
              "E0407 surrogate = sigmoid\n");
}

TEST(ElaborateFunctions, AreInlinedAndSeeTheirArgumentsOnly) {
    EXPECT_EQ(equations(with_use(
                  "fn f(a, b) = a - g(b)\nfn g(a) = 2*a*dt\n" + cell("    s[t] = f(I, 3)"), "C")),
              "c.s[t] = x[t] - 6\n");
    EXPECT_EQ(findings("fn f(a) = a + I\n" + cell("    s[t] = f(I)")), "E0201 I\n");
    EXPECT_EQ(findings("fn f(a) = f(a)\n"), "E0204 f\n");
    EXPECT_EQ(findings("fn f(a) = a\n" + cell("    s[t] = f(I, 1)")), "E0205 1\n");
}

// They read dt, but neither t nor steps; a run refuses what a check refuses.
TEST(ElaborateFunctions, HaveNoTime) {
    const std::string text = with_use("fn f(a) = a*t\n" + cell("    s[t] = f(I)"), "C");
    EXPECT_EQ(findings(text), "E0303 t\n");
    EXPECT_EQ(elaborated(text).problems.substr(0, 7), "E0303 t");
}

// ---- encoders ------------------------------------------------------------------------------

TEST(ElaborateEncoders, PassNoGradientAndLearnNothing) {
    const std::string text =
        "encoder E {\n    input I\n    output s\n    param g = 2\n"
        "    s[t] = g*I\n}";
    EXPECT_EQ(equations(with_use(text, "E")), "c.I[t] = detach(x[t])\nc.s[t] = 2*c.I[t]\n");
    EXPECT_EQ(findings(with_use(text, "E(g = learn 2)")), "E0420 learn 2\n");
    EXPECT_EQ(findings("encoder E {\n    input I\n    output s\n    learn g = 2\n    s[t] = I\n}"),
              "E0420 g\n");
}

}  // namespace
}  // namespace snnc::frontend::test
