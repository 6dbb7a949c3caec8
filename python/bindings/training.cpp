#include <nanobind/stl/array.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/pair.h>

#include "arrays.h"
#include "parts.h"

using namespace nanobind::literals;

namespace snnc::python {
namespace {

void make(api::Trainer* self, api::Model& model, const std::string& train_block,
          std::optional<double> learning_rate, std::optional<std::int64_t> batch,
          std::optional<std::int64_t> epochs, std::optional<std::uint64_t> seed,
          std::optional<bool> shuffle, std::optional<std::int64_t> updates_per_epoch) {
    const nb::gil_scoped_release released;
    new (self) api::Trainer(
        model, {train_block, learning_rate, batch, epochs, seed, shuffle, updates_per_epoch});
}

double step(api::Trainer& trainer, const nb::dict& inputs, const nb::dict& targets) {
    const Lent lent(inputs), lent_targets(targets);
    const nb::gil_scoped_release released;
    return trainer.step(lent.arrays(), lent_targets.arrays());
}

api::Scores evaluate(api::Trainer& trainer, const nb::dict& inputs, const nb::dict& targets) {
    const Lent lent(inputs), lent_targets(targets);
    const nb::gil_scoped_release released;
    return trainer.evaluate(lent.arrays(), lent_targets.arrays());
}

/// Ctrl-C ends a training in good order and is raised when it has ended.
class Watched {
 public:
    explicit Watched(nb::object function) : function_(std::move(function)) {}

    bool operator()(const api::TrainingEvent& event) {
        const nb::gil_scoped_acquire acquired;
        if (PyErr_CheckSignals() != 0) return fail();
        if (function_.is_none()) return true;
        try {
            const nb::object answer = function_(event);
            return answer.is_none() || is_true(answer);
        } catch (nb::python_error& error) {
            error.restore();
            return fail();
        }
    }

    /// Raises what stopped the training.
    void rethrow() {
        if (failure_) std::rethrow_exception(failure_);
    }

 private:
    static bool is_true(const nb::object& answer) {
        const int is = PyObject_IsTrue(answer.ptr());
        if (is < 0) throw nb::python_error();
        return is != 0;
    }

    bool fail() {
        failure_ = std::make_exception_ptr(nb::python_error());
        return false;
    }

    nb::object function_;
    std::exception_ptr failure_;
};

api::TrainingResult fit(api::Trainer& trainer, const nb::dict& inputs, const nb::dict& targets,
                        const nb::dict& test_inputs, const nb::dict& test_targets,
                        std::int64_t validation, std::optional<std::int64_t> patience,
                        const std::string& best_weights, std::optional<std::int64_t> max_steps,
                        const std::string& checkpoint, const std::string& resume,
                        nb::object on_event) {
    const Lent lent(inputs), lent_targets(targets), lent_test(test_inputs),
        lent_test_targets(test_targets);
    Watched watched(std::move(on_event));
    const api::FitOptions options{lent_test.arrays(), lent_test_targets.arrays(),
                                  validation,         patience,
                                  best_weights,       max_steps,
                                  checkpoint,         resume,
                                  std::ref(watched)};
    api::TrainingResult result;
    {
        const nb::gil_scoped_release released;
        result = trainer.fit(lent.arrays(), lent_targets.arrays(), options);
    }
    watched.rethrow();
    return result;
}

/// Where PyTorch has a parameter, its gradient and Adam's two means.
using Addresses = std::array<std::uintptr_t, 4>;

void update(api::Adam& adam, std::int64_t number, double learning_rate,
            const std::vector<std::int64_t>& sizes, const std::vector<Addresses>& addresses) {
    std::vector<api::AdamArrays> arrays;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        std::array<std::span<float>, 4> four;
        for (std::size_t j = 0; j < 4; ++j)
            four[j] = {reinterpret_cast<float*>(addresses.at(i)[j]),  // NOLINT: PyTorch counts them
                       std::size_t(sizes[i])};
        arrays.push_back({four[0], four[1], four[2], four[3]});
    }
    const nb::gil_scoped_release released;
    adam.update(number, learning_rate, arrays);
}

void bind_adam(nb::module_& module) {
    nb::class_<api::Adam>(module, "Adam", "Update equations of Adam over memory of the caller.")
        .def(
            "__init__",
            [](api::Adam* self, std::vector<std::int64_t> sizes, std::pair<double, double> betas,
               double epsilon, double weight_decay, bool decoupled_weight_decay, int threads) {
                const nb::gil_scoped_release released;
                new (self)
                    api::Adam(std::move(sizes), {betas.first, betas.second, epsilon, weight_decay,
                                                 decoupled_weight_decay, threads, std::nullopt});
            },
            "sizes"_a, nb::kw_only(), "betas"_a, "epsilon"_a, "weight_decay"_a,
            "decoupled_weight_decay"_a, "threads"_a)
        .def("update", &update, "number"_a, "learning_rate"_a, "sizes"_a, "addresses"_a,
             "Addresses of float32 values: (parameter, gradient, exp_avg, exp_avg_sq) of each.");
}

}  // namespace

void bind_training(nb::module_& module) {
    bind_adam(module);
    nb::class_<api::TrainingEvent>(module, "TrainingEvent", "Told after each update and epoch.")
        .def_ro("epoch_ends", &api::TrainingEvent::epoch_ends)
        .def_ro("epoch", &api::TrainingEvent::epoch)
        .def_ro("step", &api::TrainingEvent::step)
        .def_ro("loss", &api::TrainingEvent::loss)
        .def_ro("test", &api::TrainingEvent::test)
        .def_ro("validation", &api::TrainingEvent::validation)
        .def("__repr__", [](const api::TrainingEvent& one) {
            return "<TrainingEvent after " + std::to_string(one.step) + " updates: loss " +
                   nb::cast<std::string>(nb::str(nb::float_(one.loss))) + ">";
        });
    nb::class_<api::TrainingResult>(module, "TrainingResult", "How a training ended.")
        .def_ro("steps", &api::TrainingResult::steps)
        .def_ro("epochs", &api::TrainingResult::epochs)
        .def_ro("was_stopped", &api::TrainingResult::was_stopped)
        .def_ro("stopped_early", &api::TrainingResult::stopped_early)
        .def_ro("test", &api::TrainingResult::test)
        .def("__repr__", [](const api::TrainingResult& one) {
            return "<TrainingResult after " + std::to_string(one.steps) + " updates, " +
                   std::to_string(one.epochs) + " epochs>";
        });
    nb::class_<api::Trainer>(module, "Trainer", "Changes the parameters of a model.")
        .def("__init__", &make, "model"_a, nb::keep_alive<1, 2>(), nb::kw_only(), "train_block"_a,
             "learning_rate"_a.none(), "batch"_a.none(), "epochs"_a.none(), "seed"_a.none(),
             "shuffle"_a.none(), "updates_per_epoch"_a.none())
        .def("step", &step, "inputs"_a, "targets"_a)
        .def("evaluate", &evaluate, "inputs"_a, "targets"_a)
        .def("fit", &fit, "inputs"_a, "targets"_a, nb::kw_only(), "test_inputs"_a, "test_targets"_a,
             "validation"_a, "patience"_a.none(), "best_weights"_a, "max_steps"_a.none(),
             "checkpoint"_a, "resume"_a, "on_event"_a.none());
}

}  // namespace snnc::python
