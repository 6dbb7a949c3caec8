#include "driver/step_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "driver/inspection.h"
#include "driver/parameters.h"
#include "driver/trial.h"

namespace snnc::driver {
namespace {

/// How long the run is and when the input is there, in steps of `length`.
struct Course {
    std::int64_t steps, begin, end;
    const char* setting;  // of the network
    double length;
    const char* time;  // what the time axis is called
};
constexpr Course courses[] = {{80, 10, 60, "", 1, "step"},
                              {2000, 200, 1500, "dt = 0.1ms", 0.1, "time (ms)"}};
constexpr const char* units[] = {"", "1pA", "1mV", "1uA/1cm^2"};
constexpr std::size_t few_spikes = 3;

std::string network_text(const std::string& name, const std::string& cell, const Course& course,
                         const std::string& unit) {
    return fmt::format(R"(
network {} {{
    steps = {}
    {}
    input height[t] : f32[1]
    height -> {}{} as cells
}}
)",
                       name, course.steps, course.setting,
                       unit.empty() ? "" : "scale(" + unit + ") -> ", cell);
}

/// 0.01, 0.02, 0.05 … 5000, one for each sample of the run.
std::vector<double> heights() {
    std::vector<double> heights;
    for (int power = -2; power < 4; ++power)
        for (const double factor : {1.0, 2.0, 5.0})
            heights.push_back(factor * std::pow(10.0, power));
    return heights;
}

/// The state that the page shows: the membrane, else the first.
ir::TensorId shown_state(const ir::Network& network, const ir::Population& population) {
    ir::TensorId first;
    for (const auto& [name, variable] : population.variables) {
        const ir::TensorId id = variable;
        const bool is_state =
            std::any_of(network.states.begin(), network.states.end(),
                        [id](const ir::StateVariable& state) { return state.variable == id; });
        if (!is_state) continue;
        if (name == "v") return id;
        if (!first.valid()) first = id;
    }
    return first;
}

class Response {
 public:
    Response(ir::Network network, const Course& course, std::string unit)
        : network_(std::move(network)),
          course_(course),
          unit_(std::move(unit)),
          heights_(heights()),
          values_(network_) {}

    std::optional<StepResponse> draw() {
        const ir::Population& population = network_.populations.front();
        state_ = shown_state(network_, population);
        spikes_ = spikes_of(network_, population);
        if (!state_.valid()) return std::nullopt;
        run();
        return picture(chosen());
    }

 private:
    bool is_on(std::int64_t step) const { return step >= course_.begin && step < course_.end; }

    void run() {
        give_input();
        initialise_parameters(network_, 0, values_);
        std::vector<ir::TensorId> results{state_};
        if (spikes_.valid()) results.push_back(spikes_);
        run_once(network_, results, {course_.steps, std::int64_t(heights_.size())}, values_);
    }

    void give_input() {
        std::vector<float>& input = values_[network_.inputs.front()].floats;
        for (std::int64_t step = 0; step < course_.steps; ++step)
            for (const double height : heights_) input.push_back(is_on(step) ? float(height) : 0);
    }

    float at(ir::TensorId tensor, std::int64_t step, std::size_t sample) const {
        return values_.at(tensor).floats[std::size_t(step) * heights_.size() + sample];
    }

    std::vector<double> spike_times(std::size_t sample) const {
        std::vector<double> times;
        for (std::int64_t step = 0; spikes_.valid() && step < course_.steps; ++step)
            if (at(spikes_, step, sample) != 0) times.push_back(double(step) * course_.length);
        return times;
    }

    std::size_t chosen() const {
        for (std::size_t sample = 0; sample < heights_.size(); ++sample)
            if (spike_times(sample).size() >= few_spikes) return sample;
        return std::size_t(std::find(heights_.begin(), heights_.end(), 1.0) - heights_.begin());
    }

    StepResponse picture(std::size_t sample) const {
        pictures::Line input, state;
        for (std::int64_t step = 0; step < course_.steps; ++step) {
            const double time = double(step) * course_.length;
            input.points.push_back({time, is_on(step) ? heights_[sample] : 0});
            state.points.push_back({time, at(state_, step, sample) / network_[state_].unit});
        }
        pictures::Panel above, below;
        above.title = "input";
        below.title = network_[state_].name.substr(network_[state_].name.rfind('.') + 1);
        above.x.label = below.x.label = course_.time;
        above.marks.emplace_back(std::move(input));
        above.height = 0.4;
        below.marks.emplace_back(std::move(state));
        below.marks.emplace_back(pictures::Events{spike_times(sample)});
        const std::string height = unit_.empty()
                                       ? fmt::format("{}", heights_[sample])
                                       : fmt::format("{}{}", heights_[sample], unit_.substr(1));
        return {{"", {std::move(above), std::move(below)}, true},
                fmt::format("Response to an input of {}", height)};
    }

    ir::Network network_;
    const Course& course_;
    std::string unit_;
    std::vector<double> heights_;
    PortValues values_;
    ir::TensorId state_, spikes_;
};

}  // namespace

std::optional<StepResponse> step_response(const std::string& file, const std::string& text,
                                          const std::string& cell) {
    frontend::Request request;
    request.network = unused_name(text, "picture");
    for (const Course& course : courses) {
        for (const char* unit : units) {
            const std::string with_network =
                text + network_text(request.network, cell, course, unit);
            // What does not fit is no mistake of the file: the next unit may.
            auto network = on_trial([&](Session& session) {
                return make_network(session, module_of_text(session, file, with_network), request);
            });
            if (network && network->inputs.size() == 1)
                return Response(std::move(*network), course, unit).draw();
        }
    }
    return std::nullopt;
}

}  // namespace snnc::driver
