#include "driver/repl/texts.h"

#include "frontend/token.h"

namespace snnc::driver::repl {
namespace {

/// Behind `snn 1`, if the text begins with it.
std::uint32_t after_version(const SourceManager& sources, const frontend::Program& program) {
    if (!program.version) return 0;
    bool seen = false;
    for (const frontend::Token& token : frontend::scan(sources, program.file)) {
        if (seen && token.type == frontend::TokenType::Number) return token.range.end;
        seen = token.type == frontend::TokenType::Snn;
    }
    return 0;
}

}  // namespace

std::string text_of(const Session& session, const SourceRange& range) {
    return std::string(session.sources.text(range));
}

std::vector<SourceRange> texts_of(const SourceManager& sources, const frontend::Program& program) {
    const std::string& text = sources.file(program.file).text();
    std::vector<SourceRange> result;
    std::uint32_t begin = after_version(sources, program);
    const auto& declarations = program.declarations;
    for (std::size_t i = 0; i < declarations.size(); ++i) {
        auto end = std::uint32_t(text.size());
        if (i + 1 < declarations.size()) {
            const std::size_t line_end = text.find('\n', declarations[i].range.end);
            end = std::min(std::uint32_t(line_end), declarations[i + 1].range.begin);
        }
        const std::size_t first = text.find_first_not_of(" \t\r\n;", begin);
        const std::size_t last = text.find_last_not_of(" \t\r\n", end - 1);
        result.push_back({program.file, std::uint32_t(first), std::uint32_t(last + 1)});
        begin = end;
    }
    return result;
}

std::string with_import_paths(const SourceManager& sources, const frontend::Program& program,
                              const std::function<std::string(const std::string&)>& path) {
    std::string text = sources.file(program.file).text();
    for (auto one = program.declarations.rbegin(); one != program.declarations.rend(); ++one) {
        const auto* import = std::get_if<frontend::ImportDecl>(&one->node);
        if (!import) continue;
        const SourceRange& range = import->path_range;
        text.replace(range.begin, range.end - range.begin, "\"" + path(import->path) + "\"");
    }
    return text;
}

}  // namespace snnc::driver::repl
