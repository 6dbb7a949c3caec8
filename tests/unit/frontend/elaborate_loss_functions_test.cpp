// Losses and metrics: every function of language.md 8.5, and the library's.
#include <gtest/gtest.h>

#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

std::string loss(const std::string& text) {
    return equations_of("loss", with_loss(text), training());
}
std::string refused(const std::string& text) { return findings(with_loss(text)); }

// ---- time ----------------------------------------------------------------------------------

TEST(ElaborateLoss, Time) {
    EXPECT_EQ(loss("sum(sum_t(out.v))"),
              "loss.sum_t = sum(out.v[t])\nloss.sum = sum(loss.sum_t)\nloss = loss.sum\n");
    EXPECT_EQ(loss("sum(count(out.s))"),
              "loss.count = sum(out.s[t])\nloss.sum = sum(loss.count)\nloss = loss.sum\n");
    EXPECT_EQ(loss("sum(mean_t(out.v))"),
              "loss.mean_t = sum(out.v[t])\nloss.x = loss.mean_t/8\nloss.sum = sum(loss.x)\n"
              "loss = loss.sum\n");
    EXPECT_EQ(loss("sum(max_t(out.v))"),
              "loss.max_t = max_t(out.v)\nloss.sum = sum(loss.max_t)\nloss = loss.sum\n");
    EXPECT_EQ(loss("sum(last(out.v))"),
              "loss.last = last(out.v)\nloss.sum = sum(loss.last)\nloss = loss.sum\n");
    EXPECT_EQ(loss("sum(first_spike(out.s))"),
              "loss.first_spike = first_spike(out.s)\nloss.sum = sum(loss.first_spike)\n"
              "loss = loss.sum\n");
}

// What is held is the same in every step.
TEST(ElaborateLoss, TimeOfAHeldValue) {
    EXPECT_EQ(loss("sum(sum_t(h))"), "loss.x = h*8\nloss.sum = sum(loss.x)\nloss = loss.sum\n");
    EXPECT_EQ(loss("sum(mean_t(h) + max_t(h) + last(h))"),
              "loss.x = h + h + h\nloss.sum = sum(loss.x)\nloss = loss.sum\n");
    EXPECT_EQ(loss("sum(first_spike(h))"),
              "loss.x = if h { 0 } else { 7 }\nloss.sum = sum(loss.x)\nloss = loss.sum\n");
}

TEST(ElaborateLoss, StepsAndStepNumbers) {
    EXPECT_EQ(loss("steps*sum_t(t*sum(out.v))"),
              "loss.sum[t] = sum(out.v[t])\nloss.x[t] = t*loss.sum[t]\n"
              "loss.sum_t = sum(loss.x[t])\nloss = 8*loss.sum_t\n");
}

// ---- shape ---------------------------------------------------------------------------------

TEST(ElaborateLoss, Shape) {
    EXPECT_EQ(loss("mean(h)"), "loss.mean = sum(h)\nloss = loss.mean/3\n");
    EXPECT_EQ(loss("l1(h)"), "loss.x = abs(h)\nloss.l1 = sum(loss.x)\nloss = loss.l1\n");
    EXPECT_EQ(loss("l2(fc.weight)"),
              "loss.x = fc.weight*fc.weight\nloss.l2 = sum(loss.x)\nloss = loss.l2\n");
    EXPECT_EQ(loss("mse(h, y)"),
              "loss.x = (h - y)*(h - y)\nloss.mean = sum(loss.x)\nloss = loss.mean/3\n");
    EXPECT_EQ(loss("huber(h, y)"),
              "loss.x = if abs(h - y) <= 1 { 0.5*(abs(h - y)*abs(h - y)) } else { abs(h - y) - 0.5 "
              "}\nloss.mean = sum(loss.x)\nloss = loss.mean/3\n");
}

// The gradient must stay finite where p is 0 or 1, as PyTorch's does.
TEST(ElaborateLoss, BinaryCrossEntropy) {
    EXPECT_EQ(loss("bce(h, 1)"),
              "loss.x = -(max(ln(detach(h)), -100) + 0*max(ln(1 - detach(h)), -100)) + (detach(h) "
              "- 1)/max(detach(h)*(1 - detach(h)), 1e-12)*(h - detach(h))\n"
              "loss.mean = sum(loss.x)\nloss = loss.mean/3\n");
}

TEST(ElaborateLoss, Classes) {
    EXPECT_EQ(loss("ce(h, label)"), "loss.ce = ce(h, label)\nloss = loss.ce\n");
    EXPECT_EQ(loss("sum_t(ce(out.v, label))"),
              "loss.ce[t] = ce(out.v[t], label)\nloss.sum_t = sum(loss.ce[t])\n"
              "loss = loss.sum_t\n");
    EXPECT_EQ(loss("ce(h, label, weight = 2)"), "loss.ce = ce(h, label)\nloss = 2*loss.ce\n");
    EXPECT_EQ(loss("ce(h, label, weight = (1, 2, 3))"),
              "loss.ce = ce(h, label)\n"
              "loss = if label == 0 { 1 } else { if label == 1 { 2 } else { 3 } }*loss.ce\n");
    EXPECT_EQ(loss("mse(h, one_hot(label))"),
              "loss.one_hot = one_hot(label)\nloss.x = (h - loss.one_hot)*(h - loss.one_hot)\n"
              "loss.mean = sum(loss.x)\nloss = loss.mean/3\n");
    EXPECT_EQ(loss("sum(h)/classes(label)"), "loss.sum = sum(h)\nloss = loss.sum/3\n");
}

TEST(ElaborateLoss, GroupsOfNeighbours) {
    EXPECT_EQ(loss("ce(group_sum(h, 3), label)"),
              "loss.groups = reshape(h)\nloss.group_sum = sum(loss.groups)\n"
              "loss.ce = ce(loss.group_sum, label)\nloss = loss.ce\n");
    EXPECT_EQ(refused("sum(group_sum(h, 2))"), "E0302 h\n");
    EXPECT_EQ(refused("sum(group_sum(h, 0))"), "E0304 0\n");
}

TEST(ElaborateLoss, WeightedMeanOfTheBatch) {
    EXPECT_EQ(loss("ce(h, label, weight = (1, 2, 3), weighted = normalized)"),
              "loss.ce = ce(h, label)\n"
              "loss.weight = if label == 0 { 1 } else { if label == 1 { 2 } else { 3 } }\n"
              "loss.weights = sum(loss.weight)\n"
              "loss = loss.weight*(batch/loss.weights)*loss.ce\n");
    EXPECT_EQ(loss("ce(h, label, weight = (1, 2, 3), weighted = plain)"),
              loss("ce(h, label, weight = (1, 2, 3))"));
    // One weight for all leaves the mean as it is.
    EXPECT_EQ(loss("ce(h, label, weight = 2, weighted = normalized)"), loss("ce(h, label)"));
    EXPECT_EQ(loss("ce(h, label, weighted = normalized)"), loss("ce(h, label)"));
    EXPECT_EQ(loss("ce_max_membrane(out.v, label, weighted = normalized)"),
              "loss.max_t = max_t(out.v)\nloss.ce = ce(loss.max_t, label)\nloss = loss.ce\n");
    EXPECT_EQ(refused("ce(h, label, weight = (1, 2, 3), weighted = normalised)"),
              "E0201 normalised\n");
    EXPECT_EQ(refused("ce(h, label, weight = (1, 2, 3), weighted = 2)"), "E0301 weighted = 2\n");
}

// ---- the library ---------------------------------------------------------------------------

TEST(ElaborateLoss, OfTheLibrary) {
    EXPECT_EQ(loss("ce_rate(out.s, label)"),
              "loss.ce[t] = ce(out.s[t], label)\nloss.mean_t = sum(loss.ce[t])\n"
              "loss = loss.mean_t/8\n");
    EXPECT_EQ(loss("ce_count(out.s, label)"),
              "loss.count = sum(out.s[t])\nloss.ce = ce(loss.count, label)\nloss = loss.ce\n");
    EXPECT_EQ(loss("ce_max_membrane(out.v, label, weight = 2)"),
              "loss.max_t = max_t(out.v)\nloss.ce = ce(loss.max_t, label)\nloss = 2*loss.ce\n");
    EXPECT_EQ(loss("mse_count(out.s, label, correct_rate = 0.8, incorrect_rate = 0.2)"),
              "loss.count = sum(out.s[t])\nloss.one_hot = one_hot(label)\n"
              "loss.x = (loss.count - if loss.one_hot { 6 } else { 1 })*(loss.count - if "
              "loss.one_hot { 6 } else { 1 })\nloss.mean = sum(loss.x)\nloss = loss.mean/3/8\n");
    EXPECT_EQ(loss("ce_temporal(out.s, label)"),
              "loss.first_spike = first_spike(out.s)\nloss.x = -loss.first_spike\n"
              "loss.ce = ce(loss.x, label)\nloss = loss.ce\n");
    EXPECT_EQ(loss("l1_rate_sparsity(out.s)"),
              "loss.sum[t] = sum(out.s[t])\nloss.sum_t = sum(loss.sum[t])\nloss = loss.sum_t\n");
    EXPECT_EQ(refused("mse_membrane(out.v, label, on_target = 0.5)"), "");
    EXPECT_EQ(refused("mse_temporal(out.s, label, tolerance = 1)"), "");
    EXPECT_EQ(refused("ce_count(out.s, label, population = 2)"),  // three cells, three classes
              "");
}

TEST(ElaborateLoss, OfTheUserHandWordsOn) {
    const std::string declarations =
        "loss inner(x; how = first) = match how { first => sum(x); second => mean(x) }\n"
        "loss outer(x; how = first) = inner(x, how = how)\n";
    EXPECT_EQ(equations_of("loss", declarations + with_loss("outer(h, how = second)"), training()),
              "loss.mean = sum(h)\nloss = loss.mean/3\n");
    EXPECT_EQ(equations_of("loss", declarations + with_loss("outer(h)"), training()),
              "loss.sum = sum(h)\nloss = loss.sum\n");
}

// ---- mistakes ------------------------------------------------------------------------------

TEST(ElaborateLoss, MustBeOneNumber) {
    EXPECT_EQ(refused("out.v"), "E0601 out.v\n");
    EXPECT_EQ(refused("sum(out.v)"), "E0601 sum(out.v)\n");
    EXPECT_EQ(refused("last(out.v)"), "E0601 last(out.v)\n");
    EXPECT_EQ(refused("label"), "E0601 label\n");
    EXPECT_EQ(refused("(1, 2)"), "E0601 (1, 2)\n");
}

TEST(ElaborateLoss, Mistakes) {
    EXPECT_EQ(refused("mse(h, label)"), "E0301 label\n");
    EXPECT_EQ(refused("ce(h, y)"), "E0301 y\n");
    EXPECT_EQ(refused("sum(label)"), "E0301 label\n");
    EXPECT_EQ(refused("ce(h, label, weight = (1, 2))"), "E0302 weight = (1, 2)\n");
    EXPECT_EQ(refused("ce(sum(h), label)"), "E0302 sum(h)\n");
    EXPECT_EQ(refused("sum(g)"), "E0201 g\n");
    EXPECT_EQ(refused("sum(last(out.w))"), "E0201 w\n");
    EXPECT_EQ(refused("sum(last(out.v[t-1]))"), "E0401 out.v[t-1]\n");
    EXPECT_EQ(refused("spike(sum(h))"), "E0206 spike\n");
    EXPECT_EQ(refused("sume(h)"), "E0201 sume\n");
    EXPECT_EQ(findings("neuron C {\n    input I\n    output s\n    s[t] = last(I)\n}"),
              "E0206 last\n");
}

// ---- metrics -------------------------------------------------------------------------------

TEST(ElaborateMetrics, Accuracy) {
    EXPECT_EQ(
        equations_of("late", with_loss("sum(h)", "metric late = accuracy(last(out.v), label)"),
                     training()),
        "late.last = last(out.v)\nlate.guess = argmax(late.last)\nlate = late.guess == "
        "label\n");
    EXPECT_EQ(equations_of("rate", with_loss("sum(h)", "metric = rate(out.s)"), training()),
              "rate.mean[t] = sum(out.s[t])\nrate.x[t] = rate.mean[t]/3\n"
              "rate.mean_t = sum(rate.x[t])\nrate = rate.mean_t/8\n");
}

// The value of a metric must not take the name of an element's tensor.
TEST(ElaborateMetrics, MayBeCalledLikeAnElement) {
    const Elaborated result = elaborated(with_loss("sum(h)", "metric h = rate(out.s)"), training());
    ASSERT_TRUE(result.network) << result.problems;
    EXPECT_EQ(result.network->training->metrics[0].name, "h");
    EXPECT_EQ(result.network->find("h").index, result.network->inputs[1].index);
    EXPECT_NE(result.network->training->metrics[0].value.index, result.network->inputs[1].index);
}

}  // namespace
}  // namespace snnc::frontend::test
