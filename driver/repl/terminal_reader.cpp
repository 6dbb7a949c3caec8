// Lines of a terminal, edited by libedit: the only user of its header.
#include <histedit.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <filesystem>

#include "driver/repl/line_reader.h"
#include "driver/session.h"

namespace snnc::driver::repl {
namespace {

constexpr int most_remembered = 1000;
constexpr const char* blanks = "    ";

std::string common_beginning(const std::vector<std::string>& words) {
    std::string common = words.front();
    for (const std::string& word : words) {
        const auto [end, ignored] =
            std::mismatch(common.begin(), common.end(), word.begin(), word.end());
        common.erase(end, common.end());
    }
    return common;
}

/// In columns, as a shell shows the names of files.
std::string in_columns(const std::vector<std::string>& words, std::size_t width) {
    std::size_t widest = 0;
    for (const std::string& word : words) widest = std::max(widest, word.size() + 2);
    const std::size_t columns = std::max<std::size_t>(1, width / widest);
    const std::size_t rows = (words.size() + columns - 1) / columns;
    std::string text;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string line;
        for (std::size_t at = row; at < words.size(); at += rows) {
            line += words[at] + std::string(widest - words[at].size(), ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

class TerminalReader final : public LineReader {
 public:
    TerminalReader(std::string history_file, Completer completer)
        : completer_(std::move(completer)),
          file_(std::move(history_file)),
          history_(history_init()),
          editor_(el_init("snnc", stdin, stdout, stderr)) {
        set_locale();
        HistEvent event;
        history(history_, &event, H_SETSIZE, most_remembered);
        history(history_, &event, H_SETUNIQUE, 1);
        std::error_code missing;
        if (!file_.empty() && std::filesystem::exists(file_, missing))
            history(history_, &event, H_LOAD, file_.c_str());
        set_up_editor();
    }

    ~TerminalReader() override {
        el_end(editor_);
        history_end(history_);
    }
    TerminalReader(const TerminalReader&) = delete;
    TerminalReader& operator=(const TerminalReader&) = delete;

    Line read(bool goes_on) override {
        prompt_ = goes_on ? "  ... " : "snnc> ";
        abandoned_ = false;
        int count = 0;
        const char* text = el_gets(editor_, &count);
        if (abandoned_) return {Line::Kind::Abandoned, {}};
        if (!text || count <= 0) {
            write_out("\n");
            return {};
        }
        Line line{Line::Kind::Text, std::string(text, std::size_t(count))};
        if (line.text.ends_with('\n')) line.text.pop_back();
        return line;
    }

    void remember(const std::string& input) override {
        HistEvent event;
        history(history_, &event, H_ENTER, input.c_str());
    }

    /// As a whole or not at all.
    std::optional<Diagnostic> keep_history() override {
        if (file_.empty()) return std::nullopt;
        std::error_code error;
        std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), error);
        const std::string written = file_ + ".new";
        HistEvent event;
        const bool is_written = history(history_, &event, H_SAVE, written.c_str()) != -1;
        if (is_written) std::filesystem::rename(written, file_, error);
        if (is_written && !error) return std::nullopt;
        Diagnostic diagnostic;
        diagnostic.code = Code::WriteFailed;
        diagnostic.file = file_;
        diagnostic.message = "cannot be written: the history of this session is not kept";
        return diagnostic;
    }

    bool is_terminal() const override { return true; }

 private:
    /// Without the locale of a terminal that shows UTF-8 libedit takes letters apart.
    static void set_locale() {
        const char* chosen = std::setlocale(LC_CTYPE, "");
        if (!chosen || MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
    }

    void set_up_editor() {
        el_set(editor_, EL_CLIENTDATA, this);
        el_set(editor_, EL_PROMPT, prompt_of);
        el_set(editor_, EL_EDITOR, "emacs");
        el_set(editor_, EL_HIST, history, history_);
        el_set(editor_, EL_SIGNAL, 0);
        // Ctrl-C is a key while a line is edited, not a signal.
        el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
        el_set(editor_, EL_ADDFN, "snnc-abandon", "Abandons the input", abandon_in);
        el_set(editor_, EL_BIND, "^C", "snnc-abandon", nullptr);
        el_set(editor_, EL_ADDFN, "snnc-complete", "Completes the word", complete_in);
        el_set(editor_, EL_BIND, "^I", "snnc-complete", nullptr);
        el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        el_source(editor_, nullptr);  // ~/.editrc, where a person has one
    }

    static TerminalReader& self(EditLine* editor) {
        void* data = nullptr;
        el_get(editor, EL_CLIENTDATA, &data);
        return *static_cast<TerminalReader*>(data);
    }

    static char* prompt_of(EditLine* editor) { return self(editor).prompt_.data(); }
    static unsigned char abandon_in(EditLine* editor, int) { return self(editor).abandon(); }
    static unsigned char complete_in(EditLine* editor, int) { return self(editor).complete(); }

    unsigned char abandon() {
        abandoned_ = true;
        std::fputs("^C\n", stdout);
        std::fflush(stdout);
        return CC_NEWLINE;
    }

    unsigned char complete() {
        const LineInfo* line = el_line(editor_);
        const std::string text(line->buffer, line->cursor);
        if (text.find_first_not_of(" \t") == std::string::npos) {
            return el_insertstr(editor_, blanks) == 0 ? CC_REFRESH : CC_ERROR;
        }
        const Completion found = completer_(text);
        if (found.candidates.empty()) return CC_REFRESH_BEEP;
        const std::string common = common_beginning(found.candidates);
        if (common.size() > found.length) {
            el_insertstr(editor_, common.c_str() + found.length);
            return CC_REFRESH;
        }
        if (found.candidates.size() == 1) return CC_REFRESH_BEEP;
        std::fputc('\n', stdout);
        std::fputs(in_columns(found.candidates, width()).c_str(), stdout);
        std::fflush(stdout);
        return CC_REDISPLAY;
    }

    std::size_t width() const {
        int columns = 0;
        el_get(editor_, EL_GETTC, "co", &columns);
        return columns > 0 ? std::size_t(columns) : 80;
    }

    Completer completer_;
    std::string file_, prompt_;
    bool abandoned_ = false;
    History* history_;
    EditLine* editor_;
};

}  // namespace

std::unique_ptr<LineReader> terminal_reader(const std::string& history_file, Completer completer) {
    return std::make_unique<TerminalReader>(history_file, std::move(completer));
}

}  // namespace snnc::driver::repl
