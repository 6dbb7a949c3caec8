#include "runtime/halide_runtime.h"

#include <cstdlib>

#include "runtime/threads.h"

namespace {

struct HalideLoop {
    void* user_context;
    int (*task)(void*, int, std::uint8_t*);
    int min;
    std::uint8_t* closure;
};

/// Kernels without assertions cannot fail, so the status of a task carries nothing.
void run_task(void* closure, std::int64_t index, std::int64_t) {
    const auto& loop = *static_cast<const HalideLoop*>(closure);
    loop.task(loop.user_context, loop.min + int(index), loop.closure);
}

}  // namespace

void* snnc_halide_malloc(void*, std::size_t size) {
    constexpr std::size_t alignment = 128;
    // Halide may read a vector beyond the end.
    return std::aligned_alloc(alignment, (size + 2 * alignment - 1) / alignment * alignment);
}

void snnc_halide_free(void*, void* pointer) { std::free(pointer); }

int snnc_halide_do_par_for(void* user_context, int (*task)(void*, int, std::uint8_t*), int min,
                           int size, std::uint8_t* closure) {
    HalideLoop loop{user_context, task, min, closure};
    snnc_parallel_for(size, run_task, &loop);
    return 0;
}
