#include "codegen/library.h"

#include <algorithm>

#include "codegen/library_text.h"
#include "codegen/llvm/library_entry.h"
#include "codegen/llvm/link.h"
#include "codegen/llvm/module.h"
#include "codegen/objects.h"

namespace snnc::codegen {
namespace {

/// What Halide's kernels call; the entry points bring it (codegen/llvm/library_hooks.cpp).
constexpr const char* hooks[] = {"halide_malloc", "halide_free", "halide_do_par_for"};

/// The kernels of a target, which serve all programs: their names say what they do.
class KernelStore {
 public:
    KernelStore(const Target& target, std::string own, const std::string& prefix, Objects& objects)
        : target_(target), own_(std::move(own)), objects_(objects) {
        for (const char* hook : hooks) hook_names_[hook] = prefix + "_" + hook;
    }

    /// Compiles those that are not there yet; enters the names under which all of them are called.
    /// Returns enough working memory for each of them.
    SizeFormula provide(Kernels wanted, std::map<std::string, std::string>& names) {
        const std::map<std::string, Kernels::Rows> rows = wanted.rows;
        add(std::move(wanted));
        SizeFormula most;
        for (const auto& [symbol, of_call] : rows) {
            names[symbol] = own_ + symbol;
            most = larger(most, working_memory(working_.at(symbol), of_call));
        }
        return most;
    }

 private:
    void add(Kernels wanted) {
        const auto known = [&](const auto& kernel) { return working_.contains(kernel.symbol); };
        std::erase_if(wanted.products, known);
        std::erase_if(wanted.convolutions, known);
        const std::vector<KernelCode> codes = compile_kernels(wanted, target_);
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const std::size_t products = wanted.products.size();
            const std::string& symbol =
                i < products ? wanted.products[i].symbol : wanted.convolutions[i - products].symbol;
            working_[symbol] = codes[i].working;
            std::map<std::string, std::string> names = hook_names_;
            // A kernel defines more than what is called.
            for (const std::string& defined : defined_symbols(codes[i].object))
                names[defined] = own_ + defined;
            objects_.push_back(rename_symbols(codes[i].object, names));
        }
    }

    static SizeFormula working_memory(const WorkingMemory& working, const Kernels::Rows& rows) {
        SizeFormula size;
        size.constant = working.fixed;
        (rows.per_step     ? rows.per_sample ? size.per_step_and_sample : size.per_step
         : rows.per_sample ? size.per_sample
                           : size.constant) += working.per_row;
        return size;
    }

    const Target& target_;
    std::string own_;  // in front of every name
    Objects& objects_;
    std::map<std::string, WorkingMemory> working_;  // by symbol
    std::map<std::string, std::string> hook_names_;
};

/// Compiles programs for all targets of a library. The names of a target's code are told apart from
/// those of others and of other libraries in the same process.
class VariantMaker {
 public:
    VariantMaker(const LibraryModel& model, const LibraryRequest& request, Objects& objects)
        : model_(model), request_(request), objects_(objects) {
        for (const Target& target : request.targets)
            kernels_.emplace_back(target, own_name(target), model.prefix, objects);
    }

    CompiledProgram make(const LibraryProgram& program) {
        CompiledProgram compiled{&program, {}, {}};
        for (std::size_t i = 0; i < request_.targets.size(); ++i) {
            compiled.variants.push_back(make(program, request_.targets[i], kernels_[i]));
            compiled.memory = larger(compiled.memory, compiled.variants.back().memory.size);
        }
        return compiled;
    }

 private:
    std::string own_name(const Target& target) const {
        return model_.prefix + "_" + c_identifier(target.name) + "_";
    }

    LibraryVariant make(const LibraryProgram& program, const Target& target, KernelStore& kernels) {
        LibraryVariant variant{
            target, plan_buffers(program.network, program.program, target), {}, {}};
        variant.driver = own_name(target) + program.name;
        std::map<std::string, std::string> names{{driver_name, variant.driver}};
        const SizeFormula kernel_memory =
            kernels.provide(kernels_of(program.network, program.program, variant.plan), names);
        variant.memory = plan_memory(program, variant.plan, kernel_memory);
        const ObjectCode module =
            compile_module(program.network, program.program, variant.plan, target);
        objects_.push_back(rename_symbols(module, names));
        return variant;
    }

    const LibraryModel& model_;
    const LibraryRequest& request_;
    Objects& objects_;
    std::vector<KernelStore> kernels_;  // by target
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
    const Architecture architecture = request.targets[0].architecture;
    const CompiledLibrary library = compile_programs(model, request, objects);
    const LibrarySizes sizes = sizes_of(library);
    LibraryEntry entry = compile_entry(model, library, sizes, architecture);
    objects.insert(objects.begin(), std::move(entry.object));

    LibraryFiles files;
    if (request.kind == LibraryKind::Shared)
        files.binary = link_shared(objects, file_name(request.file), entry.exported, architecture);
    else if (request.kind == LibraryKind::Archive)
        files.binary = make_archive(objects);
    else
        files.binary = link_object(objects);
    files.header = library_header(model, sizes, request);
    files.manifest = library_manifest(model, sizes, request);
    return files;
}

}  // namespace snnc::codegen
