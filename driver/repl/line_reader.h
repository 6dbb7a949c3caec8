// Where the lines of a session come from: a terminal with editing, history and completion, or plain
// standard input.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/diagnostics.h"

namespace snnc::driver::repl {

/// What a person did at the prompt.
struct Line {
    enum class Kind {
        Text,
        Abandoned,  // Ctrl-C
        End,        // Ctrl-D, end of the file
    };
    Kind kind = Kind::End;
    std::string text;  // without its line end
};

class LineReader {
 public:
    virtual ~LineReader() = default;
    /// `goes_on`: the line continues an input.
    virtual Line read(bool goes_on) = 0;
    /// Remembers a whole input, which may have several lines.
    virtual void remember(const std::string& input) = 0;
    /// Keeps what is remembered for later sessions; says what stands in the way of it.
    virtual std::optional<Diagnostic> keep_history() { return std::nullopt; }
    /// Does a person see prompts and may abandon an input?
    virtual bool is_terminal() const = 0;
};

/// What may stand at the cursor: `text` is the line up to it. Each candidate replaces the last
/// `length` bytes of the text.
struct Completion {
    std::size_t length = 0;
    std::vector<std::string> candidates;
};
using Completer = std::function<Completion(const std::string& text)>;

/// Standard input and output are a terminal. The history is kept in the file (empty: it is not
/// kept), which need not be there.
std::unique_ptr<LineReader> terminal_reader(const std::string& history_file, Completer completer);

/// Standard input, line by line, without prompts.
std::unique_ptr<LineReader> plain_reader();

/// $XDG_STATE_HOME/snnc/history, else ~/.local/state/snnc/history; empty if there is no home.
std::string history_file();

}  // namespace snnc::driver::repl
