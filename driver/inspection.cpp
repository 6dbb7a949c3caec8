#include "driver/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace snnc::driver {
namespace {

/// A cell that spikes in more of the steps than this carries next to no information.
constexpr double saturated_rate = 0.95;

/// What the loss and the metrics depend on. The spikes of a read-out that is judged by its membrane
/// are not among it.
std::vector<bool> judged(const ir::Network& network) {
    std::vector<bool> found(network.tensors.size(), false);
    std::vector<ir::TensorId> open{network.training->loss};
    for (const ir::Metric& metric : network.training->metrics) open.push_back(metric.value);
    while (!open.empty()) {
        const ir::TensorId tensor = open.back();
        open.pop_back();
        if (found[tensor.index]) continue;
        found[tensor.index] = true;
        if (const ir::Definition* definition = network.definition(tensor))
            for (const ir::Use& use : ir::uses(network, *definition)) open.push_back(use.tensor);
    }
    return found;
}

}  // namespace

ir::TensorId spikes_of(const ir::Network& network, const ir::Population& population) {
    for (const auto& [name, variable] : population.variables) {
        const ir::Tensor& tensor = network[variable];
        if (name == "s" && tensor.kind == ir::DataKind::Spike && tensor.per_step) return variable;
    }
    return {};
}

Inspection::Inspection(Session& session, ir::Network& network, const ir::Gradients& gradients,
                       Machine& machine)
    : session_(session), network_(network), gradients_(gradients), machine_(machine) {
    const std::vector<bool> matter = judged(network);
    const auto populations = network.populations;
    for (const ir::Population& population : populations) {
        const ir::TensorId spikes = spikes_of(network, population);
        if (!spikes.valid()) continue;
        ir::Tensor counts = network[spikes];
        counts.name = "fired(" + counts.name + ")";
        counts.kind = ir::DataKind::Real;
        counts.per_step = counts.per_sample = false;
        counts.initial = {};
        const ir::TensorId id = network.add(std::move(counts));
        network.define(id, ir::SumTo{spikes});
        spikes_.push_back({population.name, population.range, id, matter[spikes.index], {}});
    }
}

void Inspection::run(const SampleSet& samples, std::span<const std::int64_t> chosen,
                     Windows& windows, std::uint64_t seed, PortValues& values) {
    if (!engine_) {
        ir::LoweringOptions lowering;
        lowering.results = windows.results();
        for (const Spikes& spikes : spikes_) lowering.results.push_back(spikes.counts);
        for (const ir::TensorId parameter : trainable_parameters(network_)) {
            const ir::TensorId gradient = gradients_.of(parameter);
            if (gradient.valid()) lowering.results.push_back(gradient);
        }
        program_ = make_program(network_, lowering);
        engine_ = machine_.load(network_, program_);
    }
    windows.load(samples, chosen, values);
    for (Spikes& spikes : spikes_) spikes.total.clear();
    double chances = 0;  // of one cell to spike
    for (std::int64_t window = 0; window < windows.count(); ++window) {
        const ir::RunSize size = windows.enter(window, values);
        engine_->run(size, values.arguments(program_, size),
                     draws_of(seed, 0, chosen, windows.first_step()));
        windows.leave(size, values);
        add_spikes(values);
        chances += double(size.steps * size.samples);
    }
    measure_activity(chances);
    measure_gradients(values);
}

void Inspection::add_spikes(const PortValues& values) {
    for (Spikes& spikes : spikes_) {
        const auto& counts = values.at(spikes.counts).floats;
        spikes.total.resize(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) spikes.total[i] += counts[i];
    }
}

void Inspection::measure_activity(double chances) {
    activities_.clear();
    for (const Spikes& spikes : spikes_) {
        const auto& counts = spikes.total;
        const auto share = [&](auto&& holds) {
            return double(std::count_if(counts.begin(), counts.end(), holds)) /
                   double(counts.size());
        };
        const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
        activities_.push_back(
            {spikes.population, total / (chances * double(counts.size())),
             share([](float count) { return count == 0; }),
             share([&](float count) { return double(count) > saturated_rate * chances; })});
    }
}

void Inspection::measure_gradients(const PortValues& values) {
    norms_.clear();
    for (const ir::Parameter& parameter : network_.parameters) {
        const ir::TensorId gradient = gradients_.of(parameter.tensor);
        if (!network_[parameter.tensor].trainable || !gradient.valid()) continue;
        double squares = 0;
        for (const float entry : values.at(gradient).floats) squares += double(entry) * entry;
        const auto known = std::find_if(norms_.begin(), norms_.end(), [&](const GradientNorm& n) {
            return n.layer == parameter.population_or_layer;
        });
        if (known == norms_.end())
            norms_.push_back({parameter.population_or_layer, std::sqrt(squares)});
        else
            known->norm = std::hypot(known->norm, std::sqrt(squares));
    }
}

void Inspection::warn_of_silence(std::int64_t epoch) {
    for (std::size_t i = 0; i < activities_.size(); ++i) {
        const bool matters = spikes_[i].matter && activities_[i].silent == 1;
        if (!matters || !warned_.insert(spikes_[i].population).second) continue;
        session_.diagnostics
            .report(Code::SilentLayer, spikes_[i].range,
                    fmt::format("no cell of `{}` fired after epoch {}", spikes_[i].population,
                                epoch + 1))
            .note(
                "a silent layer hands nothing on, and far below the threshold a surrogate "
                "lets hardly any gradient through: such cells stay silent")
            .note(
                "a lower threshold `theta`, a decay nearer 1, larger initial weights or a wider "
                "surrogate (`atan(alpha = 1)`, `fast_sigmoid(slope = 5)`) bring them back");
    }
    session_.flush();
}

}  // namespace snnc::driver
