// Parameters of cells: constants, learned and stored values, intervals (language.md section 3).
#include <gtest/gtest.h>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

std::string cell(const std::string& parameters, const std::string& value = "p*I") {
    return "neuron C {\n    input I\n    output s\n" + parameters + "\n    s[t] = " + value +
           "\n}\n";
}

std::string to_string_short(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

/// "c.p : f32[2] parameter, trained = uniform(0, 1)" for every parameter.
std::string stored(const std::string& text) {
    const Elaborated result = elaborated(text);
    if (!result.network) return result.problems;
    std::string lines;
    for (const ir::Parameter& parameter : result.network->parameters) {
        const ir::Tensor& tensor = (*result.network)[parameter.tensor];
        using Kind = ir::Initialiser::Kind;
        const ir::Initialiser& first = parameter.initialiser;
        lines += tensor.name + ir::to_string(tensor.shape) +
                 (tensor.trainable ? " trained " : " ") +
                 (first.kind == Kind::Constant
                      ? to_string_short(first.a)
                      : (first.kind == Kind::Uniform ? "uniform " : "normal ") +
                            to_string_short(first.a) + " " + to_string_short(first.b)) +
                 (tensor.per_channel ? " per channel" : "") + "\n";
    }
    return lines;
}

TEST(ElaborateParameters, AConstantIsWrittenIntoTheEquations) {
    const std::string text = cell("    param p = 0.5");
    EXPECT_EQ(equations(with_use(text, "C")), "c.s[t] = 0.5*x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(p = 2 + 1)")), "c.s[t] = 3*x[t]\n");
    EXPECT_EQ(stored(with_use(text, "C")), "");
}

TEST(ElaborateParameters, LearnedOnes) {
    const std::string plain = cell("    param p = 0.5"), learned = cell("    learn p = 0.5");
    EXPECT_EQ(stored(with_use(plain, "C(p = learn 0.7)")), "c.p[] trained 0.7\n");
    EXPECT_EQ(stored(with_use(plain, "C(p = learn 0.7 per neuron)")), "c.p[2] trained 0.7\n");
    EXPECT_EQ(stored(with_use(learned, "C")), "c.p[] trained 0.5\n");
    EXPECT_EQ(stored(with_use(learned, "C(p = 0.7)")), "c.p[] trained 0.7\n");
    EXPECT_EQ(stored(with_use(learned, "C(p = fixed 0.7)")), "");
    EXPECT_EQ(equations(with_use(learned, "C")), "c.s[t] = c.p*x[t]\n");
}

TEST(ElaborateParameters, StoredOnesThatAreNotTrained) {
    const std::string text = cell("    param p = 0.5");
    EXPECT_EQ(stored(with_use(text, "C(p = 0.7 per neuron)")), "c.p[2] 0.7\n");
    EXPECT_EQ(stored(with_use(text, "C(p = uniform(0, 2) per neuron)")), "c.p[2] uniform 0 2\n");
    EXPECT_EQ(stored(with_use(text, "C(p = normal(1, 0.5))")), "c.p[] normal 1 0.5\n");
    EXPECT_EQ(stored(with_use(cell("    param p = uniform(1, 2)"), "C")), "c.p[] uniform 1 2\n");
    EXPECT_EQ(findings(with_use(text, "C(p = poisson(1) per neuron)")), "E0301 poisson(1)\n");
    EXPECT_EQ(findings(with_use(text, "C(p = uniform(2, 0))")), "E0305 uniform(2, 0)\n");
}

TEST(ElaborateParameters, PerChannel) {
    const std::string text = cell("    param p = 0.5") +
                             "network N {\n    input x[t] : f32[3, 2, 2]\n"
                             "    x -> C(p = learn 0.5 per channel) as c\n}";
    EXPECT_EQ(stored(text), "c.p[3] trained 0.5 per channel\n");
    EXPECT_EQ(equations(text), "c.s[t] = c.p*x[t]\n");
    EXPECT_EQ(findings(with_use(cell("    param p = 0.5"), "C(p = learn 1 per channel)")),
              "E0302 channel\n");
    EXPECT_EQ(findings(with_use(cell("    param p = 0.5"), "C(p = learn 1 per layer)")),
              "E0201 layer\n");
}

TEST(ElaborateParameters, DefaultsUseOtherParametersInAnyOrder) {
    const std::string text = cell("    param p = 2*q + dt\n    param q = 0.5");
    EXPECT_EQ(equations(with_use(text, "C")), "c.s[t] = 2*x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(q = 1)", "    dt = 3")), "c.s[t] = 5*x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(q = learn 1)")), "c.s[t] = (2*c.q + 1)*x[t]\n");
    EXPECT_EQ(findings(cell("    param p = q\n    param q = p")), "E0204 p\n");
    EXPECT_EQ(findings(cell("    param p = I")), "E0303 I\n");
    EXPECT_EQ(findings(cell("    param p = t")), "E0303 t\n");
}

TEST(ElaborateParameters, AnArmThatIsNotChosenMakesNoCycle) {
    const std::string text = cell(
        "    option o = a | b\n    param p = match o { a => q; b => 3 }\n"
        "    param q = match o { a => 2; b => p }",
        "p*q*I");
    EXPECT_EQ(equations(with_use(text, "C")), "c.s[t] = 4*x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(o = b)")), "c.s[t] = 9*x[t]\n");
}

TEST(ElaborateParameters, IntervalsAreCheckedAndEnforced) {
    const std::string text = cell("    param p = 0.5 in [0, 1]");
    EXPECT_EQ(findings(with_use(text, "C(p = 1.5)")), "E0305 1.5\n");
    EXPECT_EQ(findings(with_use(text, "C(p = learn 1.5)")), "E0305 1.5\n");
    EXPECT_EQ(findings(with_use(text, "C(p = uniform(0, 2) per neuron)")), "E0305 uniform(0, 2)\n");
    EXPECT_EQ(findings(cell("    param p = 0.5 in [1, 0]")), "E0305 in [1, 0]\n");
    EXPECT_EQ(equations(with_use(text, "C(p = learn 0.5)")), "c.s[t] = clip(c.p, 0, 1)*x[t]\n");
    EXPECT_EQ(equations(with_use(text, "C(p = 0.5 per neuron)")),
              "c.s[t] = clip(c.p, 0, 1)*x[t]\n");
}

// What depends on a learned value may leave its interval as that value changes.
TEST(ElaborateParameters, IntervalsBoundWhatLearnedValuesMake) {
    EXPECT_EQ(equations(with_use(cell("    param p = 2*q in [0, 1]\n    learn q = 0.5"), "C")),
              "c.s[t] = clip(2*c.q, 0, 1)*x[t]\n");
}

TEST(ElaborateParameters, ArgumentsAreKnownNamesGivenOnce) {
    const std::string text = cell("    param p = 0.5");
    EXPECT_EQ(findings(with_use(text, "C(q = 1)")), "E0201 q\n");
    EXPECT_EQ(findings(with_use(text, "C(1)")), "E0205 1\n");
    EXPECT_EQ(findings(with_use(text, "C(p = 1, p = 2)")), "E0202 p\n");
    EXPECT_EQ(findings(with_use(text, "C(p = (1, 2))")), "E0301 (1, 2)\n");
}

TEST(ElaborateParameters, UnitsAreCoherent) {
    EXPECT_EQ(equations(with_use(cell("    param p = 1.5nS*10mV/2pA + 100us/1ms"), "C")),
              "c.s[t] = 7.6*x[t]\n");
    EXPECT_EQ(findings(with_use(cell("    param p = 2x"), "C")), "E0306 x\n");
}

// ---- --set ---------------------------------------------------------------------------------

Request with_set(const std::string& path, const std::string& value) {
    Request request;
    request.sets.push_back({path, value});
    return request;
}

TEST(ElaborateSets, GoBeforeTheText) {
    const std::string text = with_use(
        cell("    param p = 0.5\n    option o = a | b", "match o { a => p*I; b => p + I }"),
        "C(p = 2)");
    EXPECT_EQ(equations(text, with_set("c.p", "3")), "c.s[t] = 3*x[t]\n");
    EXPECT_EQ(equations(text, with_set("c.o", "b")), "c.s[t] = 2 + x[t]\n");
    EXPECT_EQ(equations(text, with_set("d.p", "3")).substr(0, 5), "E0805");
    EXPECT_EQ(equations(text, with_set("c.q", "3")).substr(0, 5), "E0201");
}

TEST(ElaborateSets, ParametersOfNetworks) {
    const std::string text =
        "network N(k = 2) {\n    input x[t] : f32[2]\n"
        "    x -> scale(k) as c\n    output c\n}";
    EXPECT_EQ(equations(text, with_set("k", "3")), "c[t] = 3*x[t]\n");
}

TEST(SigmoidBounds, AreWhatTheOptimiserIsTold) {
    const Elaborated use = elaborated(with_use(cell("learn p = 0.5 in [0, 2] by sigmoid"), "C()"));
    ASSERT_EQ(use.problems, "");
    const ir::Parameter& parameter = use.network->parameters.at(0);
    EXPECT_EQ(parameter.sigmoid_bounds, (std::pair<double, double>(0, 2)));
    EXPECT_EQ(parameter.initialiser.a, 0.5);
    EXPECT_EQ((*use.network)[parameter.tensor].name, "c.p");
    EXPECT_FALSE(elaborated(with_use(cell("learn p = 0.5 in [0, 2]"), "C()"))
                     .network->parameters.at(0)
                     .sigmoid_bounds);
}

TEST(SigmoidBounds, NeedTwoBoundsThatDiffer) {
    EXPECT_EQ(stored(with_use(cell("learn p = 0.5 by sigmoid"), "C()")),
              "E0305 sigmoid: `by sigmoid` needs an interval, `p = … in [a, b] by sigmoid`\n");
    EXPECT_EQ(stored(with_use(cell("learn p = 0.5 in [0, inf] by sigmoid"), "C()")),
              "E0305 in [0, inf]: the interval of a sigmoid has two finite bounds that differ\n");
}

}  // namespace
}  // namespace snnc::frontend::test
