// The C header of a library.
#include <fmt/format.h>

#include "codegen/library_errors.h"
#include "codegen/library_fields.h"
#include "codegen/library_text.h"

namespace snnc::codegen {
namespace {

constexpr const char* introduction =
    R"(/* `{0}`, compiled by snnc into {1}.
 *
 * The library has no memory of its own: parameters, state and working memory belong to the caller.
 * Calls with separate states and memories may run at the same time on any number of threads.
 * Arrays are row-major; every function that returns an error returns 0 when all is well, and
 * {2}_message() says what the others mean. Nothing is written when a call is refused.
 */
#ifndef {3}
#define {3}

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

)";

constexpr const char* array_types =
    R"(
struct {0}_input {{
    const float *data;
    int64_t bytes;
}};

struct {0}_output {{
    float *data;
    int64_t bytes;
}};
)";

constexpr const char* labels_type =
    R"(
struct {0}_labels {{
    const int32_t *data;
    int64_t bytes;
}};
)";

constexpr const char* functions =
    R"(
/* The whole run, from step 0. With a state that can be gone on from by {0}_step. */
int32_t {0}_run(const struct {0}_arguments *arguments);

/* A state before step 0. */
int32_t {0}_begin(void *state, int64_t state_bytes, int64_t samples);

/* `steps` further steps (1 for a stream) from a state, which moves on. */
int32_t {0}_step(const struct {0}_arguments *arguments);

/* Bytes of a state, and of the working memory of a call with so many steps; -1 where steps or
 * samples are out of range. The memory keeps nothing between calls and may begin anywhere. */
int64_t {0}_state_bytes(int64_t samples);
int64_t {0}_memory_bytes(int64_t steps, int64_t samples);

/* One parameter in the block of {1}_PARAMETERS_BYTES bytes, by its name and in the layout of
 * weights files (PyTorch's). */
int32_t {0}_set_parameter(void *parameters, int64_t parameters_bytes, const char *name,
                          const float *values, int64_t count);
int32_t {0}_get_parameter(const void *parameters, int64_t parameters_bytes, const char *name,
                          float *values, int64_t count);

/* What an error means, in words; a constant. */
const char *{0}_message(int32_t error);

/* {1}_ABI_VERSION of the library. */
int32_t {0}_abi_version(void);
)";

constexpr const char* weights_function =
    R"(
/* Copies the parameters that came with the library into a block. */
int32_t {0}_weights(void *parameters, int64_t parameters_bytes);
)";

constexpr const char* training_functions =
    R"(
/* Loss and gradients of a batch. The gradients are those of the mean loss, each where its parameter
 * stands; where a batch normalisation keeps a statistic stands its next value. What may be 0 in
 * the structure costs nothing where it is 0. */
int32_t {0}_grad(const struct {0}_grad_arguments *arguments);

/* Bytes of its working memory; `with_inputs` where it is asked for gradients of inputs. */
int64_t {0}_grad_memory_bytes(int64_t steps, int64_t samples, int32_t with_inputs);

/* One gradient in the block, as {0}_get_parameter has it. */
int32_t {0}_get_gradient(const void *gradients, int64_t gradients_bytes, const char *name,
                         float *values, int64_t count);

/* The block of {1}_OPTIMIZER_BYTES bytes before the first update. A schedule of the learning rate
 * spans so many updates, in all and for each epoch; without one they say nothing. The block may be
 * copied and kept. */
int32_t {0}_begin_optimizer(void *optimizer, int64_t optimizer_bytes, int64_t updates,
                            int64_t updates_per_epoch);

/* One step of the optimizer. Gradients of several calls may be averaged before it. */
int32_t {0}_update(const struct {0}_update_arguments *arguments);
)";

/// "[steps, samples, 784]"
std::string full_shape(const LibraryArray& array) {
    std::string text = "[";
    const auto add = [&](const std::string& extent) {
        text += (text.size() > 1 ? ", " : "") + extent;
    };
    if (array.per_step) add("steps");
    if (array.per_sample) add("samples");
    for (const std::int64_t extent : array.shape) add(std::to_string(extent));
    return text + "]";
}

std::string array_type(const LibraryArray& array) {
    if (array.use == LibraryArray::Use::Output) return "output";
    return array.kind == ir::DataKind::Index ? "labels" : "input";
}

std::string array_comment(const LibraryArray& array) {
    std::string text = fmt::format("{} {}", array.name, full_shape(array));
    if (array.gradient) text = "gradient of " + text;
    if (array.classes > 0) text += fmt::format(", from 0 to {}", array.classes - 1);
    return text + (array.optional ? "; data may be 0" : "");
}

class HeaderWriter {
 public:
    HeaderWriter(const LibraryModel& model, const LibrarySizes& sizes,
                 const LibraryRequest& request)
        : model_(model), sizes_(sizes), request_(request), p_(model.prefix) {}

    std::string write() {
        const std::string guard = upper(c_identifier(file_name(request_.header_file)));
        text_ =
            fmt::format(introduction, model_.run.network.name, file_name(request_.file), p_, guard);
        constants();
        errors();
        structures();
        text_ += fmt::format(functions, p_, upper(p_));
        if (model_.weights) text_ += fmt::format(weights_function, p_);
        if (model_.training) text_ += fmt::format(training_functions, p_, upper(p_));
        text_ += fmt::format("\n#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {} */\n", guard);
        return text_;
    }

 private:
    template <class Value>
    void define(const std::string& name, const Value& value) {
        text_ += fmt::format("#define {}_{} {}\n", upper(p_), name, value);
    }

    void constants() {
        define("ABI_VERSION", abi_version);
        define("PARAMETERS_BYTES", model_.parameter_bytes);
        const ir::Network& network = model_.run.network;
        if (network.steps) {
            text_ += "/* The usual length of a run. */\n";
            define("STEPS", *network.steps);
        }
        if (model_.training) training_constants(*model_.training);
        if (model_.parameters.empty()) return;
        text_ += "\n/* Parameters, as weights files have them:\n";
        for (const BlockTensor& one : model_.parameters)
            text_ += fmt::format(" *   {} {}\n", one.tensor.name,
                                 ir::to_string(ir::shape_in_files(one.tensor)));
        text_ += " */\n";
    }

    void training_constants(const LibraryTraining& training) {
        text_ += "/* The optimizer's block, and the working memory of an update. */\n";
        define("OPTIMIZER_BYTES", training.optimizer_bytes);
        define("UPDATE_MEMORY_BYTES", sizes_.update.constant);
        text_ += "/* What the train block says. */\n";
        define("BATCH", training.settings.batch);
        define("EPOCHS", training.settings.epochs);
        define("SEED", fmt::format("{}u", training.seed));
    }

    void errors() {
        text_ += fmt::format("\nenum {}_error {{\n", p_);
        for (const ErrorText& error : error_texts(model_))
            text_ += fmt::format("    {}_{} = {},\n", upper(p_), error.name, error.code);
        text_ += "};\n";
    }

    // ---- structures -------------------------------------------------------------------------

    void structures() {
        text_ += fmt::format(array_types, p_);
        structure(Interface::Run);
        if (!model_.training) return;
        for (const LibraryArray& array : arrays_of(model_, Interface::Grad))
            if (array_type(array) == "labels") {
                text_ += fmt::format(labels_type, p_);
                break;
            }
        structure(Interface::Grad);
        structure(Interface::Update);
    }

    void structure(Interface interface) {
        text_ += fmt::format("\n/* Set all of it to 0 first. */\nstruct {} {{\n",
                             structure_name(model_, interface));
        for (const FieldInfo& field : fields_of(model_, interface))
            line(field.type + (field.is_pointer() ? "" : " ") + field.name, field.comment);
        for (const LibraryArray& array : arrays_of(model_, interface))
            line(fmt::format("struct {}_{} {}", p_, array_type(array), array.member),
                 array_comment(array));
        text_ += "};\n";
    }

    void line(const std::string& declaration, const std::string& comment) {
        text_ +=
            "    " + declaration + ";" + (comment.empty() ? "" : " /* " + comment + " */") + "\n";
    }

    const LibraryModel& model_;
    const LibrarySizes& sizes_;
    const LibraryRequest& request_;
    const std::string& p_;
    std::string text_;
};

}  // namespace

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::string library_header(const LibraryModel& model, const LibrarySizes& sizes,
                           const LibraryRequest& request) {
    return HeaderWriter(model, sizes, request).write();
}

}  // namespace snnc::codegen
