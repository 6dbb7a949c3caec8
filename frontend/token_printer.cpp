#include <fmt/format.h>

#include <algorithm>

#include "frontend/ast_printer.h"
#include "frontend/layout.h"

namespace snnc::frontend {

std::string print_tokens(const SourceManager& sources, FileId file) {
    std::vector<Token> tokens = scan(sources, file);
    Diagnostics ignored;
    const Layout layout = lay_out(sources, file, tokens, ignored);
    tokens.erase(std::remove_if(tokens.begin(), tokens.end(),
                                [](const Token& t) { return t.type == TokenType::LineEnd; }),
                 tokens.end());
    for (const CodeToken& code : layout.code) {
        if (code.token.type == TokenType::Separator) tokens.push_back(code.token);
    }
    std::stable_sort(tokens.begin(), tokens.end(),
                     [](const Token& a, const Token& b) { return a.range.begin < b.range.begin; });
    std::string out;
    for (const Token& token : tokens) {
        const LineColumn at = sources.file(file).line_column(token.range.begin);
        const std::string_view text = sources.text(token.range);
        out += fmt::format("{}:{} {}{}{}\n", at.line, at.column, type_name(token.type),
                           text.empty() ? "" : " ", text);
    }
    return out;
}

}  // namespace snnc::frontend
