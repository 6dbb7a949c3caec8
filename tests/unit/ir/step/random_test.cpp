// Property: whatever the network, the program is in order and computes what the definitions say.
#include <gtest/gtest.h>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/step/random_network.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

/// What a program is made of.
struct Features {
    int loops_forward = 0, loops_backward = 0, recompute = 0, narrow = 0, sums = 0, bits = 0;

    void count(const Network& network, const StepProgram& program) {
        for (const Task& task : program.tasks) {
            if (const auto* loop = std::get_if<LoopTask>(&task)) {
                ++(loop->order == Order::Forward ? loops_forward : loops_backward);
            } else if (const auto* scan = std::get_if<ScanTask>(&task)) {
                recompute += !scan->recompute.empty();
                sums += !scan->sums.empty();
                for (TensorId target : scan->body) {
                    narrow += std::holds_alternative<Dense>(network.definition(target)->kind);
                }
            }
        }
        for (Storage storage : program.storage) bits += storage == Storage::Bits;
    }
};

// The property below says little if the networks never reach a part of lowering.
TEST(RandomNetworkGenerator, ReachesEveryKindOfTask) {
    Features features;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        RandomNetwork random = random_network(seed, seed % 2 == 0);
        const Gradients gradients = differentiate(random.build.net, random.loss, random.wrt);
        LoweringOptions options;
        for (TensorId id : random.wrt) {
            if (gradients.of(id).valid()) options.results.push_back(gradients.of(id));
        }
        features.count(random.build.net, lower(random.build.net, options));
    }
    EXPECT_GT(features.loops_forward, 5);
    EXPECT_GT(features.loops_backward, 5);
    EXPECT_GT(features.recompute, 5);
    EXPECT_GT(features.narrow, 5);
    EXPECT_GT(features.sums, 5);
    EXPECT_GT(features.bits, 5);
}

class RandomNetworks : public testing::TestWithParam<int> {};

TEST_P(RandomNetworks, ForwardValuesAreAsDefined) {
    RandomNetwork random = random_network(std::uint64_t(GetParam()), false);
    LoweringOptions everything;
    everything.results = random.all;
    expect_as_defined(random.build.net, everything, {5, 2}, 1);
    LoweringOptions loss_only;
    loss_only.results = {random.loss};
    expect_as_defined(random.build.net, loss_only, {5, 2}, 2);
    expect_as_defined(random.build.net, loss_only, {1, 3}, 3);
}

TEST_P(RandomNetworks, GradientsAndUpdatesAreAsDefined) {
    RandomNetwork random = random_network(std::uint64_t(GetParam()), GetParam() % 2 == 0);
    Network& network = random.build.net;
    const Gradients gradients = differentiate(network, random.loss, random.wrt);
    OptimizerConfig config;
    config.kind = GetParam() % 3 ? OptimizerConfig::Kind::Adam : OptimizerConfig::Kind::Sgd;
    config.momentum = 0.5;
    add_optimizer(network, gradients, config);
    LoweringOptions options;
    options.results = {random.loss};
    for (TensorId id : random.wrt) {
        if (gradients.of(id).valid()) options.results.push_back(gradients.of(id));
    }
    expect_as_defined(network, options, {5, 2}, 4);
    options.results = {random.loss};
    options.updates = true;
    expect_as_defined(network, options, {4, 3}, 5);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range(0, 40));

}  // namespace
}  // namespace snnc::ir::test
