// Networks as layers: names, constants, shapes left open, and what is refused.
#include <gtest/gtest.h>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

const std::string block =
    "network Block(c = 2) {\n    input x[t] : f32[_, _, _]\n"
    "    x -> conv(c, 3, padding = 1, bias = false) as conv1 -> LI(beta = 0) as first\n"
    "    join : LI[first.shape](beta = 0)\n    first -> join\n    x -> conv(c, 1) as skip -> join\n"
    "    output join.v\n}\n";

std::string outer(const std::string& body) {
    return block + "network N {\n    steps = 2\n    input image : f32[3, 4, 4]\n" + body + "\n}\n";
}

TEST(ElaborateBlocks, HaveTheirNamesInFrontOfWhatIsInside) {
    const Elaborated result = elaborated(
        outer("    image -> Block(c = 4) as b1 -> Block as b2\n    output b2, b1.first.v"), [] {
            Request request;
            request.network = "N";
            return request;
        }());
    ASSERT_TRUE(result.network) << result.problems;
    const ir::Network& network = *result.network;
    std::string parameters;
    for (const ir::Parameter& parameter : network.parameters)
        parameters += network[parameter.tensor].name + " " +
                      ir::to_string(network[parameter.tensor].shape) + "\n";
    EXPECT_EQ(parameters,
              "b1.conv1.weight [3, 3, 3, 4]\nb1.skip.weight [3, 1, 1, 4]\nb1.skip.bias [4]\n"
              "b2.conv1.weight [4, 3, 3, 2]\nb2.skip.weight [4, 1, 1, 2]\nb2.skip.bias [2]\n");
    ASSERT_EQ(network.outputs.size(), 2u);
    EXPECT_EQ(network[network.outputs[0]].name, "b2.join.v");
    EXPECT_EQ(network[network.outputs[1]].name, "b1.first.v");
    EXPECT_EQ(network[network.outputs[0]].shape, (ir::Shape{2, 4, 4}));
}

TEST(ElaborateBlocks, AreCheckedWhereTheyAreUsed) {
    EXPECT_EQ(findings(outer("    image -> Block as b1")), "");
    EXPECT_EQ(findings(block), "");
    // Once, although it is used twice.
    EXPECT_EQ(
        findings("network B {\n    input x[t] : f32[_]\n    x -> Loaky as y\n    output y\n}\n"
                 "network N {\n    steps = 2\n    input x : f32[3]\n    x -> B as b1\n"
                 "    x -> B as b2\n}\n"),
        "E0201 Loaky\n");
}

TEST(ElaborateBlocks, Mistakes) {
    EXPECT_EQ(findings(outer("    image -> Block(4) as b1")), "E0205 4\n");
    EXPECT_EQ(findings(outer("    image -> Block(d = 4) as b1")), "E0201 d\n");
    EXPECT_EQ(findings(outer("    image -> flatten as f -> Block as b1")), "E0302 flatten\n");
    EXPECT_EQ(findings(outer("    image -> Block as b1\n    image -> b1")), "E0502 b1\n");
    EXPECT_EQ(findings(outer("    b : Block[3]")), "E0503 Block[3]\n");
    EXPECT_EQ(findings("network B {\n    input x[t] : f32[_]\n    x -> B as y\n    output y\n}\n"
                       "network N {\n    steps = 2\n    input x : f32[3]\n    x -> B as b1\n}\n"),
              "E0204 B\n");
    EXPECT_EQ(findings("network B {\n    steps = 3\n    input x[t] : f32[_]\n    x -> LI as y\n"
                       "    output y.v\n}\nnetwork N {\n    steps = 2\n    input x : f32[3]\n"
                       "    x -> B as b1\n}\n"),
              "E0501 steps\n");
    EXPECT_EQ(findings("network B {\n    input x : f32[_]\n    x -> LI as y\n    output y.v\n}\n"
                       "network N {\n    input x[t] : f32[3]\n    x -> B as b1\n}\n"),
              "E0301 x\n");
    EXPECT_EQ(findings("network B {\n    input x[t] : f32[_]\n    x -> LI as y\n}\n"
                       "network N {\n    input x[t] : f32[3]\n    x -> B as b1\n}\n"),
              "E0502 B\n");
}

const std::string two_inputs =
    "network Two {\n    input x[t] : f32[_], gate : f32[3], like[t] : f32[pop.shape]\n"
    "    pop : LI[3](beta = 0)\n    x -> pop\n    gate -> scale(2) -> pop\n    like -> pop\n"
    "    x -> LI(beta = 0.5) as slow\n    output pop.v, slow.v\n}\n";

std::string using_two(const std::string& body) {
    return two_inputs + "network N {\n    steps = 2\n    input a[t] : f32[3], b : f32[3]\n" +
           "    a -> Two as two\n" + body + "\n}\n";
}

TEST(ElaborateBlocks, TakeOneEdgeAtEachInput) {
    EXPECT_EQ(findings(using_two("    b -> two.gate\n    a -> two.like\n    output two.pop.v")),
              "");
    EXPECT_EQ(findings(using_two("    output two.pop.v")), "");
    EXPECT_EQ(findings(using_two("    b -> two.gates")), "E0201 gates\n");
    EXPECT_EQ(findings(using_two("    b -> two.gate\n    b -> two.gate")), "E0502 gate\n");
    EXPECT_EQ(findings(using_two("    a -> two.x")), "E0502 x\n");
    EXPECT_EQ(findings(using_two("    a -> two.gate")), "E0301 a\n");
    EXPECT_EQ(findings(using_two("    b -> scale(2) as c\n    a -> LI as d -> two.like")), "");
    EXPECT_EQ(findings(using_two("    c : LI[4]\n    c -> two.like")), "E0302 c\n");
    EXPECT_EQ(findings("network Open {\n    input x[t] : f32[_], y : f32[_]\n    x -> LI as z\n"
                       "    output z.v\n}\nnetwork N {\n    steps = 2\n    input a : f32[3]\n"
                       "    a -> Open as o\n}\n"),
              "E0502 Open\n");
}

TEST(ElaborateBlocks, HandOnWhatIsInside) {
    EXPECT_EQ(findings(using_two("    two.slow.v -> LI as c\n    two.slow.v[0:2] -> LI as d\n"
                                 "    output c.v, d.v, two.slow.v")),
              "");
    EXPECT_EQ(findings(using_two("    two.missing.v -> LI as c")), "E0201 missing\n");
    EXPECT_EQ(findings(using_two("    two.v -> LI as c")), "E0201 v\n");  // both outputs end so
    const std::string one =
        "network One {\n    input x[t] : f32[_]\n    x -> Leaky as y\n    output y.v, y.s\n}\n"
        "network N {\n    steps = 2\n    input a : f32[3]\n    a -> One as o\n"
        "    o.s -> LI as c\n    output o.s\n}\n";
    EXPECT_EQ(findings(one), "");
}

TEST(ElaborateBlocks, InputsTakeTheShapeOfOthers) {
    const Elaborated result = elaborated(
        "network N {\n    steps = 2\n    input x[t] : f32[pop.shape]\n    pop : LI[2, 3]\n"
        "    x -> pop\n    output pop.v\n}\n");
    ASSERT_TRUE(result.network) << result.problems;
    EXPECT_EQ((*result.network)[result.network->inputs[0]].shape, (ir::Shape{2, 3}));
    EXPECT_EQ(findings("network N {\n    steps = 2\n    input x[t] : f32[y.shape]\n"
                       "    x -> LI as y\n}\n"),
              "E0403 x\n");
}

TEST(ElaborateBlocks, OpenShapesDoNotRun) {
    const Elaborated result = elaborated(
        "network B {\n    input x[t] : f32[_]\n    x -> LI as y\n"
        "    output y.v\n}\n");
    EXPECT_FALSE(result.network);
    EXPECT_EQ(result.problems.substr(0, 5), "E0303");
}

}  // namespace
}  // namespace snnc::frontend::test
