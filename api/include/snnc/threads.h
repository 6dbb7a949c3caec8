// Threads that loops of compiled code run on.
#pragma once

#include <snnc/export.h>

namespace snnc::api {

/// Calls work(closure) once on each of at most `threads` threads at the same time, the caller's
/// among them, and returns when all calls have. `work` throws nothing.
using HostThreads = void (*)(int threads, void (*work)(void* closure), void* closure);

/// From now on the models of this process run their loops on the program's own threads, as many as
/// ModelOptions::threads says. Null: on threads of the models again, as they begin with.
///
/// For programs that keep threads busy themselves, which would take the processors from those of
/// the models. With OpenMP:
///
///     snnc::api::use_host_threads([](int threads, void (*work)(void*), void* closure) {
///     #pragma omp parallel num_threads(threads)
///         work(closure);
///     });
///
/// Results do not depend on it. Models must not run while it is called.
SNNC_API void use_host_threads(HostThreads host);

}  // namespace snnc::api
