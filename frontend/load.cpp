// load(): a file, what it imports, and the standard library become syntax trees.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "frontend/elaborate.h"
#include "frontend/parse.h"
#include "frontend/stdlib.h"

namespace snnc::frontend {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_stream(std::istream& stream) {
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad()) return std::nullopt;
    return text;
}

class Loader {
 public:
    Loader(SourceManager& sources, Diagnostics& diagnostics)
        : sources_(sources), diagnostics_(diagnostics) {}

    std::optional<Module> load_file(const std::string& path) {
        auto text = read(path, {}, path);
        if (!text) return std::nullopt;
        return load_text(path == "-" ? "<standard input>" : path, std::move(*text), path);
    }

    std::optional<Module> load_text(const std::string& name, std::string text,
                                    const std::string& path) {
        const Program* main = parse_text(name, std::move(text));
        if (!main) return std::nullopt;
        by_path_[identity(path)] = main;
        return module_of(*main, fs::path(path).parent_path());
    }

    std::optional<Module> load_declarations(const std::vector<DeclarationPlace>& places) {
        auto main = std::make_unique<Program>();
        main->file = sources_.add("<session>", "");
        std::map<std::uint32_t, std::optional<Program>> texts;
        for (const DeclarationPlace& place : places) {
            auto [text, is_new] = texts.try_emplace(place.file.index);
            if (is_new) text->second = parse(sources_, place.file, diagnostics_);
            if (!text->second) return std::nullopt;
            main->declarations.push_back(std::move(text->second->declarations[place.index]));
        }
        module_.programs.push_back(std::move(main));
        return module_of(*module_.programs.back(), {});
    }

 private:
    std::optional<Module> module_of(const Program& main, const fs::path& folder) {
        module_.main = &main;
        load_imports(main, folder);
        for (const LibraryText& library : library_texts()) {
            const Program* program = parse_text(library.name, std::string(library.text));
            if (program) module_.library.push_back(program);
        }
        if (!sound_) return std::nullopt;
        return std::move(module_);
    }

    /// A missing or unreadable file is reported: at `place`, or with its name where that is none.
    std::optional<std::string> read(const std::string& path, const SourceRange& place,
                                    const std::string& shown) {
        if (path == "-") {
            std::string text;
            char buffer[4096];
            for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;)
                text.append(buffer, n);
            return text;
        }
        std::error_code error;
        if (!fs::exists(path, error)) {
            report(Code::FileMissing, place, shown, "there is no file `{}`");
            return std::nullopt;
        }
        std::ifstream stream(path, std::ios::binary);
        std::optional<std::string> text;
        const bool folder = fs::is_directory(path, error);
        if (stream && !folder) text = read_stream(stream);
        if (!text)
            report(Code::FileUnreadable, place, shown,
                   folder ? "`{}` is a folder, not a file" : "the file `{}` cannot be read");
        return text;
    }

    void report(Code code, const SourceRange& place, const std::string& shown,
                const char* message) {
        diagnostics_.report(code, place, fmt::format(fmt::runtime(message), shown)).file(shown);
        sound_ = false;
    }

    const Program* parse_text(const std::string& name, std::string text) {
        const FileId file = sources_.add(name, std::move(text));
        auto program = parse(sources_, file, diagnostics_);
        if (!program) {
            sound_ = false;
            return nullptr;
        }
        module_.programs.push_back(std::make_unique<Program>(std::move(*program)));
        return module_.programs.back().get();
    }

    static std::string identity(const std::string& path) {
        std::error_code error;
        const fs::path canonical = fs::weakly_canonical(path, error);
        return error ? path : canonical.string();
    }

    /// Files may import each other; each is read once.
    void load_imports(const Program& program, const fs::path& folder) {
        for (const Declaration& declaration : program.declarations) {
            const auto* import = std::get_if<ImportDecl>(&declaration.node);
            if (!import) continue;
            const std::string path = (folder / import->path).string();
            const auto known = by_path_.find(identity(path));
            const Program* imported =
                known != by_path_.end() ? known->second : import_file(path, *import);
            if (imported) module_.imports[import] = imported;
        }
    }

    const Program* import_file(const std::string& path, const ImportDecl& import) {
        auto text = read(path, import.path_range, import.path);
        const Program* program = text ? parse_text(path, std::move(*text)) : nullptr;
        by_path_[identity(path)] = program;
        if (program) load_imports(*program, fs::path(path).parent_path());
        return program;
    }

    SourceManager& sources_;
    Diagnostics& diagnostics_;
    Module module_;
    std::map<std::string, const Program*> by_path_;  // nullptr: could not be read
    bool sound_ = true;
};

}  // namespace

std::optional<Module> load(SourceManager& sources, const std::string& path,
                           Diagnostics& diagnostics) {
    return Loader(sources, diagnostics).load_file(path);
}

std::optional<Module> load_text(SourceManager& sources, const std::string& name, std::string text,
                                Diagnostics& diagnostics) {
    return Loader(sources, diagnostics).load_text(name, std::move(text), name);
}

std::optional<Module> load_declarations(SourceManager& sources,
                                        const std::vector<DeclarationPlace>& places,
                                        Diagnostics& diagnostics) {
    return Loader(sources, diagnostics).load_declarations(places);
}

std::vector<std::string> network_names(const Module& module) {
    std::vector<std::string> names;
    for (const Declaration& declaration : module.main->declarations)
        if (const auto* network = std::get_if<NetworkDecl>(&declaration.node))
            names.push_back(network->name.text);
    return names;
}

std::vector<std::string> train_names(const Module& module) {
    std::vector<std::string> names;
    for (const Declaration& declaration : module.main->declarations)
        if (const auto* train = std::get_if<TrainDecl>(&declaration.node))
            names.push_back(train->name ? train->name->text : train->network.text);
    return names;
}

}  // namespace snnc::frontend
