#include "api/call.h"

#include "support/diagnostic_printer.h"

namespace snnc::api {
namespace {

Severity to_public(snnc::Severity severity) {
    switch (severity) {
        case snnc::Severity::Error: return Severity::Error;
        case snnc::Severity::Warning: return Severity::Warning;
        case snnc::Severity::Limitation: return Severity::Limitation;
    }
    return Severity::Error;
}

Place to_public(const SourceManager& sources, const SourceRange& range) {
    if (!range.valid()) return {};
    const SourceFile& file = sources.file(range.file);
    const LineColumn begin = file.line_column(range.begin), end = file.line_column(range.end);
    return {file.name(), begin.line, begin.column, end.line, end.column};
}

std::string text_of(const std::vector<Diagnostic>& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) text += diagnostic.text;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

}  // namespace

Error::Error(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(text_of(diagnostics)), diagnostics_(std::move(diagnostics)) {}
Error::~Error() = default;
Error::Error(const Error&) = default;
Error& Error::operator=(const Error&) = default;

Diagnostic to_public(const SourceManager& sources, const snnc::Diagnostic& diagnostic) {
    Diagnostic result;
    const CodeInfo& about = info(diagnostic.code);
    result.severity = to_public(about.severity);
    result.code = about.text;
    result.message = diagnostic.message;
    result.place = to_public(sources, diagnostic.range);
    if (result.place.line == 0) result.place.file = diagnostic.file;
    for (const Label& label : diagnostic.labels)
        result.notes.push_back({label.message, to_public(sources, label.range)});
    for (const std::string& note : diagnostic.notes) result.notes.push_back({note, {}});
    for (const Edit& edit : diagnostic.edits)
        result.fixes.push_back({to_public(sources, edit.range), edit.text});
    result.text = to_text(sources, diagnostic, false);
    return result;
}

std::vector<Diagnostic> to_public(const SourceManager& sources, const Diagnostics& diagnostics) {
    std::vector<Diagnostic> result;
    for (const snnc::Diagnostic& one : diagnostics.all()) result.push_back(to_public(sources, one));
    return result;
}

void throw_error(driver::Session& session, const snnc::Diagnostic* last) {
    session.diagnostics.sort_by_place();
    std::vector<Diagnostic> all = to_public(session.sources, session.diagnostics);
    if (last) all.push_back(to_public(session.sources, *last));
    throw Error(std::move(all));
}

}  // namespace snnc::api
