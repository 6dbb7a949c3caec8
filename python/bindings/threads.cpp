// Loops of compiled code on the threads of OpenMP, where the process has them: PyTorch's.
#include <dlfcn.h>
#include <snnc/snnc.h>

#include "parts.h"

namespace snnc::python {
namespace {

/// The call that compilers make of `#pragma omp parallel`. It is that of the library which the
/// process has loaded: one that this module were linked with would have other threads.
using Parallel = void (*)(void (*work)(void*), void* closure, unsigned threads, unsigned flags);
Parallel parallel = nullptr;

void run_on_openmp(int threads, void (*work)(void*), void* closure) {
    parallel(work, closure, unsigned(threads), 0);
}

bool use_openmp_threads(bool use) {
    if (use) parallel = reinterpret_cast<Parallel>(::dlsym(RTLD_DEFAULT, "GOMP_parallel"));
    const bool found = use && parallel;
    api::use_host_threads(found ? run_on_openmp : nullptr);
    return found;
}

}  // namespace

void bind_threads(nanobind::module_& module) {
    module.def("use_openmp_threads", &use_openmp_threads, nanobind::arg("use") = true,
               "Models run their loops on the threads of the OpenMP library that this process has "
               "loaded, as many as Model's `threads`; or on their own again. False if they run on "
               "their own now. Results do not depend on it. No model may run meanwhile.");
}

}  // namespace snnc::python
