#include "codegen/library.h"

#include <fmt/format.h>

#include <cctype>

#include "codegen/llvm/library_entry.h"
#include "codegen/llvm/link.h"
#include "codegen/llvm/module.h"
#include "codegen/objects.h"

namespace snnc::codegen {
namespace {

/// What Halide's kernels call; the entry points bring it (codegen/llvm/library_entry.cpp).
constexpr const char* hooks[] = {"halide_malloc", "halide_free", "halide_do_par_for"};

/// A copy of the program for one target, its names told apart from those of other copies and of
/// other libraries in the same program.
struct Variant {
    Target target;
    BufferPlan plan;
    std::string driver;
    std::vector<ObjectCode> objects;
};

Variant make_variant(const ir::Network& network, const ir::StepProgram& program,
                     const std::string& prefix, const Target& target) {
    Variant variant{target, plan_buffers(network, program, target), {}, {}};
    const std::string own = prefix + "_" + c_identifier(target.name) + "_";
    const std::vector<ObjectCode> objects = compile_objects(network, program, variant.plan, target);
    std::map<std::string, std::string> names;
    for (const char* hook : hooks) names[hook] = prefix + "_" + hook;
    for (const ObjectCode& object : objects)
        for (const std::string& symbol : defined_symbols(object)) names[symbol] = own + symbol;
    for (const ObjectCode& object : objects)
        variant.objects.push_back(rename_symbols(object, names));
    variant.driver = own + driver_name;
    return variant;
}

}  // namespace

std::string c_identifier(const std::string& name) {
    std::string result;
    for (const char c : name) result += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])))
        result.insert(0, "_");
    return result;
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
        std::string name = array.member;
        for (char& c : name) c = char(std::toupper(static_cast<unsigned char>(c)));
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

LibraryFiles make_library(const ir::Network& network, const ir::StepProgram& program,
                          const LibraryModel& model, const LibraryRequest& request) {
    std::vector<LibraryVariant> variants;
    std::vector<ObjectCode> objects;
    SizeFormula memory;
    for (const Target& target : request.targets) {
        Variant variant = make_variant(network, program, model.prefix, target);
        LibraryVariant entry{target, variant.plan,
                             plan_memory(network, program, variant.plan, model), variant.driver};
        memory = larger(memory, entry.memory.size);
        variants.push_back(std::move(entry));
        for (ObjectCode& object : variant.objects) objects.push_back(std::move(object));
    }
    LibraryEntry entry = compile_entry(network, program, model, variants, memory);
    objects.insert(objects.begin(), std::move(entry.object));

    LibraryFiles files;
    if (request.kind == LibraryKind::Shared)
        files.binary = link_shared(objects, request.file, entry.exported);
    else if (request.kind == LibraryKind::Archive)
        files.binary = make_archive(objects);
    else
        files.binary = link_object(objects);
    files.header = library_header(network, model, request);
    files.manifest = library_manifest(network, model, memory, request);
    return files;
}

}  // namespace snnc::codegen
