/* Four threads learn with one compiled library, each on blocks of its own, which end at pages that
 * nobody may touch. All come to the bits of a thread that was alone. Built with the sanitizers. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "halves.h"

enum { PIXELS = 16, CELLS = 12, SAMPLES = 7, UPDATES = 20, THREADS = 4, PAGE = 4096 };

static void check(int32_t error) {
    if (error == 0) return;
    fprintf(stderr, "%s\n", halves_message(error));
    exit(1);
}

/* So many bytes, zeroed, with the end of the page behind them. */
static void *block(int64_t bytes) {
    const size_t size = ((size_t)bytes + PAGE - 1) / PAGE * PAGE;
    char *pages = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + size, PAGE, PROT_NONE) != 0) exit(1);
    return pages + size - (size_t)bytes;
}

struct result {
    double loss;
    float weight[CELLS * PIXELS], trace[HALVES_STEPS * SAMPLES * 2], streamed[SAMPLES * 2];
};

static void learn(void *parameters, const float *picture, struct result *result) {
    int32_t *half = block(SAMPLES * 4);
    for (int i = 0; i < SAMPLES; ++i) half[i] = i % 2;
    struct halves_grad_arguments grad = {0};
    grad.abi_version = HALVES_ABI_VERSION;
    grad.struct_bytes = sizeof grad;
    grad.steps = HALVES_STEPS;
    grad.samples = SAMPLES;
    grad.parameters = parameters;
    grad.parameters_bytes = grad.gradients_bytes = HALVES_PARAMETERS_BYTES;
    grad.gradients = block(HALVES_PARAMETERS_BYTES);
    grad.loss = &result->loss;
    grad.memory_bytes = halves_grad_memory_bytes(HALVES_STEPS, SAMPLES, 1);
    grad.memory = block(grad.memory_bytes);
    grad.picture.data = picture;
    grad.picture.bytes = SAMPLES * PIXELS * 4;
    grad.half.data = half;
    grad.half.bytes = SAMPLES * 4;
    grad.picture_gradient.data = block(SAMPLES * PIXELS * 4);
    grad.picture_gradient.bytes = SAMPLES * PIXELS * 4;

    struct halves_update_arguments update = {0};
    update.abi_version = HALVES_ABI_VERSION;
    update.struct_bytes = sizeof update;
    update.parameters = parameters;
    update.gradients = grad.gradients;
    update.parameters_bytes = update.gradients_bytes = HALVES_PARAMETERS_BYTES;
    update.optimizer = block(HALVES_OPTIMIZER_BYTES);
    update.optimizer_bytes = HALVES_OPTIMIZER_BYTES;
    update.memory = block(HALVES_UPDATE_MEMORY_BYTES);
    update.memory_bytes = HALVES_UPDATE_MEMORY_BYTES;
    check(halves_begin_optimizer(update.optimizer, HALVES_OPTIMIZER_BYTES, UPDATES, UPDATES));
    for (int i = 0; i < UPDATES; ++i) {
        check(halves_grad(&grad));
        check(halves_update(&update));
    }
    check(halves_get_parameter(parameters, HALVES_PARAMETERS_BYTES, "fc1.weight", result->weight,
                               CELLS * PIXELS));
}

static void run(const void *parameters, const float *picture, struct result *result) {
    struct halves_arguments run = {0};
    run.abi_version = HALVES_ABI_VERSION;
    run.struct_bytes = sizeof run;
    run.steps = HALVES_STEPS;
    run.samples = SAMPLES;
    run.parameters = parameters;
    run.parameters_bytes = HALVES_PARAMETERS_BYTES;
    run.memory_bytes = halves_memory_bytes(HALVES_STEPS, SAMPLES);
    run.memory = block(run.memory_bytes);
    run.picture.data = picture;
    run.picture.bytes = SAMPLES * PIXELS * 4;
    run.out_v.bytes = sizeof result->trace;
    run.out_v.data = block(run.out_v.bytes);
    check(halves_run(&run));
    memcpy(result->trace, run.out_v.data, sizeof result->trace);

    run.steps = 1;
    run.state_bytes = halves_state_bytes(SAMPLES);
    run.state = block(run.state_bytes);
    run.out_v.bytes = sizeof result->streamed;
    run.out_v.data = block(run.out_v.bytes);
    check(halves_begin(run.state, run.state_bytes, SAMPLES));
    for (int step = 0; step < HALVES_STEPS; ++step) {
        check(halves_step(&run));
        const float *whole = result->trace + step * SAMPLES * 2;
        if (memcmp(run.out_v.data, whole, sizeof result->streamed) != 0) {
            fprintf(stderr, "step %d of the stream is not that of the run\n", step);
            exit(1);
        }
    }
    memcpy(result->streamed, run.out_v.data, sizeof result->streamed);
}

static void *work(void *result) {
    float *picture = block(SAMPLES * PIXELS * 4), weight[CELLS * PIXELS];
    for (int i = 0; i < SAMPLES * PIXELS; ++i) picture[i] = (float)(i * 7 % 11) / 11;
    for (int i = 0; i < CELLS * PIXELS; ++i) weight[i] = (float)(i * 5 % 13) / 13 - 0.3f;
    void *parameters = block(HALVES_PARAMETERS_BYTES);
    check(halves_set_parameter(parameters, HALVES_PARAMETERS_BYTES, "fc1.weight", weight,
                               CELLS * PIXELS));
    check(halves_set_parameter(parameters, HALVES_PARAMETERS_BYTES, "fc2.weight", weight,
                               2 * CELLS));
    learn(parameters, picture, result);
    run(parameters, picture, result);
    return NULL;
}

int main(void) {
    static struct result alone, together[THREADS];
    pthread_t threads[THREADS];
    work(&alone);
    for (int i = 0; i < THREADS; ++i)
        if (pthread_create(&threads[i], NULL, work, &together[i]) != 0) return 1;
    for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; ++i)
        if (memcmp(&alone, &together[i], sizeof alone) != 0) {
            fprintf(stderr, "thread %d has other numbers\n", i);
            return 1;
        }
    printf("loss %.9g\n", alone.loss);
    return 0;
}
