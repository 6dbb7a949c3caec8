#include "frontend/parse.h"

#include <algorithm>

#include "frontend/doc_comments.h"
#include "frontend/statement_checker.h"
#include "support/unicode.h"

namespace snnc::frontend {

namespace {

constexpr std::size_t most_errors = 100;  // shown of one file

bool is_text(const SourceManager& sources, FileId file, Diagnostics& diagnostics) {
    const auto bad = first_invalid_utf8(sources.file(file).text());
    if (!bad) return true;
    const auto at = static_cast<std::uint32_t>(*bad);
    diagnostics
        .report(Code::NotUtf8, {file, at, at + 1}, "the file is not UTF-8 text from this byte on")
        .note("save it in the encoding UTF-8");
    return false;
}

/// A `}` too many and the statements that it left outside of every block are one mistake.
bool follows_from_orphan(const SourceManager& sources, const Diagnostic& diagnostic,
                         const std::optional<std::uint32_t>& orphan) {
    return orphan && diagnostic.code == Code::StrayBracket && diagnostic.range.begin > *orphan &&
           sources.text(diagnostic.range) == "}";
}

void forward(const SourceManager& sources, Diagnostics& from,
             const std::optional<std::uint32_t>& orphan, Diagnostics& to) {
    from.sort_by_place();
    std::size_t count = 0;
    for (const Diagnostic& d : from.all()) {
        if (follows_from_orphan(sources, d, orphan)) continue;
        auto builder = to.report(d.code, d.range, d.message);
        for (const Label& label : d.labels) builder.label(label.range, label.message);
        for (const std::string& note : d.notes) builder.note(note);
        for (const Edit& edit : d.edits) builder.edit(edit.range, edit.text);
        if (++count == most_errors && from.all().size() > most_errors) {
            builder.note("further errors of this file are not shown");
            return;
        }
    }
}

/// The whole file by the grammar; false if something was reported.
bool parse_whole(const SourceManager& sources, const Layout& layout, Program& program,
                 std::optional<std::uint32_t>& orphan, Diagnostics& diagnostics) {
    if (!layout.usable) return false;
    if (diagnostics.ok()) {
        const auto fault = parse_program(sources, layout.code, Effort::Fast, program, diagnostics);
        if (!fault) return diagnostics.ok();
    }
    orphan = check_statements(sources, layout, diagnostics);
    if (!diagnostics.ok()) return false;
    // Every statement fits alone: let the exact method decide on the whole.
    program.declarations.clear();
    const auto fault = parse_program(sources, layout.code, Effort::Exact, program, diagnostics);
    if (fault) {
        diagnostics.report(Code::UnexpectedText, layout.code[fault->token].token.range,
                           "the text does not fit the grammar here");
    }
    return diagnostics.ok();
}

}  // namespace

std::optional<Program> parse(const SourceManager& sources, FileId file, Diagnostics& diagnostics) {
    if (!is_text(sources, file, diagnostics)) return std::nullopt;
    Diagnostics own;
    std::optional<std::uint32_t> orphan;
    const std::vector<Token> tokens = scan(sources, file);
    const Layout layout = lay_out(sources, file, tokens, own);
    Program program;
    program.file = file;
    const bool fits = parse_whole(sources, layout, program, orphan, own);
    forward(sources, own, orphan, diagnostics);
    if (!fits) return std::nullopt;
    attach_doc_comments(sources, tokens, program);
    return program;
}

ExprPtr parse_expression(const SourceManager& sources, FileId file, Diagnostics& diagnostics) {
    const auto size = static_cast<std::uint32_t>(sources.file(file).text().size());
    return parse_expression(sources, SourceRange{file, 0, size}, diagnostics);
}

ExprPtr parse_expression(const SourceManager& sources, const SourceRange& part,
                         Diagnostics& diagnostics) {
    if (!is_text(sources, part.file, diagnostics)) return nullptr;
    Diagnostics own;
    std::vector<Token> tokens;
    for (const Token& token : scan(sources, part.file))
        if (token.range.begin >= part.begin && token.range.end <= part.end) tokens.push_back(token);
    const Layout layout = lay_out(sources, part.file, tokens, own);
    ExprPtr expression;
    if (layout.usable && own.ok()) {
        const auto fault = parse_lone_expression(sources, layout.code, expression, own);
        if (fault) {
            FaultyStatement statement{layout.code, *fault, Rule::TrainStatement, "an expression"};
            report_fault(sources, statement, own);
        }
    }
    const bool fits = own.ok();
    forward(sources, own, std::nullopt, diagnostics);
    return fits ? std::move(expression) : nullptr;
}

}  // namespace snnc::frontend
