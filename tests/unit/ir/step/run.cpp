#include "tests/unit/ir/step/run.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "tests/unit/ir/step/naive.h"

namespace snnc::ir::test {

namespace {

std::size_t size_of(const Network& network, TensorId id, const RunSize& size) {
    const Tensor& tensor = network[id];
    return std::size_t(element_count(tensor.shape) * (tensor.per_step ? size.steps : 1) *
                       (tensor.per_sample ? size.samples : 1));
}

std::vector<double> draw(const Tensor& tensor, std::size_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    std::vector<double> values(count);
    for (double& value : values) {
        value = tensor.kind == DataKind::Index   ? double(generator() % 3)
                : tensor.kind == DataKind::Spike ? double(generator() % 2)
                                                 : double(float(uniform(generator)));
    }
    return values;
}

template <class Real>
struct Buffers {
    std::vector<std::vector<Real>> reals;
    std::vector<std::vector<std::int32_t>> integers;
    std::vector<void*> pointers;

    Buffers(const Network& network, const StepProgram& program, const RunSize& size,
            const std::map<std::uint32_t, std::vector<double>>& given)
        : reals(program.ports.size()), integers(program.ports.size()) {
        for (std::size_t i = 0; i < program.ports.size(); ++i) {
            const TensorId id = program.ports[i].tensor;
            const bool index = network[id].kind == DataKind::Index;
            std::vector<double> values(size_of(network, id, size), -7);  // Out: to be overwritten
            if (const auto found = given.find(id.index); found != given.end()) {
                values = found->second;
            }
            reals[i].assign(values.begin(), values.end());
            integers[i].assign(values.begin(), values.end());
            pointers.push_back(index ? static_cast<void*>(integers[i].data())
                                     : static_cast<void*>(reals[i].data()));
        }
    }
};

template <class Real, class Execute>
Run run_with(const Network& network, const StepProgram& program, const RunSize& size,
             std::uint64_t seed, std::map<std::uint32_t, std::vector<double>> given,
             const Execute& execute) {
    Run run;
    run.given = std::move(given);
    for (const Port& port : program.ports) {
        const std::uint32_t index = port.tensor.index;
        if (port.direction == Port::Direction::Out || run.given.count(index)) continue;
        run.given[index] =
            draw(network[port.tensor], size_of(network, port.tensor, size), seed * 1000 + index);
    }
    Buffers<Real> buffers(network, program, size, run.given);
    execute(buffers.pointers);
    for (std::size_t i = 0; i < program.ports.size(); ++i) {
        const Port& port = program.ports[i];
        std::vector<double>& values = run.results[port.tensor.index];
        if (network[port.tensor].kind == DataKind::Index) {
            values.assign(buffers.integers[i].begin(), buffers.integers[i].end());
        } else {
            values.assign(buffers.reals[i].begin(), buffers.reals[i].end());
        }
    }
    return run;
}

}  // namespace

template <class Real>
Run run(const Network& network, const StepProgram& program, const RunSize& size, std::uint64_t seed,
        std::map<std::uint32_t, std::vector<double>> given, const Draws& draws) {
    return run_with<Real>(network, program, size, seed, std::move(given),
                          [&](const std::vector<void*>& ports) {
                              interpret<Real>(network, program, size, ports, draws);
                          });
}

Run run_by(const Network& network, const StepProgram& program, const RunSize& size,
           std::uint64_t seed, const std::function<void(const std::vector<void*>&)>& execute,
           std::map<std::uint32_t, std::vector<double>> given) {
    return run_with<float>(network, program, size, seed, std::move(given), execute);
}

template Run run<float>(const Network&, const StepProgram&, const RunSize&, std::uint64_t,
                        std::map<std::uint32_t, std::vector<double>>, const Draws&);
template Run run<double>(const Network&, const StepProgram&, const RunSize&, std::uint64_t,
                         std::map<std::uint32_t, std::vector<double>>, const Draws&);

namespace {

void expect_equal(const Network& network, TensorId id, const std::vector<double>& got,
                  const std::vector<double>& expected) {
    ASSERT_EQ(got.size(), expected.size()) << network[id].name;
    for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_EQ(std::bit_cast<std::uint64_t>(got[i]), std::bit_cast<std::uint64_t>(expected[i]))
            << network[id].name << " at " << i << ": " << got[i] << " and " << expected[i];
    }
}

}  // namespace

StepProgram expect_as_defined(const Network& network, const LoweringOptions& options,
                              const RunSize& size, std::uint64_t seed, const Draws& draws,
                              const std::map<std::uint32_t, std::vector<double>>& given) {
    for (const std::string& broken : verify(network)) ADD_FAILURE() << "network: " << broken;
    StepProgram program = lower(network, options);
    for (const std::string& broken : verify(network, program)) {
        ADD_FAILURE() << "program: " << broken << "\n" << print(network, program);
    }
    const Run result = run<double>(network, program, size, seed, given, draws);
    Naive naive(network, size.steps, size.samples);
    naive.follow(program);
    naive.draws(draws);
    for (const auto& [index, values] : result.given) naive.give({index}, values);
    for (const Port& port : program.ports) {
        if (port.direction != Port::Direction::Out) continue;
        expect_equal(network, port.tensor, result[port.tensor], naive.values(port.tensor));
    }
    for (std::size_t i = 0; options.updates && i < network.updates.size(); ++i) {
        const Update& update = network.updates[i];
        std::vector<double> expected;
        for (std::int64_t e = 0; e < element_count(network[update.target].shape); ++e) {
            expected.push_back(naive.updated(update, e));
        }
        expect_equal(network, update.target, result[update.target], expected);
    }
    return program;
}

}  // namespace snnc::ir::test
