// Convolutions, pools, other shapes and parts: shapes, names and layouts, and what is refused.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

std::string network(const std::string& body) {
    return "network N {\n    steps = 2\n    input image : f32[4, 8, 9], line : f32[4, 9], row : "
           "f32[6]\n" +
           body + "\n}\n";
}

/// The shape behind `-> LAYERS as l`, or the problems.
std::string shape_behind(const std::string& chain) {
    const Elaborated result = elaborated(network("    " + chain + " as l\n    output l"));
    if (!result.network) return result.problems;
    return ir::to_string((*result.network)[result.network->outputs[0]].shape);
}

TEST(ElaborateWindows, ShapesAreThoseOfPyTorch) {
    EXPECT_EQ(shape_behind("image -> conv(5, 3)"), "[5, 6, 7]");
    EXPECT_EQ(shape_behind("image -> conv(5, (3, 2), stride = (2, 1), padding = (1, 2))"),
              "[5, 4, 12]");
    EXPECT_EQ(shape_behind("image -> conv(6, 3, dilation = 2, groups = 2)"), "[6, 4, 5]");
    EXPECT_EQ(shape_behind("image -> conv(c = 5, k = 3)"), "[5, 6, 7]");
    EXPECT_EQ(shape_behind("line -> conv1d(5, 3, stride = 2)"), "[5, 4]");
    EXPECT_EQ(shape_behind("image -> maxpool(2)"), "[4, 4, 4]");
    EXPECT_EQ(shape_behind("image -> avgpool(3, stride = 2, padding = 1)"), "[4, 4, 5]");
    EXPECT_EQ(shape_behind("line -> sumpool(2)"), "[4, 4]");
    EXPECT_EQ(shape_behind("image -> flatten"), "[288]");
    EXPECT_EQ(shape_behind("row -> reshape(1, 2, 3)"), "[1, 2, 3]");
}

TEST(ElaborateWindows, ParametersHavePyTorchsNamesAndLayouts) {
    const Elaborated result =
        elaborated(network("    image -> conv(6, (3, 5), groups = 2) as c\n    output c"));
    ASSERT_TRUE(result.network);
    const ir::Network& made = *result.network;
    ASSERT_EQ(made.parameters.size(), 2u);
    const ir::Tensor& weight = made[made.parameters[0].tensor];
    EXPECT_EQ(weight.name, "c.weight");
    // Files hold the last axis first: (out, in/groups, kh, kw).
    EXPECT_EQ(weight.shape, (ir::Shape{2, 3, 5, 6}));
    EXPECT_TRUE(weight.transposed_in_files);
    const double bound = 1 / std::sqrt(2.0 * 3 * 5);
    for (const ir::Parameter& parameter : made.parameters) {
        EXPECT_EQ(parameter.initialiser.kind, ir::Initialiser::Kind::Uniform);
        EXPECT_DOUBLE_EQ(parameter.initialiser.a, -bound);
        EXPECT_DOUBLE_EQ(parameter.initialiser.b, bound);
    }
    EXPECT_EQ(made[made.parameters[1].tensor].name, "c.bias");
    EXPECT_TRUE(made[made.parameters[1].tensor].per_channel);
}

TEST(ElaborateWindows, ABiasGoesBehindTheMaxPool) {
    EXPECT_EQ(equations(network("    image -> conv(2, 3) as c -> maxpool(2) as p\n    output p")),
              "c.product = conv(image, c.weight)\nc = c.product + c.bias\n"
              "p.product = max_pool(c.product, 2x2, stride 2x2)\np = p.product + c.bias\n");
    EXPECT_EQ(equations(network("    image -> conv(2, 3) as c -> avgpool(2) as p\n    output p")),
              "c.product = conv(image, c.weight)\nc = c.product + c.bias\n"
              "p.sum = sum_pool(c, 2x2, stride 2x2)\np = p.sum/4\n");
}

TEST(ElaborateWindows, MistakesOfShape) {
    const auto refused = [](const std::string& chain) { return findings(network("    " + chain)); };
    EXPECT_EQ(refused("row -> conv(8, 3) as a"), "E0302 conv\n");
    EXPECT_EQ(refused("line -> conv(8, 3) as a"), "E0302 conv\n");
    EXPECT_EQ(refused("image -> conv1d(8, 3) as a"), "E0302 conv1d\n");
    EXPECT_EQ(refused("image -> conv(8, 10) as a"), "E0302 conv\n");
    EXPECT_EQ(refused("image -> conv(8, 3, groups = 3) as a"), "E0302 groups = 3\n");
    EXPECT_EQ(refused("row -> maxpool(2) as a"), "E0302 maxpool\n");
    EXPECT_EQ(refused("image -> maxpool(2, padding = 2) as a"), "E0205 padding = 2\n");
    EXPECT_EQ(refused("image -> reshape(5, 5) as a"), "E0302 reshape\n");
}

TEST(ElaborateWindows, MistakesOfArguments) {
    const auto refused = [](const std::string& chain) { return findings(network("    " + chain)); };
    EXPECT_EQ(refused("image -> conv(8) as a"), "E0205 conv\n");
    EXPECT_EQ(refused("image -> maxpool as a"), "E0205 maxpool\n");
    EXPECT_EQ(refused("image -> reshape as a"), "E0205 reshape\n");
    EXPECT_EQ(refused("image -> conv(8, 2.5) as a"), "E0304 2.5\n");
    EXPECT_EQ(refused("image -> conv(8, (1, 2, 3)) as a"), "E0301 (1, 2, 3)\n");
    EXPECT_EQ(refused("line -> conv1d(8, (1, 3)) as a"), "E0301 (1, 3)\n");
    EXPECT_EQ(refused("image -> conv(8, 3, pad = 1) as a"), "E0201 pad\n");
    EXPECT_EQ(refused("image -> conv(8, 3, stride = 0) as a"), "E0304 0\n");
}

// ---- parts ---------------------------------------------------------------------------------

const char* const population = "    pop : LI[6](beta = 0)\n";

TEST(ElaborateParts, AreElementsOfTheirVariable) {
    for (const char* part : {"pop[1:3]", "pop[1:3].v", "pop.v[1:3]"})
        EXPECT_EQ(equations_of("a", network(std::string(population) + "    row -> pop\n    " +
                                            part + " -> LI(beta = 0) as a\n    output a.v")),
                  "a.v = 0 before the first step\n"
                  "a.v[t] = 0*a.v[t-1] + pop.v.part[t]\n")
            << part;
    EXPECT_EQ(equations_of(
                  "pop", network(std::string(population) + "    row -> dense() as fc -> pop[2:5]\n"
                                                           "    output pop.v")),
              "pop.v = 0 before the first step\n"
              "pop.v[t] = 0*pop.v[t-1] + fc.spread\n");
}

TEST(ElaborateParts, Mistakes) {
    const auto refused = [](const std::string& chain) {
        return findings(network(population + ("    " + chain)));
    };
    EXPECT_EQ(refused("row -> pop[2:8]"), "E0302 2:8\n");
    EXPECT_EQ(refused("row -> pop[0:3]"), "E0302 pop[0:3]\n");
    EXPECT_EQ(refused("pop[3:3] -> LI as a"), "E0302 3:3\n");
    EXPECT_EQ(refused("pop[3] -> LI as a"), "E0301 3\n");
    EXPECT_EQ(refused("pop[0:2, 0:2] -> LI as a"), "E0302 [0:2, 0:2]\n");
}

// ---- batch normalisation -------------------------------------------------------------------

TEST(ElaborateBatchNorm, UsesWhatTheModeSays) {
    const std::string text = network("    row -> batchnorm as bn\n    output bn");
    Request request;
    EXPECT_EQ(equations(text, request),
              "bn = (row - bn.running_mean)/sqrt(bn.running_var + 1e-05)*bn.weight + bn.bias\n");
    request.mode = Mode::Train;
    const Elaborated trained = elaborated(text, request);
    ASSERT_TRUE(trained.network);
    EXPECT_EQ(trained.network->updates.size(), 2u);
    std::string names;
    for (const ir::Parameter& parameter : trained.network->parameters) {
        const ir::Tensor& tensor = (*trained.network)[parameter.tensor];
        names += tensor.name + (tensor.trainable ? " trained\n" : "\n");
    }
    EXPECT_EQ(names, "bn.weight trained\nbn.bias trained\nbn.running_mean\nbn.running_var\n");
}

TEST(ElaborateDropout, IsThereOnlyWhileTraining) {
    const std::string text = network("    row -> dropout(0.25) as d\n    output d");
    Request request;
    EXPECT_EQ(equations(text, request), "d = row\n");
    request.mode = Mode::Train;
    EXPECT_EQ(equations(text, request),
              "d = row*if random(d) >= 0.25 { 1.3333333333333333 } else { 0 }\n");
    EXPECT_EQ(findings(network("    row -> dropout(1) as d")), "E0305 1\n");
    EXPECT_EQ(findings(network("    row -> dropout as d")), "E0205 dropout\n");
}

TEST(ElaborateBatchNorm, OverTheRunInALoopIsACycle) {
    EXPECT_EQ(findings(network("    pop : LI[6]\n    row -> pop\n"
                               "    pop -> batchnorm(over = run) as bn -> delay(1) as d -> pop")),
              "E0403 bn\n");
    EXPECT_EQ(findings(network("    row -> batchnorm(over = batch) as bn")),
              "E0301 over = batch\n");
}

}  // namespace
}  // namespace snnc::frontend::test
