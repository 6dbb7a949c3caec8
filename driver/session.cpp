#include "driver/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support/diagnostic_printer.h"

namespace snnc::driver {
namespace {

bool use_color() {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isatty(2) && !(no_color && *no_color) &&
           !(terminal && std::strcmp(terminal, "dumb") == 0);
}

Code code_of(runtime::DataErrorKind kind) {
    using Kind = runtime::DataErrorKind;
    switch (kind) {
        case Kind::FileMissing: return Code::FileMissing;
        case Kind::FileUnreadable: return Code::FileUnreadable;
        case Kind::FileTruncated: return Code::FileTruncated;
        case Kind::FileEmpty: return Code::FileEmpty;
        case Kind::BadFormat: return Code::BadFormat;
        case Kind::BadDtype: return Code::BadDtype;
        case Kind::BadShape: return Code::BadShape;
        case Kind::NotFinite: return Code::NotFinite;
        case Kind::LabelOutOfRange: return Code::LabelOutOfRange;
        case Kind::ValueOutOfRange: return Code::ValueOutOfRange;
        case Kind::TensorMissing: return Code::TensorMissing;
        case Kind::TensorUnknown: return Code::TensorUnknown;
        case Kind::CountMismatch: return Code::CountMismatch;
        case Kind::DataSetMissing: return Code::DataSetMissing;
        case Kind::PortsDiffer: return Code::ArrayNotGiven;
        case Kind::EventOutOfRange:
        case Kind::EventBeyondRun: return Code::EventOutOfRange;
        case Kind::PartMissing: return Code::PartMissing;
        case Kind::WriteFailed: return Code::WriteFailed;
    }
    return Code::FileUnreadable;
}

}  // namespace

void Session::print(const Diagnostic& diagnostic) {
    const std::string text =
        json ? to_json_line(sources, diagnostic) : to_text(sources, diagnostic, use_color());
    // Where standard error is closed there is nobody to tell; the exit code still says it.
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void Session::flush() {
    diagnostics.sort_by_place();
    const auto& all = diagnostics.all();
    for (; printed_ < all.size(); ++printed_) print(all[printed_]);
}

void Session::adopt(const Diagnostics& others) {
    for (const Diagnostic& other : others.all()) adopt(other);
}

void Session::adopt(const Diagnostic& other) {
    auto builder = diagnostics.report(other.code, other.range, other.message);
    builder.file(other.file);
    for (const Label& label : other.labels) builder.label(label.range, label.message);
    for (const std::string& note : other.notes) builder.note(note);
    for (const Edit& edit : other.edits) builder.edit(edit.range, edit.text);
}

void Session::forget() {
    diagnostics = {};
    printed_ = 0;
}

void Session::stop_on_errors() const {
    if (!diagnostics.ok()) throw Stop{};
}

int Session::exit_code() const {
    if (diagnostics.has_errors()) return UserMistake;
    return diagnostics.has_limitations() ? Limited : Done;
}

void fail(Code code, std::string message, std::string file, std::vector<std::string> notes) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = std::move(message);
    diagnostic.file = std::move(file);
    diagnostic.notes = std::move(notes);
    throw Failure{std::move(diagnostic)};
}

void fail_at(Code code, const SourceRange& range, std::string message,
             std::vector<std::string> notes) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.range = range;
    diagnostic.message = std::move(message);
    diagnostic.notes = std::move(notes);
    throw Failure{std::move(diagnostic)};
}

Diagnostic to_diagnostic(const runtime::DataError& error) {
    Diagnostic diagnostic;
    diagnostic.code = code_of(error.kind);
    diagnostic.message = error.what();
    diagnostic.file = error.file;
    return diagnostic;
}

void write_out(std::string_view text) {
    std::fflush(stdout);
    while (!text.empty()) {
        const ssize_t written = ::write(1, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            fail(Code::OutputFailed,
                 fmt::format("standard output cannot be written: {}", std::strerror(errno)));
        }
        text.remove_prefix(std::size_t(written));
    }
}

std::map<std::string, std::string> versions() {
    std::map<std::string, std::string> result{{"snnc", SNNC_VERSION}};
#ifdef SNNC_CODEGEN
    result["llvm"] = SNNC_LLVM_VERSION;
    result["halide"] = SNNC_HALIDE_VERSION;
#endif
    return result;
}

std::string version_text() {
#ifdef SNNC_CODEGEN
    return fmt::format("snnc {} (LLVM {}, Halide {})", SNNC_VERSION, SNNC_LLVM_VERSION,
                       SNNC_HALIDE_VERSION);
#else
    return fmt::format("snnc {} (without code generation: the interpreter only)", SNNC_VERSION);
#endif
}

}  // namespace snnc::driver
