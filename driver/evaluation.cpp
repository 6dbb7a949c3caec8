#include "driver/evaluation.h"

#include <algorithm>
#include <numeric>

#include "driver/checked_ports.h"
#include "driver/interrupt.h"

namespace snnc::driver {

double sum_of(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

void leave_training_mode(const ir::Network& network, PortValues& values) {
    for (std::uint32_t i = 0; i < network.tensors.size(); ++i)
        if (network.tensors[i].role == ir::Role::HyperParameter &&
            network.tensors[i].name == "mode.train")
            values[{i}].floats = {0.0f};
}

Evaluation::Evaluation(Session& session, ir::Network& network, Machine& machine)
    : session_(session),
      machine_(machine),
      network_(network),
      results_{network.training->loss},
      names_{"loss"} {
    for (const ir::Metric& metric : network.training->metrics) {
        results_.push_back(metric.value);
        names_.push_back(metric.name);
    }
    ir::LoweringOptions lowering;
    for (const ir::TensorId result : results_) lowering.want(result);
    add_checked_ports(machine, network_, lowering.results);
    program_ = make_program(network_, lowering);
    engine_ = machine.load(network_, program_);
}

std::vector<Score> Evaluation::run(const SampleSet& samples, std::int64_t batch, std::int64_t steps,
                                   std::uint64_t seed, PortValues& values) {
    std::vector<std::int64_t> all(std::size_t(samples.count));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    return run(samples, all, batch, steps, seed, values);
}

std::vector<Score> Evaluation::run(const SampleSet& samples, std::span<const std::int64_t> chosen,
                                   std::int64_t batch, std::int64_t steps, std::uint64_t seed,
                                   PortValues& values) {
    leave_training_mode(network_, values);
    std::vector<double> sums(results_.size());
    const auto total = std::int64_t(chosen.size());
    std::int64_t done = 0;
    while (done < total && InterruptWatch::signal() == 0) {
        const std::int64_t count = std::min(batch, total - done);
        const ir::RunSize size{steps, count};
        const auto batch_of = chosen.subspan(std::size_t(done), std::size_t(count));
        samples.gather(batch_of, values);
        const ir::Draws draws = draws_of(seed, 0, batch_of);
        engine_->run(size, values.arguments(program_, size), draws);
        check_ports(session_, machine_, network_, size, draws, values);
        for (std::size_t i = 0; i < results_.size(); ++i) {
            const auto& result = values.at(results_[i]).floats;
            // A value that is the same for all samples counts for each of them.
            sums[i] +=
                network_[results_[i]].per_sample ? sum_of(result) : sum_of(result) * double(count);
        }
        done += count;
    }
    std::vector<Score> scores;
    for (std::size_t i = 0; i < results_.size(); ++i) {
        scores.push_back({names_[i], done ? sums[i] / double(done) : 0.0});
    }
    return scores;
}

}  // namespace snnc::driver
