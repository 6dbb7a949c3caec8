/* Calls functions of a library on a processor that is emulated (foreign_code.py).
 *
 *   call_library LIBRARY
 *
 * Each line of its input is a call, `FUNCTION RESULT FILE`, and it answers with a line. FILE holds
 * 64-bit words: the number of blocks of memory, of each its size and its bytes; the number of
 * pointers, of each the block and the offset where it stands and the block that it leads to; the
 * number of arguments, of each whether it is a block, and the block or the number. After the call
 * FILE holds the bytes of all blocks. RESULT is int32, int64 or text; it is the answer. */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_blocks = 64, most_arguments = 6 };

static void fail(const char* what) {
    fprintf(stderr, "call_library: %s\n", what);
    exit(2);
}

static int64_t word(FILE* file) {
    int64_t value;
    if (fread(&value, sizeof value, 1, file) != 1) fail("the file is too short");
    return value;
}

static char* blocks[most_blocks];
static int64_t sizes[most_blocks], block_count;

static void read_blocks(FILE* file) {
    block_count = word(file);
    if (block_count > most_blocks) fail("too many blocks");
    for (int64_t i = 0; i < block_count; ++i) {
        sizes[i] = word(file);
        /* A state is read again where it was written: at the same distance from a cache line. */
        blocks[i] = aligned_alloc(64, ((size_t)sizes[i] + 64) / 64 * 64);
        if (!blocks[i] || fread(blocks[i], 1, (size_t)sizes[i], file) != (size_t)sizes[i])
            fail("the file is too short");
    }
    for (int64_t i = word(file); i > 0; --i) {
        char* place = blocks[word(file)];
        place += word(file);
        char* target = blocks[word(file)];
        memcpy(place, &target, sizeof target);
    }
}

static void read_arguments(FILE* file, int64_t* arguments) {
    const int64_t count = word(file);
    if (count > most_arguments) fail("too many arguments");
    for (int64_t i = 0; i < count; ++i) {
        const int64_t is_block = word(file), value = word(file);
        arguments[i] = is_block ? (int64_t)(intptr_t)blocks[value] : value;
    }
}

static void write_blocks(const char* name) {
    FILE* file = fopen(name, "wb");
    if (!file) fail("the file cannot be written");
    for (int64_t i = 0; i < block_count; ++i) fwrite(blocks[i], 1, (size_t)sizes[i], file);
    if (fclose(file) != 0) fail("the file cannot be written");
    for (int64_t i = 0; i < block_count; ++i) free(blocks[i]);
}

/* Integers and pointers travel in the same registers, whatever their width. */
typedef int64_t Function(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);

static void call(void* library, const char* name, const char* kind, const char* call_file) {
    Function* function;
    *(void**)&function = dlsym(library, name);
    if (!function) fail(dlerror());
    FILE* file = fopen(call_file, "rb");
    if (!file) fail("there is no file");
    int64_t a[most_arguments] = {0};
    read_blocks(file);
    read_arguments(file, a);
    fclose(file);
    const int64_t result = function(a[0], a[1], a[2], a[3], a[4], a[5]);
    write_blocks(call_file);
    if (strcmp(kind, "text") == 0)
        puts((const char*)(intptr_t)result);
    else
        printf("%" PRId64 "\n", strcmp(kind, "int32") == 0 ? (int64_t)(int32_t)result : result);
    fflush(stdout);
}

int main(int count, char** words) {
    if (count != 2) fail("usage: call_library LIBRARY");
    void* library = dlopen(words[1], RTLD_NOW);
    if (!library) fail(dlerror());
    char name[256], kind[16], file[1024];
    while (scanf("%255s %15s %1023s", name, kind, file) == 3) call(library, name, kind, file);
    return 0;
}
