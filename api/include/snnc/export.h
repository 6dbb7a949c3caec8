// What the shared library of snnc shows of itself.
#pragma once

#if defined(__GNUC__)
#define SNNC_API __attribute__((visibility("default")))
#else
#define SNNC_API
#endif
