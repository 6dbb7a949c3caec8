// What a library says of itself: names, messages, the C header and the manifest.
#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "codegen/library.h"

namespace snnc::codegen {
namespace {

using Json = nlohmann::ordered_json;

std::string upper(std::string text) {
    for (char& c : text) c = char(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

/// "[steps, samples, 784]"
std::string full_shape(const ir::Tensor& tensor) {
    std::string text = "[";
    const auto add = [&](const std::string& extent) {
        text += (text.size() > 1 ? ", " : "") + extent;
    };
    if (tensor.per_step) add("steps");
    if (tensor.per_sample) add("samples");
    for (const std::int64_t extent : tensor.shape) add(std::to_string(extent));
    return text + "]";
}

/// Words that no array may have as its name: those of C and C++, and, whatever their case, the
/// other fields and the beginnings of errors that are not an array's.
constexpr std::string_view words =
    " asm auto bool break case catch char class const continue default delete do double else enum "
    "extern false float for friend goto if inline int long mutable namespace new operator private "
    "protected public register restrict return short signed sizeof static struct switch template "
    "this throw true try typedef union unsigned using virtual void volatile while ";
constexpr std::string_view fields =
    " ABI_VERSION STRUCT_BYTES STEPS SAMPLES SEED PARAMETERS PARAMETERS_BYTES STATE STATE_BYTES "
    "MEMORY MEMORY_BYTES ARGUMENTS VALUES ";

bool is_among(std::string_view list, const std::string& word) {
    return list.find(" " + word + " ") != std::string_view::npos;
}

class HeaderWriter {
 public:
    HeaderWriter(const ir::Network& network, const LibraryModel& model,
                 const LibraryRequest& request)
        : network_(network), model_(model), request_(request), p_(model.prefix) {}

    std::string write() {
        const std::string guard = upper(c_identifier(file_name(request_.header_file)));
        text_ = fmt::format(introduction, network_.name, file_name(request_.file), p_, guard);
        constants();
        errors();
        arguments();
        text_ += fmt::format(functions, p_, upper(p_));
        if (model_.weights) text_ += fmt::format(weights_function, p_);
        text_ += fmt::format("\n#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {} */\n", guard);
        return text_;
    }

 private:
    static constexpr const char* introduction =
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

    static constexpr const char* functions =
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

    static constexpr const char* weights_function =
        R"(
/* Copies the parameters that came with the library into a block. */
int32_t {0}_weights(void *parameters, int64_t parameters_bytes);
)";

    void define(const std::string& name, std::int64_t value) {
        text_ += fmt::format("#define {}_{} {}\n", upper(p_), name, value);
    }

    void constants() {
        define("ABI_VERSION", abi_version);
        define("PARAMETERS_BYTES", model_.parameter_bytes);
        if (network_.steps) {
            text_ += "/* The usual length of a run. */\n";
            define("STEPS", *network_.steps);
        }
        if (!model_.parameters.empty()) text_ += "\n/* Parameters, as weights files have them:\n";
        for (const LibraryParameter& parameter : model_.parameters) {
            const ir::Tensor& tensor = network_[parameter.tensor];
            text_ +=
                fmt::format(" *   {} {}\n", tensor.name, ir::to_string(ir::shape_in_files(tensor)));
        }
        if (!model_.parameters.empty()) text_ += " */\n";
    }

    void errors() {
        text_ += fmt::format("\nenum {}_error {{\n", p_);
        for (const ErrorText& error : error_texts(network_, model_))
            text_ += fmt::format("    {}_{} = {},\n", upper(p_), error.name, error.code);
        text_ += "};\n";
    }

    void arguments() {
        text_ += fmt::format(R"(
struct {0}_input {{
    const float *data;
    int64_t bytes;
}};

struct {0}_output {{
    float *data;
    int64_t bytes;
}};

/* Set all of it to 0 first. */
struct {0}_arguments {{
    int32_t abi_version;  /* {1}_ABI_VERSION */
    int32_t struct_bytes; /* sizeof(struct {0}_arguments) */
    int64_t steps;        /* at least 1 */
    int64_t samples;      /* the batch, at least 1 */
    uint64_t seed;        /* of random numbers, where the network draws some */
    const void *parameters;{2}
    int64_t parameters_bytes;
    void *state;          /* {0}_step needs one; {0}_run writes it where it is not 0 */
    int64_t state_bytes;
    void *memory;
    int64_t memory_bytes;
)",
                             p_, upper(p_),
                             model_.weights ? " /* 0: those that came with the library */" : "");
        for (const LibraryArray& array : model_.arrays) {
            const ir::Tensor& tensor = network_[array.tensor];
            text_ += fmt::format("    struct {}_{} {}; /* {} {} */\n", p_,
                                 array.output ? "output" : "input", array.member, array.name,
                                 full_shape(tensor));
        }
        text_ += "};\n";
    }

    const ir::Network& network_;
    const LibraryModel& model_;
    const LibraryRequest& request_;
    const std::string& p_;
    std::string text_;
};

Json to_json(const SizeFormula& size) {
    return {{"constant", size.constant},
            {"per_step", size.per_step},
            {"per_sample", size.per_sample},
            {"per_step_and_sample", size.per_step_and_sample}};
}

/// Where the k-th array stands in the structure.
std::int64_t array_offset(std::size_t index) { return 80 + 16 * std::int64_t(index); }

}  // namespace

void name_members(std::vector<LibraryArray>& arrays) {
    std::set<std::string> taken;  // in the case of errors
    for (LibraryArray& array : arrays) {
        array.member = c_identifier(array.name);
        while (is_among(words, array.member) || is_among(fields, upper(array.member)) ||
               taken.contains(upper(array.member)))
            array.member += '_';
        taken.insert(upper(array.member));
    }
}

std::vector<ErrorText> error_texts(const ir::Network& network, const LibraryModel& model) {
    const auto code = [](LibraryError error) { return std::int32_t(error); };
    using Error = LibraryError;
    std::vector<ErrorText> texts = {
        {code(Error::None), "OK", "no error"},
        {code(Error::ArgumentsNull), "ARGUMENTS_NULL", "the arguments are null"},
        {code(Error::WrongVersion), "WRONG_VERSION",
         "abi_version or struct_bytes is not that of this library: was it compiled with another "
         "header?"},
        {code(Error::StepsOutOfRange), "STEPS_OUT_OF_RANGE",
         "steps must be at least 1, and no array may have more than 2^31 - 1 elements"},
        {code(Error::SamplesOutOfRange), "SAMPLES_OUT_OF_RANGE",
         "samples must be at least 1 and less than 2^31"},
        {code(Error::ParametersNull), "PARAMETERS_NULL", "parameters is null"},
        {code(Error::ParametersSize), "PARAMETERS_SIZE",
         fmt::format("parameters_bytes must be {}", model.parameter_bytes)},
        {code(Error::StateNull), "STATE_NULL", "state is null"},
        {code(Error::StateSize), "STATE_SIZE",
         fmt::format("state_bytes is less than {}_state_bytes(samples)", model.prefix)},
        {code(Error::StateForeign), "STATE_FOREIGN",
         fmt::format("the state was not begun by {0}_begin or {0}_run of this library",
                     model.prefix)},
        {code(Error::StateSamples), "STATE_SAMPLES",
         "the state was begun with another number of samples"},
        {code(Error::MemoryNull), "MEMORY_NULL", "memory is null"},
        {code(Error::MemorySize), "MEMORY_SIZE",
         fmt::format("memory_bytes is less than {}_memory_bytes(steps, samples)", model.prefix)},
        {code(Error::ProcessorTooOld), "PROCESSOR_TOO_OLD",
         "this processor has less than every processor that the library was compiled for"},
        {code(Error::NameUnknown), "NAME_UNKNOWN", "there is no parameter of this name"},
        {code(Error::ValuesNull), "VALUES_NULL", "name or values is null"},
        {code(Error::ValuesSize), "VALUES_SIZE",
         "count is not the number of elements of this parameter"},
    };
    std::int32_t next = code(Error::ArrayNull);
    for (const LibraryArray& array : model.arrays) {
        const std::string name = upper(array.member);
        const ir::Tensor& tensor = network[array.tensor];
        texts.push_back({next++, name + "_NULL", fmt::format("{}.data is null", array.member)});
        texts.push_back(
            {next++, name + "_SIZE",
             fmt::format("{}.bytes must be {}{}{}", array.member, tensor.per_step ? "steps * " : "",
                         tensor.per_sample ? "samples * " : "",
                         4 * ir::element_count(tensor.shape))});
    }
    return texts;
}

std::string library_header(const ir::Network& network, const LibraryModel& model,
                           const LibraryRequest& request) {
    return HeaderWriter(network, model, request).write();
}

std::string library_manifest(const ir::Network& network, const LibraryModel& model,
                             const SizeFormula& memory, const LibraryRequest& request) {
    Json manifest;
    manifest["network"] = network.name;
    manifest["abi_version"] = abi_version;
    manifest["snnc_version"] = SNNC_VERSION;
    manifest["library"] = file_name(request.file);
    manifest["prefix"] = model.prefix;
    manifest["source_hash"] = request.source_hash;
    manifest["targets"] = Json::array();
    for (const Target& target : request.targets) manifest["targets"].push_back(target.name);
    manifest["dt"] = network.dt;
    manifest["steps"] = network.steps ? Json(*network.steps) : Json(nullptr);
    manifest["arguments_bytes"] = array_offset(model.arrays.size());
    for (const char* part : {"inputs", "outputs"}) {
        manifest[part] = Json::array();
        for (std::size_t i = 0; i < model.arrays.size(); ++i) {
            const LibraryArray& array = model.arrays[i];
            if (array.output != (std::string(part) == "outputs")) continue;
            const ir::Tensor& tensor = network[array.tensor];
            manifest[part].push_back({{"name", array.name},
                                      {"member", array.member},
                                      {"offset", array_offset(i)},
                                      {"dtype", "float32"},
                                      {"shape", tensor.shape},
                                      {"per_step", tensor.per_step},
                                      {"per_sample", tensor.per_sample},
                                      {"spikes", tensor.kind == ir::DataKind::Spike}});
        }
    }
    manifest["parameters"] = Json::array();
    for (const LibraryParameter& parameter : model.parameters) {
        const ir::Tensor& tensor = network[parameter.tensor];
        manifest["parameters"].push_back({{"name", tensor.name},
                                          {"dtype", "float32"},
                                          {"shape", ir::shape_in_files(tensor)},
                                          {"offset", parameter.offset},
                                          {"stored_shape", tensor.shape},
                                          {"last_axis_first", tensor.transposed_in_files}});
    }
    manifest["parameters_bytes"] = model.parameter_bytes;
    manifest["has_weights"] = model.weights.has_value();
    manifest["state_bytes"] = to_json(state_size(network, model));
    manifest["memory_bytes"] = to_json(memory);
    manifest["errors"] = Json::object();
    for (const ErrorText& error : error_texts(network, model))
        manifest["errors"][error.name] = {{"code", error.code}, {"message", error.message}};
    return manifest.dump(2) + "\n";
}

}  // namespace snnc::codegen
