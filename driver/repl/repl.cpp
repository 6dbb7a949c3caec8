#include "driver/repl/repl.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "driver/attempt.h"
#include "driver/interrupt.h"
#include "driver/repl/commands.h"
#include "driver/repl/completeness.h"
#include "driver/repl/completion.h"
#include "driver/repl/line_reader.h"
#include "support/unicode.h"

namespace snnc::driver::repl {
namespace {

/// So many empty lines in a row abandon an input at a terminal: one may be part of what is pasted.
constexpr int abandoning_lines = 2;

class Repl {
 public:
    explicit Repl(Session& session) : session_(session), workspace_(session) {
        const bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
        reader_ = is_terminal ? terminal_reader(history_file(),
                                                [this](const std::string& text) {
                                                    return complete(workspace_, text);
                                                })
                              : plain_reader();
    }

    int run(const std::string& file) {
        if (reader_->is_terminal()) {
            std::signal(SIGINT, SIG_IGN);
            write_out(version_text() + "; `:help` lists the commands\n");
        }
        if (!file.empty()) attempt_input([&] { load_file(workspace_, file); });
        while (!workspace_.ends) {
            const std::optional<std::string> input = next_input();
            if (!input) break;
            if (!is_command(*input) && !says_something(*input)) continue;
            reader_->remember(*input);
            attempt_input([&] { take(*input); });
        }
        if (const auto failure = reader_->keep_history()) session_.print(*failure);
        // At a terminal the mistakes were told and mended.
        return reader_->is_terminal() ? int(Done) : worst_;
    }

 private:
    /// All lines of the next input; nothing at the end of the session.
    std::optional<std::string> next_input() {
        std::string input;
        int empty_lines = 0;
        for (bool more = false;; more = true) {
            Line line = reader_->read(more);
            if (line.kind == Line::Kind::End) {
                if (input.empty()) return std::nullopt;
                return input;  // what it lacks is told
            }
            if (line.kind == Line::Kind::Abandoned) return std::string();
            empty_lines = line.text.empty() ? empty_lines + 1 : 0;
            if (more && reader_->is_terminal() && empty_lines == abandoning_lines)
                return std::string();
            input += (more ? "\n" : "") + line.text;
            if (!goes_on(input)) return input;
        }
    }

    void attempt_input(const std::function<void()>& work) {
        session_.forget();
        std::optional<InterruptWatch> watch;  // Ctrl-C ends what is at work, not the session
        if (reader_->is_terminal()) watch.emplace(InterruptWatch::Second::IsNoted);
        const int code = attempt(session_, [&] {
            try {
                work();
            } catch (const Interrupted&) {
                write_out("interrupted before there was a result\n");
            }
            return int(Done);
        });
        if (InterruptWatch::signal() == SIGTERM) workspace_.ends = true;
        // A defect outweighs a mistake, and that a limitation.
        if (code == Defect || worst_ == Done || (code == UserMistake && worst_ == Limited))
            worst_ = code;
    }

    void take(const std::string& input) {
        const FileId text = session_.sources.add(fmt::format("<input {}>", ++count_), input);
        if (const auto bad = first_invalid_utf8(input)) {
            const auto at = std::uint32_t(*bad);
            fail_at(Code::NotUtf8, {text, at, at + 1}, "the input is not UTF-8 text");
        }
        if (is_command(input)) {
            perform(workspace_, text);
        } else if (is_declaration(input)) {
            const auto defined = workspace_.definitions.define(text);
            session_.flush();
            for (const std::string& one : defined) write_out(one + "\n");
        } else {
            evaluate(workspace_, {text, 0, std::uint32_t(input.size())});
        }
    }

    Session& session_;
    Workspace workspace_;
    std::unique_ptr<LineReader> reader_;
    int count_ = 0;  // of inputs
    int worst_ = Done;
};

}  // namespace

void add_repl(Tool& tool) {
    auto* verb =
        add_verb(tool, "repl", "Interactive: define, evaluate, run, differentiate",
                 {"repl", "repl net.snn", "repl < script   # exit code 1 if an input failed"});
    auto file = std::make_shared<std::string>();
    verb->add_option("FILE", *file, "a .snn file whose declarations are entered first");
    verb->footer(verb->get_footer() +
                 "\n\nIn a session:\n"
                 "  neuron Cell { … }          declarations as in a file\n"
                 "  exp(-1/20)                 the value of an expression\n"
                 "  :run Leaky I = 0.3         runs a cell or a network\n"
                 "  :help                      lists the commands");
    verb->callback([&tool, file] {
        tool.action = [file](Session& session) { return Repl(session).run(*file); };
    });
}

}  // namespace snnc::driver::repl
