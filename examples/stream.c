/* A compiled network fed step by step, as a device would feed it.
 *
 *   snnc compile examples/06_own_neuron.snn -o libcustom.so
 *   cc examples/stream.c -I. -L. -lcustom -Wl,-rpath,. -o stream && ./stream
 */
#include <stdio.h>
#include <stdlib.h>

#include "custom.h"

static void check(int32_t error) {
    if (error == 0) return;
    fprintf(stderr, "%s\n", custom_message(error));
    exit(1);
}

int main(void) {
    float x[8], out_v[2], cells_s[16], cells_d[16];
    struct custom_arguments arguments = {0};
    arguments.abi_version = CUSTOM_ABI_VERSION;
    arguments.struct_bytes = sizeof arguments;
    arguments.steps = 1;
    arguments.samples = 1;

    arguments.parameters_bytes = CUSTOM_PARAMETERS_BYTES;
    void *parameters = calloc(1, CUSTOM_PARAMETERS_BYTES);
    arguments.parameters = parameters;
    float weight[16 * 8];
    const float time_constant = 0.01f; /* seconds */
    for (int i = 0; i < 16 * 8; ++i) weight[i] = (float)(i % 5) / 5;
    check(custom_set_parameter(parameters, CUSTOM_PARAMETERS_BYTES, "fc1.weight", weight, 16 * 8));
    check(custom_set_parameter(parameters, CUSTOM_PARAMETERS_BYTES, "cells.tau_d", &time_constant,
                               1));

    arguments.state_bytes = custom_state_bytes(1);
    arguments.memory_bytes = custom_memory_bytes(1, 1);
    arguments.state = malloc((size_t)arguments.state_bytes);
    arguments.memory = malloc((size_t)arguments.memory_bytes);
    if (!parameters || !arguments.state || !arguments.memory) return 1;
    check(custom_begin(arguments.state, arguments.state_bytes, 1));

    arguments.x.data = x;
    arguments.x.bytes = sizeof x;
    arguments.out_v.data = out_v;
    arguments.out_v.bytes = sizeof out_v;
    arguments.cells_s.data = cells_s;
    arguments.cells_s.bytes = sizeof cells_s;
    arguments.cells_d.data = cells_d;
    arguments.cells_d.bytes = sizeof cells_d;

    int spikes = 0;
    for (int step = 0; step < CUSTOM_STEPS; ++step) {
        for (int i = 0; i < 8; ++i) x[i] = (float)((step + i) % 4) / 4;
        check(custom_step(&arguments));
        for (int i = 0; i < 16; ++i) spikes += cells_s[i] != 0;
    }
    printf("%d spikes in %d steps\n", spikes, CUSTOM_STEPS);
    free(parameters);
    free(arguments.state);
    free(arguments.memory);
    return 0;
}
