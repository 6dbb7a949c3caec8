// Cells that hear themselves: `recurrent`.
#include <gtest/gtest.h>

#include "tests/unit/frontend/text_run.h"

namespace snnc::frontend::test {
namespace {

const std::string cells =
    "neuron Held {\n    input I\n    output v\n    state v = 3\n"
    "    v[t] = 0.5*v[t-1] + I\n}\n";

std::string network(const std::string& kind) {
    return cells + "network N {\n    input x[t] : f32[1]\n    x -> Held recurrent " + kind +
           " as c\n    output c.v\n}\n";
}

TEST(ElaborateFeedback, IsZeroInTheFirstStepAlsoOfAState) {
    const TextRun run(network("scale(2)"));
    ASSERT_TRUE(run.messages().empty()) << run.messages()[0];
    const Named values = run.run(3, {{"x", {0, 0, 0}}}, {"c.v"});
    EXPECT_EQ(values.at("c.v"), (Numbers{1.5, 3.75, 9.375}));
}

TEST(ElaborateFeedback, ItsWeightsMayStandInALoss) {
    const TextRun run(network("dense()"), "l2(c.recurrent.weight) + l1(c.recurrent.bias)");
    ASSERT_TRUE(run.messages().empty()) << run.messages()[0];
    const Named given{{"x", {0, 0}}, {"c.recurrent.weight", {0.5}}, {"c.recurrent.bias", {-2}}};
    EXPECT_EQ(run.gradients(2, given, {"c.recurrent.weight", "c.recurrent.bias"}),
              (Named{{"c.recurrent.weight", {1}}, {"c.recurrent.bias", {-1}}}));
}

}  // namespace
}  // namespace snnc::frontend::test
