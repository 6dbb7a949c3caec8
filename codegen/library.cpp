#include "codegen/library.h"

#include <set>

#include "codegen/kernels.h"
#include "codegen/library_text.h"
#include "codegen/llvm/library_entry.h"
#include "codegen/llvm/link.h"
#include "codegen/llvm/module.h"
#include "codegen/objects.h"

namespace snnc::codegen {
namespace {

/// What Halide's kernels call; the entry points bring it (codegen/llvm/library_hooks.cpp).
constexpr const char* hooks[] = {"halide_malloc", "halide_free", "halide_do_par_for"};

/// Compiles programs for all targets of a library. The names of a target's code are told apart from
/// those of others and of other libraries in the same process; its kernels, whose names say what
/// they do, serve all programs.
class VariantMaker {
 public:
    VariantMaker(const LibraryModel& model, const LibraryRequest& request, Objects& objects)
        : model_(model), request_(request), objects_(objects) {}

    CompiledProgram make(const LibraryProgram& program) {
        CompiledProgram compiled{&program, {}, {}};
        for (const Target& target : request_.targets) {
            compiled.variants.push_back(make(program, target));
            compiled.memory = larger(compiled.memory, compiled.variants.back().memory.size);
        }
        return compiled;
    }

 private:
    LibraryVariant make(const LibraryProgram& program, const Target& target) {
        LibraryVariant variant{
            target, plan_buffers(program.network, program.program, target), {}, {}};
        variant.memory = plan_memory(program, variant.plan);
        const std::string own = model_.prefix + "_" + c_identifier(target.name) + "_";
        std::map<std::string, std::string> names;
        for (const char* hook : hooks) names[hook] = model_.prefix + "_" + hook;
        Kernels wanted = kernels_of(program.network, program.program, variant.plan);
        for (const std::string& symbol : symbols_of(wanted)) names[symbol] = own + symbol;
        variant.driver = own + program.name;
        names[driver_name] = variant.driver;
        forget(wanted, known_[target.name]);
        const Objects made =
            compile_objects(program.network, program.program, variant.plan, wanted, target);
        // Kernels define more than what is called.
        for (const ObjectCode& object : made)
            for (const std::string& symbol : defined_symbols(object))
                names.try_emplace(symbol, own + symbol);
        for (const ObjectCode& object : made) objects_.push_back(rename_symbols(object, names));
        return variant;
    }

    static std::vector<std::string> symbols_of(const Kernels& kernels) {
        std::vector<std::string> symbols;
        for (const Product& kernel : kernels.products) symbols.push_back(kernel.symbol);
        for (const ConvolutionKernel& kernel : kernels.convolutions)
            symbols.push_back(kernel.symbol);
        return symbols;
    }

    /// Leaves the kernels that are not there yet.
    static void forget(Kernels& kernels, std::set<std::string>& known) {
        const auto is_known = [&](const auto& kernel) {
            return !known.insert(kernel.symbol).second;
        };
        std::erase_if(kernels.products, is_known);
        std::erase_if(kernels.convolutions, is_known);
    }

    const LibraryModel& model_;
    const LibraryRequest& request_;
    Objects& objects_;
    std::map<std::string, std::set<std::string>> known_;  // kernels, by target
};

CompiledLibrary compile_programs(const LibraryModel& model, const LibraryRequest& request,
                                 Objects& objects) {
    VariantMaker maker(model, request, objects);
    CompiledLibrary library{maker.make(model.run), {}};
    if (!model.training) return library;
    library.training.emplace(CompiledTraining{
        maker.make(model.training->gradients), {}, maker.make(model.training->update)});
    if (const auto& program = model.training->input_gradients)
        library.training->input_gradients = maker.make(*program);
    return library;
}

LibrarySizes sizes_of(const CompiledLibrary& library) {
    LibrarySizes sizes;
    sizes.run = library.run.memory;
    if (!library.training) return sizes;
    sizes.gradients = sizes.input_gradients = library.training->gradients.memory;
    if (const auto& with_inputs = library.training->input_gradients)
        sizes.input_gradients = larger(sizes.gradients, with_inputs->memory);
    sizes.update = library.training->update.memory;
    return sizes;
}

}  // namespace

LibraryFiles make_library(const LibraryModel& model, const LibraryRequest& request) {
    Objects objects;
    const CompiledLibrary library = compile_programs(model, request, objects);
    const LibrarySizes sizes = sizes_of(library);
    LibraryEntry entry = compile_entry(model, library, sizes);
    objects.insert(objects.begin(), std::move(entry.object));

    LibraryFiles files;
    if (request.kind == LibraryKind::Shared)
        files.binary = link_shared(objects, request.file, entry.exported);
    else if (request.kind == LibraryKind::Archive)
        files.binary = make_archive(objects);
    else
        files.binary = link_object(objects);
    files.header = library_header(model, sizes, request);
    files.manifest = library_manifest(model, sizes, request);
    return files;
}

}  // namespace snnc::codegen
