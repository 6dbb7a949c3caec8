#include "codegen/library.h"

#include <cctype>

#include "codegen/llvm/library_entry.h"
#include "codegen/llvm/link.h"
#include "codegen/llvm/module.h"
#include "codegen/objects.h"

namespace snnc::codegen {
namespace {

/// What Halide's kernels call; the entry points bring it (codegen/llvm/library_hooks.cpp).
constexpr const char* hooks[] = {"halide_malloc", "halide_free", "halide_do_par_for"};

/// A copy of the program for one target, its names told apart from those of other copies and of
/// other libraries in the same program. Its objects are appended.
LibraryVariant make_variant(const ir::Network& network, const ir::StepProgram& program,
                            const LibraryModel& model, const Target& target, Objects& objects) {
    LibraryVariant variant{target, plan_buffers(network, program, target), {}, {}};
    variant.memory = plan_memory(network, program, variant.plan, model);
    const std::string own = model.prefix + "_" + c_identifier(target.name) + "_";
    const Objects made = compile_objects(network, program, variant.plan, target);
    std::map<std::string, std::string> names;
    for (const char* hook : hooks) names[hook] = model.prefix + "_" + hook;
    for (const ObjectCode& object : made)
        for (const std::string& symbol : defined_symbols(object)) names[symbol] = own + symbol;
    for (const ObjectCode& object : made) objects.push_back(rename_symbols(object, names));
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

LibraryFiles make_library(const ir::Network& network, const ir::StepProgram& program,
                          const LibraryModel& model, const LibraryRequest& request) {
    std::vector<LibraryVariant> variants;
    Objects objects;
    SizeFormula memory;
    for (const Target& target : request.targets) {
        variants.push_back(make_variant(network, program, model, target, objects));
        memory = larger(memory, variants.back().memory.size);
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
