#include "arrays.h"
#include "parts.h"

using namespace nanobind::literals;

namespace snnc::python {
namespace {

using Names = std::vector<std::string>;

api::RunningState copy(const api::RunningState& state) { return state; }

/// "[3, 4]".
std::string to_text(const api::Shape& shape) { return nb::repr(nb::cast(shape)).c_str(); }

void bind_descriptions(nb::module_& module) {
    nb::class_<api::TensorInfo>(module, "TensorInfo", "A tensor of a network.")
        .def_ro("name", &api::TensorInfo::name)
        .def_ro("shape", &api::TensorInfo::shape)
        .def_ro("per_step", &api::TensorInfo::per_step)
        .def_ro("per_sample", &api::TensorInfo::per_sample)
        .def_ro("is_spikes", &api::TensorInfo::is_spikes)
        .def_ro("is_integer", &api::TensorInfo::is_integer)
        .def_ro("is_trainable", &api::TensorInfo::is_trainable)
        .def("__repr__", [](const api::TensorInfo& one) {
            return "<" + one.name + (one.per_step ? "[t]" : "") + ": " + to_text(one.shape) + ">";
        });
    nb::class_<api::PopulationInfo>(module, "PopulationInfo", "A use of a cell.")
        .def_ro("name", &api::PopulationInfo::name)
        .def_ro("cell", &api::PopulationInfo::cell)
        .def_ro("shape", &api::PopulationInfo::shape)
        .def_ro("variables", &api::PopulationInfo::variables)
        .def("__repr__", [](const api::PopulationInfo& one) {
            return "<" + one.name + ": " + one.cell + to_text(one.shape) + ">";
        });
    nb::class_<api::RunningState>(module, "RunningState", "Where a run stands between its steps.")
        .def_prop_ro("steps", &api::RunningState::steps)
        .def_prop_ro("samples", &api::RunningState::samples)
        .def("copy", &copy)
        .def("__copy__", &copy)
        .def("__deepcopy__",
             [](const api::RunningState& state, const nb::dict&) { return copy(state); })
        .def("__repr__", [](const api::RunningState& state) {
            return "<RunningState after " + std::to_string(state.steps()) + " steps of " +
                   std::to_string(state.samples()) + " samples>";
        });
}

/// `self` is made in place: the options as keywords.
void make(api::Model* self, std::string text, std::string name, const std::string& network,
          std::map<std::string, std::string> settings, std::optional<std::int64_t> steps,
          std::optional<std::uint64_t> seed, const std::string& weights, bool partial,
          bool interpret, const std::string& target, int threads,
          std::optional<std::string> cache) {
    api::ModelOptions options;
    options.network = network;
    options.settings = std::move(settings);
    options.steps = steps;
    options.seed = seed;
    options.weights = weights;
    options.partial = partial;
    options.backend = interpret ? api::Backend::Interpreter : api::Backend::Compiled;
    options.target = target;
    options.threads = threads;
    options.cache = std::move(cache);
    const nb::gil_scoped_release released;
    new (self) api::Model({std::move(text), std::move(name)}, std::move(options));
}

api::Mode mode_of(bool training) { return training ? api::Mode::Train : api::Mode::Evaluate; }

nb::dict run(api::Model& model, const nb::dict& inputs, std::optional<std::int64_t> steps,
             const Names& record, const nb::dict& states, std::optional<std::uint64_t> seed,
             bool training) {
    const Lent lent(inputs), lent_states(states);
    const api::RunOptions options{steps, record, lent_states.arrays(), seed, mode_of(training)};
    api::Results results;
    {
        const nb::gil_scoped_release released;
        results = model.run(lent.arrays(), options);
    }
    return to_numpy(std::move(results));
}

nb::dict step(api::Model& model, api::RunningState& state, const nb::dict& inputs,
              std::int64_t steps, const Names& record) {
    const Lent lent(inputs);
    api::Results results;
    {
        const nb::gil_scoped_release released;
        results = model.step(state, lent.arrays(), steps, record);
    }
    return to_numpy(std::move(results));
}

nb::tuple differentiate(api::Model& model, const nb::dict& inputs, const nb::dict& targets,
                        const std::string& loss, const std::string& train_block,
                        const Names& with_respect_to, std::optional<std::int64_t> steps,
                        const nb::dict& states, std::optional<std::uint64_t> seed, bool training) {
    const Lent lent(inputs), lent_targets(targets), lent_states(states);
    const api::GradientOptions options{
        loss, train_block, with_respect_to, steps, lent_states.arrays(), seed, mode_of(training)};
    api::Gradients gradients;
    {
        const nb::gil_scoped_release released;
        gradients = model.differentiate(lent.arrays(), lent_targets.arrays(), options);
    }
    return nb::make_tuple(gradients.loss, to_numpy(std::move(gradients.of)));
}

nb::tuple linearize(api::Model& model, const nb::dict& inputs, const Names& record,
                    const Names& with_respect_to, std::optional<std::int64_t> steps,
                    std::optional<std::uint64_t> seed, bool training) {
    const Lent lent(inputs);
    const api::LinearizeOptions options{record, with_respect_to, steps, seed, mode_of(training)};
    api::Linearization made;
    {
        const nb::gil_scoped_release released;
        made = model.linearize(lent.arrays(), options);
    }
    return nb::make_tuple(to_numpy(std::move(made.results)), made.number);
}

nb::dict pull_back(api::Model& model, std::uint64_t number, const nb::dict& cotangents,
                   ResultMemory* memory) {
    const Lent lent(cotangents);
    api::Results reuse, gradients;
    if (memory) reuse = memory->take();
    {
        const nb::gil_scoped_release released;
        gradients = model.pull_back(number, lent.arrays(), std::move(reuse));
    }
    return memory ? memory->to_numpy(std::move(gradients)) : to_numpy(std::move(gradients));
}

void bind_model(nb::module_& module) {
    nb::class_<ResultMemory>(module, "ResultMemory",
                             "Lets pull_back() use memory of its earlier results again.")
        .def(nb::init<>());
    nb::class_<api::Model>(module, "Model", nb::is_weak_referenceable(),
                           "A network of a text, compiled.")
        .def("__init__", &make, "text"_a, "name"_a, nb::kw_only(), "network"_a, "settings"_a,
             "steps"_a.none(), "seed"_a.none(), "weights"_a, "partial"_a, "interpret"_a, "target"_a,
             "threads"_a, "cache"_a.none())
        .def_prop_ro("name", [](const api::Model& model) { return model.name(); })
        .def_prop_ro("target", [](const api::Model& model) { return model.target(); })
        .def_prop_ro("time_step", &api::Model::time_step)
        .def_prop_ro("steps", &api::Model::steps)
        .def_prop_ro("inputs", &api::Model::inputs)
        .def_prop_ro("outputs", &api::Model::outputs)
        .def_prop_ro("variables", &api::Model::variables)
        .def_prop_ro("parameter_infos", &api::Model::parameters)
        .def("targets", &api::Model::targets, "train_block"_a = "")
        .def_prop_ro("populations", &api::Model::populations)
        .def_prop_ro("warnings", [](const api::Model& model) { return model.warnings(); })
        .def("equations", &api::Model::equations)
        .def("gradient_equations", &api::Model::gradient_equations, "loss"_a, "train_block"_a)
        .def("parameter", [](const api::Model& model,
                             const std::string& name) { return to_numpy(model.parameter(name)); })
        .def("parameter_view",
             [](nb::handle self, const std::string& name) {
                 return to_numpy(nb::cast<api::Model&>(self).parameter_view(name), self);
             })
        .def("set_parameter",
             [](api::Model& model, const std::string& name, nb::handle values) {
                 std::vector<nb::object> kept;
                 model.set_parameter(name, view_of(values, name, kept));
             })
        .def("draw_parameters", &api::Model::draw_parameters, "seed"_a)
        .def("load_weights", &api::Model::load_weights, "path"_a, "partial"_a)
        .def("save_weights", &api::Model::save_weights, "path"_a)
        .def("run", &run, "inputs"_a, nb::kw_only(), "steps"_a.none(), "record"_a, "states"_a,
             "seed"_a.none(), "training"_a)
        .def("begin", &api::Model::begin, "samples"_a, "seed"_a.none())
        .def("step", &step, "state"_a, "inputs"_a, "steps"_a, "record"_a)
        .def("differentiate", &differentiate, "inputs"_a, "targets"_a, nb::kw_only(), "loss"_a,
             "train_block"_a, "with_respect_to"_a, "steps"_a.none(), "states"_a, "seed"_a.none(),
             "training"_a)
        .def("linearize", &linearize, "inputs"_a, nb::kw_only(), "record"_a, "with_respect_to"_a,
             "steps"_a.none(), "seed"_a.none(), "training"_a)
        .def("pull_back", &pull_back, "number"_a, "cotangents"_a, "memory"_a.none() = nb::none());
}

}  // namespace

void bind_models(nb::module_& module) {
    bind_descriptions(module);
    bind_model(module);
}

}  // namespace snnc::python
