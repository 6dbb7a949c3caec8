#include "tests/random/given.h"

#include <gtest/gtest.h>

#include "frontend/elaborate.h"
#include "ir/net/patterns.h"
#include "tests/random/program.h"

namespace snnc::test {

using namespace ir;

std::optional<Network> network_of(const std::string& text, bool trains) {
    SourceManager sources;
    Diagnostics diagnostics;
    std::optional<Network> network;
    if (const auto module = frontend::load_text(sources, "random.snn", text, diagnostics)) {
        frontend::Request request;
        request.training = true;
        request.mode = trains ? frontend::Mode::Train : frontend::Mode::Evaluate;
        network = frontend::elaborate(sources, *module, request, diagnostics);
    }
    for (const Diagnostic& diagnostic : diagnostics.all())
        ADD_FAILURE() << info(diagnostic.code).text << ": " << diagnostic.message << ": "
                      << (diagnostic.range.valid() ? sources.text(diagnostic.range) : "");
    return network;
}

namespace {

void draw_patterns(Network& network, std::uint64_t seed, Given& given) {
    for (std::size_t i = 0; i < network.patterns.size(); ++i) {
        const Pattern& pattern = network.patterns[i];
        const EdgeList edges = draw_edges(network.pool, pattern, seed);
        given[network[pattern.starts].name].assign(edges.starts.begin(), edges.starts.end());
        given[network[pattern.targets].name].assign(edges.targets.begin(), edges.targets.end());
        set_edge_count(network, i, std::int64_t(edges.targets.size()));
    }
}

/// The interval of the numbers that a tensor is given.
std::pair<double, double> interval_of(const ir::Tensor& tensor) {
    if (tensor.name.ends_with(".running_var")) return {0.5, 2};
    const bool weight = tensor.name.ends_with(".weight") || tensor.name.ends_with(".bias");
    // Parameters of cells lie beyond their intervals, too.
    return {tensor.role == Role::Parameter && !weight ? -0.1 : -1, 1.1};
}

}  // namespace

Given draw(Network& network, const RunSize& size, std::uint64_t seed) {
    Dice dice(seed);
    Given given;
    draw_patterns(network, seed, given);
    for (const ir::Tensor& tensor : network.tensors) {
        const bool from_outside = tensor.role == Role::Input || tensor.role == Role::Target ||
                                  tensor.role == Role::Parameter;
        if (!from_outside || given.count(tensor.name)) continue;
        std::vector<double>& values = given[tensor.name];
        const auto [low, high] = interval_of(tensor);
        const auto count = element_count(tensor.shape) * (tensor.per_step ? size.steps : 1) *
                           (tensor.per_sample ? size.samples : 1);
        for (std::int64_t i = 0; i < count; ++i) {
            const double uniform = dice.below(1 << 20) / double(1 << 20);
            values.push_back(tensor.kind == DataKind::Index
                                 ? dice.below(int(tensor.interval->second) + 1)
                             : tensor.kind == DataKind::Spike ? dice.below(2)
                                                              : low + (high - low) * uniform);
        }
    }
    return given;
}

std::map<std::uint32_t, std::vector<double>> by_tensor(const Network& network, const Given& given) {
    std::map<std::uint32_t, std::vector<double>> result;
    for (std::uint32_t i = 0; i < network.tensors.size(); ++i)
        if (const auto found = given.find(network.tensors[i].name); found != given.end())
            if (!network.definition({i})) result[i] = found->second;
    return result;
}

}  // namespace snnc::test
