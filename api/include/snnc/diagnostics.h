// What snnc has to say about a text, an array or a file, as data.
#pragma once

#include <snnc/export.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace snnc::api {

enum class Severity {
    Error,       // the caller's mistake
    Warning,     // nothing is refused
    Limitation,  // right, but this version cannot do it
};

/// A range of a text, half-open; lines and columns count from 1, columns in code points.
struct Place {
    std::string file;  // the name of a Source, of an imported file, or of a data file
    std::uint32_t line = 0, column = 0, end_line = 0, end_column = 0;  // line 0: no place in a text
};

/// More about a diagnostic; with a place, what stands there ("declared here").
struct Note {
    std::string message;
    Place place;
};

/// A replacement that mends the text; an empty place inserts.
struct Fix {
    Place place;
    std::string text;
};

struct Diagnostic {
    Severity severity = Severity::Error;
    std::string code;     // "E0301"; explain() has its long text
    std::string message;  // lower case, one sentence
    Place place;
    std::vector<Note> notes;
    std::vector<Fix> fixes;
    std::string text;  // as a terminal shows it: several lines, the source underlined
};

/// Thrown by every function that is given something wrong or cannot do what is asked. Nothing has
/// changed then, unless a function says otherwise. A failure that is nobody's mistake (a defect of
/// snnc) is a std::logic_error.
class SNNC_API Error : public std::runtime_error {
 public:
    explicit Error(std::vector<Diagnostic> diagnostics);
    ~Error() override;
    Error(const Error&);
    Error& operator=(const Error&);

    /// At least one of them is not a warning. what() is their text.
    const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
    std::vector<Diagnostic> diagnostics_;
};

/// The long text of a diagnostic's code (Markdown), as `snnc explain` shows it; empty for an
/// unknown code.
SNNC_API std::string explain(const std::string& code);

}  // namespace snnc::api
