// :load, :save, :drop and :undo
#include <fmt/format.h>

#include <filesystem>

#include "driver/repl/commands.h"
#include "driver/repl/texts.h"
#include "frontend/parse.h"
#include "runtime/atomic_file.h"

namespace snnc::driver::repl {
namespace {

namespace fs = std::filesystem;

std::string path_in(const Workspace& workspace, const SourceRange& rest, const char* command) {
    std::string path = without_quotes(std::string(workspace.session.sources.text(rest)));
    if (path.empty())
        fail(Code::BadCommandLine, fmt::format("`:{}` takes the name of a file", command), {},
             {fmt::format("`:{} net.snn`", command)});
    return path;
}

/// Imports of the file are looked for from its folder, those of the session from the current one.
FileId add_file(Session& session, const std::string& path) {
    const FileId file = session.sources.add(path, runtime::read_file(path));
    Diagnostics ignored;  // told when the declarations are taken over
    const auto program = frontend::parse(session.sources, file, ignored);
    const fs::path folder = fs::path(path).parent_path();
    if (!program || folder.empty()) return file;
    const std::string text = with_import_paths(
        session.sources, *program,
        [&](const std::string& import) { return (folder / import).lexically_normal().string(); });
    return text == session.sources.file(file).text() ? file : session.sources.add(path, text);
}

}  // namespace

void load_file(Workspace& workspace, const std::string& path) {
    const auto defined = workspace.definitions.define(add_file(workspace.session, path));
    workspace.session.flush();
    for (const std::string& one : defined) write_out(one + "\n");
}

void load_command(Workspace& workspace, const SourceRange& rest) {
    load_file(workspace, path_in(workspace, rest, "load"));
}

void save_command(Workspace& workspace, const SourceRange& rest) {
    const std::string path = path_in(workspace, rest, "save");
    if (workspace.definitions.all().empty())
        fail(Code::BadCommandLine, "this session defines nothing that could be saved");
    const std::string folder = fs::path(path).parent_path().string();
    runtime::write_atomically(path, workspace.definitions.text(folder));
    write_out(fmt::format("{} definitions in {}\n", workspace.definitions.all().size(), path));
}

void drop_command(Workspace& workspace, const SourceRange& rest) {
    const std::vector<Word> names = words_of(workspace.session.sources, rest);
    if (names.empty()) fail(Code::BadCommandLine, "`:drop` takes the names of definitions");
    workspace.definitions.drop(names);
}

void undo_command(Workspace& workspace, const SourceRange&) {
    if (!workspace.definitions.undo()) write_out("nothing was defined\n");
}

}  // namespace snnc::driver::repl
