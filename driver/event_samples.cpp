#include "driver/event_samples.h"

#include <fmt/format.h>

#include "runtime/event_file.h"

namespace snnc::driver {
namespace {

void check_input(const ir::Network& network, const ir::Tensor& input, const std::string& file) {
    if (!input.per_step) {
        Diagnostic diagnostic;
        diagnostic.code = Code::BadShape;
        diagnostic.range = input.range;
        diagnostic.message = fmt::format(
            "`{}` is held over the run, but the events of `{}` have times", input.name, file);
        diagnostic.notes = {fmt::format("`input {}[t] : …` has a value for each step", input.name)};
        throw Failure{std::move(diagnostic)};
    }
    if (!network.steps)
        fail(Code::StepsUnknown,
             fmt::format("nothing says how many steps a run of `{}` has, and a file of events does "
                         "not either",
                         network.name),
             {}, {"give `--steps T`, or write `steps = T` or `duration = …` into the network"});
}

void warn_of_missing_dt(Session& session, const ir::Network& network, const ir::Tensor& input) {
    if (network.step_length != ir::Network::StepLength::Absent) return;
    session.diagnostics
        .report(Code::TimesCountSteps, input.range,
                fmt::format("`{}` does not say `dt`, so an event at time 3 falls into step 3",
                            network.name))
        .note("`dt = 1ms` counts times in seconds; `dt = 1` says that the times are steps");
    session.flush();
}

runtime::EventGrid grid_of(const ir::Network& network, const ir::Tensor& input) {
    runtime::EventGrid grid;
    grid.steps = *network.steps;
    grid.cells = ir::element_count(input.shape);
    if (double(grid.steps) * double(grid.cells) > 4294967296.0)
        fail(Code::OutOfMemory, fmt::format("a sample of `{}` has {} values in each of {} steps",
                                            input.name, grid.cells, grid.steps));
    // Files count in seconds; a time of the text is kept in milliseconds.
    const bool is_time = network.step_length == ir::Network::StepLength::Time;
    grid.step_length = is_time ? network.dt / 1000 : network.dt;
    grid.crop = network.training->crop;
    grid.merge = input.kind == ir::DataKind::Spike;
    return grid;
}

/// Numbers of events are values like others: they lie in the interval that the text promises.
void check_interval(const ir::Tensor& input, const runtime::EventTrains& trains,
                    const std::string& file) {
    if (!input.interval) return;
    const auto [low, high] = *input.interval;
    const auto peak = trains.peak();
    if (double(peak.events) > high)
        fail(Code::ValueOutOfRange,
             fmt::format("sample {} has {} events of cell {} in step {}, outside of [{}, {}]",
                         peak.sample, peak.events, peak.cell, peak.step, low, high),
             file);
    if (low > 0)
        fail(Code::ValueOutOfRange,
             fmt::format("`{}` is 0 where there is no event, outside of [{}, {}]", input.name, low,
                         high),
             file);
}

runtime::EventSamples read(const std::string& file, const runtime::EventGrid& grid) {
    try {
        return runtime::read_event_file(file, grid);
    } catch (const runtime::DataError& error) {
        if (error.kind != runtime::DataErrorKind::EventBeyondRun) throw;
        Diagnostic diagnostic = to_diagnostic(error);
        diagnostic.notes.emplace_back(
            "`crop = true` in the train block leaves out what lies beyond the run");
        throw Failure{std::move(diagnostic)};
    }
}

}  // namespace

SampleSet samples_of_events(Session& session, const ir::Network& network, const std::string& file,
                            SizeFinder& sizes) {
    const ir::TensorId input = network.inputs[0], target = network.training->targets[0];
    check_input(network, network[input], file);
    warn_of_missing_dt(session, network, network[input]);
    runtime::EventSamples samples = read(file, grid_of(network, network[input]));
    check_interval(network[input], samples.trains, file);
    SampleSet set{file, samples.trains.count(), {}};
    set.columns.push_back(Column::from_events(network, input, std::move(samples.trains)));
    set.columns.push_back(
        Column::from_data_set(network, target, std::move(samples.labels), file, sizes));
    return set;
}

}  // namespace snnc::driver
