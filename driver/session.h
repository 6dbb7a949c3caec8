// One call of the tool: its texts, what it has to say about them, and how it says it.
//
// Verbs report into `diagnostics` and call stop_on_errors() where going on makes no sense; fail()
// ends the work at once. Both end in tool.cpp, which prints what is left and returns the exit code.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/error.h"
#include "support/diagnostics.h"
#include "support/source.h"

namespace snnc::driver {

/// Exit codes (cli.md); beyond them 130 and 143 for a training ended by SIGINT and SIGTERM.
enum ExitCode { Done = 0, UserMistake = 1, Limited = 2, Defect = 70 };

/// Thrown by stop_on_errors(): everything is reported, nothing more to say.
struct Stop {};

struct Session {
    SourceManager sources;
    Diagnostics diagnostics;
    bool json = false;  // --diagnostics=json

    /// Prints what was reported since the last call, to standard error, in the order of the text.
    void flush();
    /// Prints one diagnostic at once.
    void print(const Diagnostic& diagnostic);
    /// Takes over what an attempt reported elsewhere.
    void adopt(const Diagnostics& others);
    void adopt(const Diagnostic& other);
    /// Of what was reported so far nothing counts any more.
    void forget();
    /// Throws Stop if there are errors or limitations.
    void stop_on_errors() const;
    /// Done, UserMistake or Limited, after what was reported.
    int exit_code() const;

 private:
    std::size_t printed_ = 0;
};

/// Ends the work with one diagnostic that has no place in a text. `file` names what it speaks of.
[[noreturn]] void fail(Code code, std::string message, std::string file = {},
                       std::vector<std::string> notes = {});

/// The same at a place.
[[noreturn]] void fail_at(Code code, const SourceRange& range, std::string message,
                          std::vector<std::string> notes = {});

/// The diagnostic for a failure of the runtime: one code for each kind.
Diagnostic to_diagnostic(const runtime::DataError& error);

/// Writes to standard output. Throws Failure(OutputFailed) if it is closed or full.
void write_out(std::string_view text);

/// snnc's version and what it was built with.
std::string version_text();
/// The same by name, for logs.
std::map<std::string, std::string> versions();

}  // namespace snnc::driver
