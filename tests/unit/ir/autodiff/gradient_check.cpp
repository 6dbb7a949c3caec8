#include "tests/unit/ir/autodiff/gradient_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "ir/autodiff/differentiate.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::ir::test {
namespace {

using Given = std::map<std::uint32_t, std::vector<double>>;

/// The mean of a per-sample loss for given values of what comes from outside.
class MeanLoss {
 public:
    MeanLoss(const Network& network, TensorId loss, const std::vector<TensorId>& initials,
             const RunSize& size)
        : network_(network), loss_(loss), size_(size) {
        LoweringOptions options;
        options.results = {loss};
        options.given_initials = initials;
        program_ = lower(network_, options);
    }
    double operator()(const Given& given) const {
        const std::vector<double> values = run<double>(network_, program_, size_, 1, given)[loss_];
        return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
    }

 private:
    const Network& network_;
    TensorId loss_;
    RunSize size_;
    StepProgram program_;
};

}  // namespace

void expect_gradients(const Network& network, TensorId loss, const std::vector<TensorId>& wrt,
                      const RunSize& size, std::uint64_t seed) {
    LoweringOptions options;
    // Initial values are given as values, so that they can be moved like everything else.
    for (const TensorId id : wrt)
        if (network[id].role == Role::Initial) options.given_initials.push_back(id);
    const MeanLoss mean_loss(network, loss, options.given_initials, size);

    Network differentiated = network;
    const Gradients gradients = differentiate(differentiated, loss, wrt);
    EXPECT_EQ(verify(differentiated), std::vector<std::string>{});
    for (const TensorId id : wrt) {
        ASSERT_TRUE(gradients.of(id).valid()) << network[id].name << " has no gradient";
        options.results.push_back(gradients.of(id));
    }
    const StepProgram program = lower(differentiated, options);
    EXPECT_EQ(verify(differentiated, program), std::vector<std::string>{});
    const Run run = test::run<double>(differentiated, program, size, seed);

    for (const TensorId id : wrt) {
        const std::vector<double>& gradient = run[gradients.of(id)];
        ASSERT_EQ(gradient.size(), run.given.at(id.index).size()) << network[id].name;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            const double h = 1e-5;
            Given below = run.given, above = run.given;
            below[id.index][i] -= h;
            above[id.index][i] += h;
            const double difference = (mean_loss(above) - mean_loss(below)) / (2 * h);
            EXPECT_NEAR(gradient[i], difference, 1e-8 * (1 + std::abs(difference)))
                << network[id].name << ", element " << i;
        }
    }
}

}  // namespace snnc::ir::test
