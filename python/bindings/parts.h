// The parts of the module, each bound in a file of its name.
#pragma once

#include <nanobind/nanobind.h>

namespace snnc::python {

/// Model and RunningState.
void bind_models(nanobind::module_& module);
/// use_openmp_threads().
void bind_threads(nanobind::module_& module);
/// Trainer.
void bind_training(nanobind::module_& module);

}  // namespace snnc::python
