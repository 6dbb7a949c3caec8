// Diagnostics: what snnc has to say about the user's input, as data.
//
// Every message has a code, a row of diagnostics.def. Passes report into a Diagnostics sink and go
// on; rendering (text with carets, JSON lines) is a separate step (diagnostic_printer.h).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "support/source.h"

namespace snnc {

enum class Severity { Error, Warning, Limitation };

/// One enumerator for each row of diagnostics.def.
enum class Code {
#define SNNC_DIAGNOSTIC(name, code, severity, title) name,
#include "support/diagnostics.def"
#undef SNNC_DIAGNOSTIC
};

struct CodeInfo {
    Code code{};
    std::string_view name;  // enumerator, "UnknownName"
    std::string_view text;  // what the user sees, "E0301"
    Severity severity;
    std::string_view title;  // one line for lists and `snnc explain`
};

const CodeInfo& info(Code code);
const std::vector<CodeInfo>& all_codes();

/// A second place that helps to understand the first ("declared here").
struct Label {
    SourceRange range;
    std::string message;
};

/// A replacement that would mend the text; an empty range inserts.
struct Edit {
    SourceRange range;
    std::string text;
};

struct Diagnostic {
    Code code{};
    SourceRange range;    // invalid: no place in a text
    std::string message;  // lower case, one sentence, no full stop
    std::string file;     // for a data file or an option: its name; used where range is invalid
    std::vector<Label> labels;
    std::vector<std::string> notes;
    std::vector<Edit> edits;
};

/// Fills in the details of a diagnostic that was just reported.
class DiagnosticBuilder {
 public:
    explicit DiagnosticBuilder(Diagnostic& diagnostic) : diagnostic_(diagnostic) {}
    DiagnosticBuilder& label(const SourceRange& range, std::string message);
    DiagnosticBuilder& note(std::string message);
    DiagnosticBuilder& edit(const SourceRange& range, std::string text);
    DiagnosticBuilder& file(std::string name);

 private:
    Diagnostic& diagnostic_;
};

/// Collects the diagnostics of one compilation. The same code at the same place is kept once
/// (warnings: the same words).
class Diagnostics {
 public:
    DiagnosticBuilder report(Code code, const SourceRange& range, const std::string& message);

    const std::vector<Diagnostic>& all() const { return all_; }
    bool has_errors() const { return errors_ > 0; }            // Severity::Error
    bool has_limitations() const { return limitations_ > 0; }  // Severity::Limitation
    bool ok() const { return !has_errors() && !has_limitations(); }
    /// In the order of the text: by file, then by offset; stable.
    void sort_by_place();

 private:
    std::vector<Diagnostic> all_;
    /// Code and place (for warnings and messages without a place: and words) of what was reported.
    using Key = std::tuple<Code, std::uint32_t, std::uint32_t, std::uint32_t, std::string>;
    std::set<Key> seen_;
    int errors_ = 0;
    int limitations_ = 0;
    Diagnostic repeated_;  // receives the details of a suppressed repetition
};

/// The exception for failures that end the work at once (a data file that cannot be read).
/// Carries the diagnostic; caught in driver/main.cpp only.
struct Failure {
    Diagnostic diagnostic;
};

/// "`a`, `b`".
std::string quoted_list(const std::vector<std::string>& names);

/// Up to three of `candidates` near to `name`, by edit distance and nearest first, or else those
/// that begin with it. Where only the case of letters differs, nothing else was meant.
std::vector<std::string> nearest_names(std::string_view name,
                                       const std::vector<std::string>& candidates);

/// "did you mean `a`, `b`?" or empty.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace snnc
