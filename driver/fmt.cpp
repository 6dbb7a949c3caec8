// snnc fmt: the canonical layout.
#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "driver/command_line.h"
#include "frontend/format.h"
#include "frontend/parse.h"
#include "runtime/atomic_file.h"

namespace snnc::driver {
namespace {

std::string read_text(const std::string& file) {
    if (file != "-") return runtime::read_file(file);
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

void report_layout(Session& session, FileId id, const std::string& text,
                   const std::string& wanted) {
    const auto [end, ignored] =
        std::mismatch(text.begin(), text.end(), wanted.begin(), wanted.end());
    const auto at = std::uint32_t(end - text.begin());
    session.diagnostics
        .report(Code::NotCanonical, {id, at, at},
                "the text is not in canonical layout from here on")
        .note("`snnc fmt FILE` writes it so");
}

void format_file(Session& session, const std::string& file, bool only_check) {
    const std::string name = file == "-" ? "<standard input>" : file;
    const FileId id = session.sources.add(name, read_text(file));
    const auto program = frontend::parse(session.sources, id, session.diagnostics);
    if (!program) return;
    const std::string& text = session.sources.file(id).text();
    const std::string wanted = frontend::format(session.sources, id, *program);
    if (only_check) {
        if (text != wanted) report_layout(session, id, text, wanted);
    } else if (file == "-") {
        write_out(wanted);
    } else if (text != wanted) {
        runtime::write_atomically(file, wanted);
    }
}

int format_files(Session& session, const std::vector<std::string>& files, bool only_check) {
    for (const std::string& file : files) format_file(session, file, only_check);
    session.flush();
    return session.exit_code();
}

}  // namespace

void add_fmt(Tool& tool) {
    auto* verb = add_verb(tool, "fmt", "Writes files in canonical layout, comments kept",
                          {"fmt net.snn", "fmt --check examples/*.snn", "fmt - < net.snn"});
    auto files = std::make_shared<std::vector<std::string>>();
    auto only_check = std::make_shared<bool>(false);
    verb->add_option("FILE", *files,
                     "the .snn files (- reads standard input, writes standard output)")
        ->required();
    verb->add_flag("--check", *only_check, "changes nothing; says which files are not canonical");
    verb->callback([&tool, files, only_check] {
        tool.action = [files, only_check](Session& session) {
            return format_files(session, *files, *only_check);
        };
    });
}

}  // namespace snnc::driver
