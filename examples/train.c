/* A compiled network that learns in a C program: which half of the picture is the brighter one.
 *
 *   snnc compile examples/11_halves.snn --grad -o libhalves.so
 *   cc examples/train.c -I. -L. -lhalves -Wl,-rpath,. -o train && ./train
 */
#include <stdio.h>
#include <stdlib.h>

#include "halves.h"

enum { PIXELS = 16, UPDATES = 200 };

static void check(int32_t error) {
    if (error == 0) return;
    fprintf(stderr, "%s\n", halves_message(error));
    exit(1);
}

static void *memory(int64_t bytes) {
    void *block = calloc(1, (size_t)bytes);
    if (!block) exit(1);
    return block;
}

static float random_number(void) { return (float)rand() / (float)RAND_MAX; }

static void draw_pictures(float *pictures, int32_t *labels) {
    for (int i = 0; i < HALVES_BATCH; ++i) {
        labels[i] = rand() % 2;
        for (int k = 0; k < PIXELS; ++k)
            pictures[i * PIXELS + k] =
                0.5f * random_number() + (k / (PIXELS / 2) == labels[i] ? 0.4f : 0);
    }
}

/* Weights of a layer between -0.25 and 0.25; biases and thresholds stay where they are. */
static void draw_weights(void *parameters, const char *name, int64_t count) {
    float *values = memory(count * (int64_t)sizeof *values);
    for (int64_t i = 0; i < count; ++i) values[i] = 0.5f * random_number() - 0.25f;
    check(halves_set_parameter(parameters, HALVES_PARAMETERS_BYTES, name, values, count));
    free(values);
}

int main(void) {
    static float pictures[HALVES_BATCH * PIXELS];
    static int32_t labels[HALVES_BATCH];
    double loss = 0;

    struct halves_grad_arguments grad = {0};
    grad.abi_version = HALVES_ABI_VERSION;
    grad.struct_bytes = sizeof grad;
    grad.steps = HALVES_STEPS;
    grad.samples = HALVES_BATCH;
    grad.seed = HALVES_SEED;
    void *parameters = memory(HALVES_PARAMETERS_BYTES);
    grad.parameters = parameters;
    grad.parameters_bytes = HALVES_PARAMETERS_BYTES;
    grad.gradients = memory(HALVES_PARAMETERS_BYTES);
    grad.gradients_bytes = HALVES_PARAMETERS_BYTES;
    grad.memory_bytes = halves_grad_memory_bytes(HALVES_STEPS, HALVES_BATCH, 0);
    grad.memory = memory(grad.memory_bytes);
    grad.loss = &loss;
    grad.picture.data = pictures;
    grad.picture.bytes = sizeof pictures;
    grad.half.data = labels;
    grad.half.bytes = sizeof labels;

    struct halves_update_arguments update = {0};
    update.abi_version = HALVES_ABI_VERSION;
    update.struct_bytes = sizeof update;
    update.parameters = parameters;
    update.parameters_bytes = HALVES_PARAMETERS_BYTES;
    update.gradients = grad.gradients;
    update.gradients_bytes = HALVES_PARAMETERS_BYTES;
    update.optimizer = memory(HALVES_OPTIMIZER_BYTES);
    update.optimizer_bytes = HALVES_OPTIMIZER_BYTES;
    update.memory = memory(HALVES_UPDATE_MEMORY_BYTES);
    update.memory_bytes = HALVES_UPDATE_MEMORY_BYTES;

    draw_weights(parameters, "fc1.weight", 12 * PIXELS);
    draw_weights(parameters, "fc2.weight", 2 * 12);
    check(halves_begin_optimizer(update.optimizer, HALVES_OPTIMIZER_BYTES, UPDATES, UPDATES));
    double first = 0;
    for (int k = 0; k < UPDATES; ++k) {
        draw_pictures(pictures, labels);
        check(halves_grad(&grad));
        check(halves_update(&update));
        if (k == 0) first = loss;
    }
    printf("loss %.3f, after %d updates %.3f\n", first, UPDATES, loss);

    free(parameters);
    free(grad.gradients);
    free(grad.memory);
    free(update.optimizer);
    free(update.memory);
    return loss < first / 2 ? 0 : 1;
}
