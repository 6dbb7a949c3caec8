// What Halide's kernels need from their surroundings: they are compiled without Halide's runtime.
// The signatures are those of HalideRuntime.h (Halide 21).
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
void* snnc_halide_malloc(void* user_context, std::size_t size);
void snnc_halide_free(void* user_context, void* pointer);
int snnc_halide_do_par_for(void* user_context, int (*task)(void*, int, std::uint8_t*), int min,
                           int size, std::uint8_t* closure);
}
