// What the definitions of a network say, evaluated one element at a time on demand: no order, no
// program, no memory but of values already asked for. The measure for lowering and interpreter.
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "ir/net/network.h"
#include "ir/step/program.h"

namespace snnc::ir::test {

class Naive {
 public:
    Naive(const Network& network, std::int64_t steps, std::int64_t samples)
        : network_(network), steps_(steps), samples_(samples) {}

    /// Values of a tensor from outside, row-major.
    void give(TensorId id, std::vector<double> values) { given_[id.index] = std::move(values); }

    /// The order of a sum over steps is the program's choice where it happens inside a scan.
    void follow(const StepProgram& program);

    void draws(Draws draws) { draws_ = std::move(draws); }

    double value(TensorId id, std::int64_t step, std::int64_t sample, std::int64_t element);
    /// All values, row-major.
    std::vector<double> values(TensorId id);
    /// What an update assigns to an element.
    double updated(const Update& update, std::int64_t element) {
        return expression(update.value, update.target, 0, 0, element);
    }

 private:
    friend struct NaiveOperator;
    std::int64_t elements(TensorId id) const { return element_count(network_[id].shape); }
    double expression(ExprId id, TensorId target, std::int64_t step, std::int64_t sample,
                      std::int64_t element);
    double read(const ExprNode& node, TensorId target, std::int64_t step, std::int64_t sample,
                std::int64_t element);

    double draw(StreamId id, std::int64_t step, std::int64_t sample, std::int64_t element) const;

    const Network& network_;
    Draws draws_;
    std::int64_t steps_;
    std::int64_t samples_;
    std::map<std::uint32_t, std::vector<double>> given_;
    std::map<std::uint32_t, bool> descending_;
    std::map<std::tuple<std::uint32_t, std::int64_t, std::int64_t, std::int64_t>, double> known_;
};

}  // namespace snnc::ir::test
