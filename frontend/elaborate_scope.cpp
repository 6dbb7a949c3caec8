#include "frontend/elaborate_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace snnc::frontend {
std::optional<Space> space_of(const Declaration& declaration) {
    struct Visitor {
        std::optional<Space> operator()(const ImportDecl&) const { return std::nullopt; }
        std::optional<Space> operator()(const CellDecl&) const { return Space::Cell; }
        std::optional<Space> operator()(const SurrogateDecl&) const { return Space::Surrogate; }
        std::optional<Space> operator()(const FunctionDecl&) const { return Space::Function; }
        std::optional<Space> operator()(const LossDecl&) const { return Space::Function; }
        std::optional<Space> operator()(const NetworkDecl&) const { return Space::Cell; }
        std::optional<Space> operator()(const TrainDecl&) const { return std::nullopt; }
    };
    return std::visit(Visitor{}, declaration.node);
}

const Name* name_of(const Declaration& declaration) {
    struct Visitor {
        const Name* operator()(const ImportDecl&) const { return nullptr; }
        const Name* operator()(const TrainDecl& train) const {
            return train.name ? &*train.name : nullptr;
        }
        const Name* operator()(const CellDecl& cell) const { return &cell.name; }
        const Name* operator()(const SurrogateDecl& surrogate) const { return &surrogate.name; }
        const Name* operator()(const FunctionDecl& function) const { return &function.name; }
        const Name* operator()(const LossDecl& loss) const { return &loss.name; }
        const Name* operator()(const NetworkDecl& network) const { return &network.name; }
    };
    return std::visit(Visitor{}, declaration.node);
}

bool is_reserved(const std::string& name) {
    static constexpr std::array<std::string_view, 8> names{"t",   "dt",   "xi",    "pi",
                                                           "inf", "true", "false", "steps"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_not_reserved(const Name& name, Diagnostics& diagnostics) {
    if (is_reserved(name.text))
        diagnostics.report(
            Code::ReservedName, name.range,
            fmt::format("`{}` has a fixed meaning and cannot be declared", name.text));
}

Declarations::Declarations(const Module& module, Diagnostics& diagnostics)
    : main_(module.main->file) {
    for (const Program* program : module.library) {
        library_files_.push_back(program->file);
        for (const Declaration& declaration : program->declarations)
            if (const auto space = space_of(declaration))
                library_[int(*space)].emplace(name_of(declaration)->text, &declaration);
    }
    for (const auto& program : module.programs) declare_own(*program, diagnostics);
    for (const auto& program : module.programs) declare_imports(module, *program, diagnostics);
}

const Declarations::FileScope* Declarations::scope_of(FileId file) const {
    if (!file.valid()) return nullptr;
    const auto found = files_.find(file.index);
    return &(found != files_.end() ? found : files_.find(main_.index))->second;
}

void Declarations::declare(FileScope& scope, const Declaration& declaration, const Name& name,
                           Diagnostics& diagnostics) {
    const auto [place, is_new] =
        scope.names[int(*space_of(declaration))].emplace(name.text, &declaration);
    if (is_new || place->second == &declaration) return;
    diagnostics
        .report(Code::DuplicateName, name.range, fmt::format("`{}` is declared twice", name.text))
        .label(name_of(*place->second)->range, "first declared here");
}

void Declarations::declare_own(const Program& program, Diagnostics& diagnostics) {
    FileScope& scope = files_[program.file.index];
    std::map<std::string, const Name*> trains;
    for (const Declaration& declaration : program.declarations) {
        const Name* name = name_of(declaration);
        if (!name) continue;
        check_not_reserved(*name, diagnostics);
        if (space_of(declaration)) {
            declare(scope, declaration, *name, diagnostics);
            scope.own[int(*space_of(declaration))].emplace(name->text, &declaration);
            continue;
        }
        const auto [place, is_new] = trains.emplace(name->text, name);
        if (!is_new)
            diagnostics
                .report(Code::DuplicateName, name->range,
                        fmt::format("the train block `{}` is declared twice", name->text))
                .label(place->second->range, "first declared here");
    }
}

void Declarations::declare_imports(const Module& module, const Program& program,
                                   Diagnostics& diagnostics) {
    FileScope& scope = files_[program.file.index];
    for (const Declaration& declaration : program.declarations) {
        const auto* import = std::get_if<ImportDecl>(&declaration.node);
        const auto found = import ? module.imports.find(import) : module.imports.end();
        if (found == module.imports.end()) continue;
        const Program& from = *found->second;
        if (import->as_name) {
            check_not_reserved(*import->as_name, diagnostics);
            if (!scope.modules.emplace(import->as_name->text, from.file).second)
                diagnostics.report(
                    Code::DuplicateName, import->as_name->range,
                    fmt::format("the module name `{}` is declared twice", import->as_name->text));
        } else if (!import->names.empty()) {
            for (const Name& name : import->names) import_name(scope, from, name, diagnostics);
        } else {
            for (const Names& names : files_[from.file.index].own)
                for (const auto& [text, own] : names)
                    declare(scope, *own, {text, import->path_range}, diagnostics);
        }
    }
}

void Declarations::import_name(FileScope& scope, const Program& from, const Name& name,
                               Diagnostics& diagnostics) {
    bool found = false;
    std::vector<std::string> known;
    for (const Names& names : files_[from.file.index].own) {
        for (const auto& [text, declaration] : names) known.push_back(text);
        const auto place = names.find(name.text);
        if (place == names.end()) continue;
        found = true;
        declare(scope, *place->second, name, diagnostics);
    }
    if (found) return;
    scope.missing.insert(name.text);
    auto report = diagnostics.report(Code::UnknownName, name.range,
                                     fmt::format("the imported file declares no `{}`", name.text));
    const auto near = nearest_names(name.text, known);
    report.note(did_you_mean(name.text, known));
    if (near.size() == 1) report.edit(name.range, near[0]);
}

bool Declarations::was_missing(const Name& name) const {
    const FileScope* scope = scope_of(name.range.file);
    return scope && scope->missing.count(name.text) != 0;
}

const Declaration* Declarations::find(Space space, const Name& name, const Name* module) const {
    if (const FileScope* scope = scope_of(name.range.file)) {
        const Names* names = &scope->names[int(space)];
        if (module) {
            const auto other = scope->modules.find(module->text);
            if (other == scope->modules.end()) return nullptr;
            names = &files_.at(other->second.index).own[int(space)];
        }
        const auto found = names->find(name.text);
        if (found != names->end()) return found->second;
    }
    if (module) return nullptr;
    const auto found = library_[int(space)].find(name.text);
    return found == library_[int(space)].end() ? nullptr : found->second;
}

bool Declarations::is_module(const Name& name) const {
    const FileScope* scope = scope_of(name.range.file);
    return scope && scope->modules.count(name.text) != 0;
}

std::vector<std::string> Declarations::candidates(Space space, FileId from) const {
    std::vector<std::string> result;
    if (const FileScope* scope = scope_of(from))
        for (const auto& [text, declaration] : scope->names[int(space)]) result.push_back(text);
    for (const auto& [text, declaration] : library_[int(space)]) result.push_back(text);
    return result;
}

bool Declarations::in_library(const SourceRange& range) const {
    return std::find(library_files_.begin(), library_files_.end(), range.file) !=
           library_files_.end();
}

}  // namespace snnc::frontend
