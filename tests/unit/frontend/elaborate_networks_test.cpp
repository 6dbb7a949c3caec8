// Networks: settings, chains, populations, edges, layers, default names (language.md section 4).
#include <gtest/gtest.h>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

const char* const echo = "neuron E {\n    input I, J\n    output s\n    s[t] = I + J[t-1]\n}\n";

std::string network(const std::string& body) { return echo + ("network N {\n" + body + "\n}\n"); }

// ---- settings ------------------------------------------------------------------------------

std::string settings(const std::string& body, std::optional<std::int64_t> steps = {}) {
    Request request;
    request.steps = steps;
    const Elaborated result = elaborated("network N(k = 2, h = 4*k) {\n" + body + "\n}\n", request);
    if (!result.network) return result.problems;
    const auto& count = result.network->steps;
    return std::to_string(int(1000 * result.network->dt)) + "/1000, " +
           (count ? std::to_string(*count) : "open");
}

TEST(ElaborateSettings, StepsDurationAndLength) {
    EXPECT_EQ(settings(""), "1000/1000, open");
    EXPECT_EQ(settings("    steps = 25"), "1000/1000, 25");
    EXPECT_EQ(settings("    dt = 0.5ms\n    duration = 10ms"), "500/1000, 20");
    EXPECT_EQ(settings("    duration = 10ms\n    dt = 0.5ms"), "500/1000, 20");
    EXPECT_EQ(settings("    dt = 100us\n    duration = 1s"), "100/1000, 10000");
    EXPECT_EQ(settings("    dt = k\n    steps = h"), "2000/1000, 8");
}

TEST(ElaborateSettings, StepsOfTheCommandLineGoFirst) {
    EXPECT_EQ(settings("    steps = 25", 7), "1000/1000, 7");
    EXPECT_EQ(settings("", 7), "1000/1000, 7");
}

TEST(ElaborateSettings, Mistakes) {
    EXPECT_EQ(findings("network N {\n    steps = 2\n    duration = 2\n}"), "E0501 2\n");
    EXPECT_EQ(findings("network N {\n    duration = 2.5\n}"), "E0501 2.5\n");
    EXPECT_EQ(findings("network N {\n    dt = 0\n}"), "E0501 0\n");
    EXPECT_EQ(findings("network N {\n    steps = 2.5\n}"), "E0304 2.5\n");
    EXPECT_EQ(findings("network N {\n    steps = 0\n}"), "E0304 0\n");
    EXPECT_EQ(findings("network N {\n    steps = 2\n    steps = 3\n}"), "E0202 steps\n");
    EXPECT_EQ(findings("network N {\n    stops = 2\n}"), "E0201 stops\n");
}

// Parameters may read each other and dt, whatever the order; dt may read parameters.
TEST(ElaborateSettings, ParametersAndTheStepLengthReadEachOther) {
    const auto factor = [](const std::string& head, const std::string& dt) {
        return equations("network N(" + head + ") {\n    " + dt +
                         "\n    input x[t] : f32[2]\n    x -> scale(a) as c\n    output c\n}");
    };
    EXPECT_EQ(factor("a = 5*dt", "dt = 2"), "c[t] = 10*x[t]\n");
    EXPECT_EQ(factor("a = 5*dt, b = 3", "dt = b"), "c[t] = 15*x[t]\n");
    EXPECT_EQ(factor("a = 2*b, b = 3", ""), "c[t] = 6*x[t]\n");
    EXPECT_EQ(factor("a = b, b = a", "").substr(0, 7), "E0204 a");
    EXPECT_EQ(factor("a = dt", "dt = a").substr(0, 7), "E0204 a");
    EXPECT_EQ(findings("network N(k = 1, k = 2) {\n}"), "E0202 k\n");
}

// ---- chains and populations ----------------------------------------------------------------

TEST(ElaborateChains, LayersAndCells) {
    EXPECT_EQ(equations(network("    input x[t] : f32[2]\n    x -> dense(3) as fc -> E as e")),
              "fc.product[t] = x[t] · fc.weight\nfc[t] = fc.product[t] + fc.bias\n"
              "e.s[t] = fc[t] + 0\n");
}

TEST(ElaborateChains, AHeldInputMakesHeldLayers) {
    EXPECT_EQ(equations(network("    input x : f32[2]\n    x -> dense(3, bias = false) as fc"
                                " -> scale(2) as sc -> E as e")),
              "fc = x · fc.weight\nsc = 2*fc\ne.s[t] = sc + 0\n");
}

TEST(ElaborateChains, EdgesAtAPortAddInTextOrder) {
    EXPECT_EQ(equations(network("    input x[t] : f32[2]\n    input y[t] : f32[2]\n"
                                "    p : E[2]\n    x -> p\n    y -> scale(2) as sc -> p.I\n"
                                "    x -> p.J")),
              "sc[t] = 2*y[t]\np.I[t] = x[t] + sc[t]\np.J[t] = x[t]\np.s[t] = p.I[t] + "
              "p.J[t-1]\n");
}

TEST(ElaborateChains, AChainGoesOnFromTheOutputBehindAPort) {
    EXPECT_EQ(equations(network("    input x[t] : f32[2]\n    p : E[2]\n    q : E[2]\n"
                                "    x -> p.J -> q")),
              "p.J[t] = x[t]\np.s[t] = 0 + p.J[t-1]\nq.s[t] = p.s[t] + 0\n");
}

TEST(ElaborateChains, ALaterNameMayBeASource) {
    EXPECT_EQ(equations(network("    input x[t] : f32[2]\n    b.s -> E as a\n    x -> E as b")),
              "a.s[t] = b.s[t] + 0\nb.s[t] = x[t] + 0\n");
}

TEST(ElaborateChains, ALetMayBeASource) {
    EXPECT_EQ(
        equations("neuron L {\n    input I\n    output s\n    let k = 2*I\n    s[t] = I\n}\n" +
                  network("    input x[t] : f32[2]\n    x -> L as l\n    l.k -> E as e")),
        "l.k[t] = 2*x[t]\ne.s[t] = l.k[t] + 0\n");
}

TEST(ElaborateChains, LetsMayBeHandedRoundInALoop) {
    EXPECT_EQ(findings("neuron L {\n    input I, J\n    output s\n    let k = J[t-1] + I\n"
                       "    s[t] = k\n}\n"
                       "network N {\n    input x[t] : f32[2]\n    x -> L as a\n    x -> L as b\n"
                       "    a.k -> b.J\n    b.k -> a.J\n}\n"),
              "");
}

TEST(ElaborateChains, FeedbackThroughAPast) {
    const std::string body = "    input x[t] : f32[2]\n";
    EXPECT_EQ(equations(network(body + "    x -> E as e\n    e.s -> e.J")),
              "e.J[t] = e.s[t]\ne.s[t] = x[t] + e.J[t-1]\n");
    // The shape follows from the chain that makes the cells, wherever that stands.
    EXPECT_EQ(findings(network(body + "    e.s -> e.J\n    x -> E as e")), "");
    EXPECT_EQ(findings(network(body + "    e.s -> scale(2) as sc -> e.J\n    x -> E as e")), "");
}

TEST(ElaborateChains, ALoopWithoutAPastIsReported) {
    EXPECT_EQ(findings(network("    input x[t] : f32[2]\n    x -> E as a\n    p : E[2]\n"
                               "    a -> p\n    p -> a")),
              "E0403 E\n");
}

TEST(ElaborateChains, APopulationWithoutInput) {
    EXPECT_EQ(equations("neuron O {\n    output s\n    state v = 1\n    v[t] = 0.5*v[t-1]\n"
                        "    s[t] = v\n}\n" +
                        network("    steps = 3\n    o : O[2]\n    o -> E as e")),
              "o.v = 1 before the first step\no.v[t] = 0.5*o.v[t-1]\no.s[t] = o.v[t]\n"
              "e.s[t] = o.s[t] + 0\n");
}

TEST(ElaborateChains, Mistakes) {
    const std::string body = "    input x[t] : f32[2]\n";
    EXPECT_EQ(findings(network(body + "    x -> E as e\n    p : E[3]\n    e -> p")), "E0302 p\n");
    EXPECT_EQ(findings(network(body + "    x -> E as e\n    e.q -> E as f")), "E0201 q\n");
    EXPECT_EQ(findings(network(body + "    x -> E as e\n    x -> e.K")), "E0201 K\n");
    EXPECT_EQ(findings(network(body + "    x -> dense(2) as d\n    x -> d")), "E0502 d\n");
    EXPECT_EQ(findings(network(body + "    x -> E as x")), "E0202 x\n");
    EXPECT_EQ(findings("network N(x = 1) {\n" + body + "}"), "E0202 x\n");
    EXPECT_EQ(findings(network(body + "    y -> E as e")), "E0201 y\n");
    EXPECT_EQ(findings(network(body + "    x -> F as e")), "E0201 F\n");
    EXPECT_EQ(findings(network(body + "    x -> E as e : 3")), "E0302 3\n");
    EXPECT_EQ(findings(network(body + "    x -> E as e : [2]")), "");
    EXPECT_EQ(findings(network(body + "    x -> E as e\n    output e.s, e.s")), "E0202 e.s\n");
    EXPECT_EQ(findings(network(body + "    p : E\n    x -> p")), "E0301 E\n");
}

// ---- default names -------------------------------------------------------------------------

std::string tensor_names(const std::string& text) {
    const Elaborated result = elaborated(text);
    if (!result.network) return result.problems;
    std::string names;
    for (const ir::Parameter& parameter : result.network->parameters)
        names += (*result.network)[parameter.tensor].name + " ";
    for (const ir::Population& population : result.network->populations)
        names += population.name + " ";
    return names;
}

TEST(ElaborateNames, AreCountedForEachKindOverTheUnnamed) {
    EXPECT_EQ(tensor_names(network("    input x[t] : f32[2]\n"
                                   "    x -> dense(2, bias = false) -> E\n"
                                   "      -> dense(2, bias = false) as fc -> E as e\n"
                                   "      -> dense(2, bias = false) -> E")),
              "dense1.weight fc.weight dense2.weight e1 e e2 ");
}

TEST(ElaborateNames, ADefaultNameMayNotBeTaken) {
    const std::string body = "    input x[t] : f32[2]\n";
    EXPECT_EQ(findings(network(body + "    x -> dense(2) -> E as dense1")), "E0202 dense(2)\n");
    EXPECT_EQ(findings(network(body + "    x -> E as dense1 -> dense(2)")), "E0202 dense(2)\n");
    EXPECT_EQ(findings(network("    input e1[t] : f32[2]\n    e1 -> E")), "E0202 E\n");
}

// ---- layers --------------------------------------------------------------------------------

TEST(ElaborateDense, TakesItsWidthFromThePopulationBehind) {
    EXPECT_EQ(tensor_names(network("    input x[t] : f32[2]\n    p : E[4]\n"
                                   "    x -> dense(bias = false) as d -> p")),
              "d.weight p ");
    EXPECT_EQ(findings(network("    input x[t] : f32[2]\n    x -> dense() as d -> E as e")),
              "E0205 dense\n");
}

std::string first_value(const std::string& arguments) {
    const Elaborated result =
        elaborated(network("    input x[t] : f32[6]\n    x -> dense(" + arguments + ") as d"));
    if (!result.network) return result.problems;
    const ir::Initialiser& first = result.network->parameters[0].initialiser;
    const char* const kinds[] = {"constant", "uniform", "normal"};
    char text[64];
    std::snprintf(text, sizeof text, "%s %.4f %.4f", kinds[int(first.kind)], first.a, first.b);
    return text;
}

TEST(ElaborateDense, Initialisation) {
    EXPECT_EQ(first_value("3"), "uniform -0.4082 0.4082");
    EXPECT_EQ(first_value("3, init = kaiming"), "uniform -1.0000 1.0000");
    EXPECT_EQ(first_value("3, init = xavier"), "uniform -0.8165 0.8165");
    EXPECT_EQ(first_value("3, init = normal(0, 0.5)"), "normal 0.0000 0.5000");
    EXPECT_EQ(first_value("3, init = uniform(-1, 2)"), "uniform -1.0000 2.0000");
    EXPECT_EQ(first_value("3, init = zeros"), "constant 0.0000 0.0000");
    EXPECT_EQ(first_value("3, init = 0.25"), "constant 0.2500 0.0000");
    EXPECT_EQ(first_value("3, init = kaming").substr(0, 12), "E0201 kaming");
}

TEST(ElaborateDense, Mistakes) {
    const auto with = [](const std::string& arguments) {
        return findings(network("    input x[t] : f32[6]\n    x -> dense(" + arguments + ") as d"));
    };
    EXPECT_EQ(with("0"), "E0304 0\n");
    EXPECT_EQ(with("2.5"), "E0304 2.5\n");
    EXPECT_EQ(with("2, 3"), "E0205 3\n");
    EXPECT_EQ(with("2, bais = true"), "E0201 bais\n");
    EXPECT_EQ(with("2, bias = 2"), "E0301 2\n");
    EXPECT_EQ(with("2, bias = true, bias = true"), "E0202 bias\n");
    EXPECT_EQ(with("learn 2"), "E0205 learn 2\n");
    EXPECT_EQ(with("2, init = 1 per neuron"), "E0205 1 per neuron\n");
    EXPECT_EQ(findings(network("    input x[t] : f32[2, 3]\n    x -> dense(2) as d")),
              "E0302 dense\n");
}

TEST(ElaborateScale, ALearnedFactorIsStored) {
    EXPECT_EQ(equations(network("    input x[t] : f32[2]\n    x -> scale(learn 2) as c")),
              "c[t] = c.weight*x[t]\n");
}

// ---- outputs -------------------------------------------------------------------------------

TEST(ElaborateOutputs, NameVariablesLayersAndInputs) {
    const Elaborated result = elaborated(network(
        "    input x[t] : f32[2]\n    x -> scale(2) as sc -> E as e\n    output e.s, sc, x, e.I"));
    ASSERT_TRUE(result.network) << result.problems;
    std::string names;
    for (const ir::TensorId id : result.network->outputs) names += (*result.network)[id].name + " ";
    EXPECT_EQ(names, "e.s sc x e.I ");
    const std::string body = "    input x[t] : f32[2]\n    x -> E as e\n    output ";
    EXPECT_EQ(findings(network(body + "e")), "E0301 e\n");
    EXPECT_EQ(findings(network(body + "e.q")), "E0201 q\n");
    EXPECT_EQ(findings(network(body + "e.s[t]")), "E0401 e.s[t]\n");
}

}  // namespace
}  // namespace snnc::frontend::test
