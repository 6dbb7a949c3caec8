// Runs of a model: whole, and step by step.
#include "api/model_data.h"

namespace snnc::api {
namespace {

/// What tells programs apart that are made of the same network.
std::string key_of(const std::vector<std::string>& record, const Arrays& states, Mode mode) {
    std::string key = mode == Mode::Train ? "train" : "evaluate";
    for (const std::string& name : record) key += "|" + name;
    key += "||";
    for (const auto& [name, array] : states) key += "|" + name;
    return key;
}

Results take_results(Program& program, const std::vector<ir::TensorId>& results,
                     const ir::RunSize& size) {
    Results taken;
    for (const ir::TensorId id : results)
        taken[program.network()[id].name] = program.take(id, size, true);
    return taken;
}

Run& run_program(Model::Data& data, const RunOptions& options) {
    Run& run = data.runs[key_of(options.record, options.states, options.mode)];
    if (run.program) return run;
    ir::Network network = data.network;
    if (options.mode == Mode::Train) {
        frontend::Request request = data.request();
        request.mode = to_frontend(options.mode);
        network = data.elaborate(request);
    }
    ir::LoweringOptions lowering;
    run.results = recorded(network, options.record);
    for (const ir::TensorId id : run.results) lowering.want(id);
    for (const auto& [name, array] : options.states)
        if (const auto initial = driver::initial_of(network, name))
            lowering.given_initials.push_back(*initial);
    run.program =
        std::make_unique<Program>(data.machine, std::move(network), lowering, data.parameters);
    return run;
}

}  // namespace

Results Model::run(const Arrays& inputs, const RunOptions& options) {
    return guarded(data_->session, [&] {
        Run& run = run_program(*data_, options);
        const ir::Network& network = run.program->network();
        require_positive("steps", options.steps);
        driver::SizeFinder sizes = driver::known_sizes(network, options.steps);
        bind_inputs(data_->session, *run.program, run.results, inputs, sizes);
        driver::bind_states(data_->session, network, "state", given(options.states), sizes,
                            run.program->values());
        const ir::RunSize size = sizes.size(network);
        run.program->run(size, {data_->seed(options.seed, network), 0, {}});
        return take_results(*run.program, run.results, size);
    });
}

// ---- step by step ----------------------------------------------------------------------------

RunningState::RunningState(std::unique_ptr<Data> data) : data_(std::move(data)) {}
RunningState::~RunningState() = default;
RunningState::RunningState(const RunningState& other)
    : data_(std::make_unique<Data>(*other.data_)) {}
RunningState::RunningState(RunningState&&) noexcept = default;
RunningState& RunningState::operator=(RunningState other) noexcept {
    data_ = std::move(other.data_);
    return *this;
}

std::int64_t RunningState::steps() const { return data_->state.first_step(); }
std::int64_t RunningState::samples() const { return data_->samples; }

RunningState Model::begin(std::int64_t samples, std::optional<std::uint64_t> seed) {
    return guarded(data_->session, [&] {
        require_positive("samples", samples);
        if (!data_->stepped) data_->stepped = std::make_unique<SteppedNetwork>(data_->network);
        return RunningState(std::make_unique<RunningState::Data>(
            RunningState::Data{data_->stepped->start, samples, data_->seed(seed, data_->network),
                               data_->stepped->identity}));
    });
}

Results Model::step(RunningState& state, const Arrays& inputs, std::int64_t steps,
                    const std::vector<std::string>& record) {
    return guarded(data_->session, [&] {
        SteppedNetwork* stepped = data_->stepped.get();
        if (!stepped || !state.data_ || state.data_->owner != stepped->identity)
            driver::fail(Code::CheckpointMismatch, "the state was begun by another model");
        Run& run = stepped->runs[key_of(record, {}, Mode::Evaluate)];
        if (!run.program) {
            ir::LoweringOptions lowering;
            run.results = recorded(stepped->network, record);
            for (const ir::TensorId id : run.results) lowering.want(id);
            for (const ir::TensorId id : stepped->start.results()) lowering.want(id);
            run.program = std::make_unique<Program>(data_->machine, stepped->network, lowering,
                                                    data_->parameters);
        }
        require_positive("steps", steps);
        driver::SizeFinder sizes;
        sizes.see_steps(steps, "`steps`");
        sizes.see_samples(state.data_->samples, "the state");
        bind_inputs(data_->session, *run.program, run.results, inputs, sizes);
        const ir::RunSize size = sizes.size(run.program->network());
        driver::RunState& past = state.data_->state;
        past.give(run.program->values(), size);
        run.program->run(size, {state.data_->seed, 0, {}, past.first_step()});
        past.take(run.program->values(), size);
        return take_results(*run.program, run.results, size);
    });
}

}  // namespace snnc::api
