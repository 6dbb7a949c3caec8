#include "tests/support/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

namespace snnc::test {
namespace {

[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::vector<std::string>& environment) {
    setenv("TERM", "xterm", 1);
    unsetenv("EDITRC");
    for (const std::string& entry : environment) putenv(const_cast<char*>(entry.c_str()));
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
}

/// How many bytes from `at` on are a sequence that moves the cursor or sets colours; npos if its
/// end has not come yet.
std::size_t sequence_length(const std::string& text, std::size_t at) {
    if (text[at] == '\r' || text[at] == '\b' || text[at] == '\a') return 1;
    if (text[at] != '\x1b') return 0;
    std::size_t end = at + 1;
    if (end >= text.size()) return std::string::npos;
    if (text[end] != '[') return 2;
    for (++end; end < text.size(); ++end)
        if (std::isalpha(static_cast<unsigned char>(text[end]))) return end + 1 - at;
    return std::string::npos;
}

}  // namespace

Terminal::Terminal(const std::vector<std::string>& command,
                   const std::vector<std::string>& environment) {
    winsize size{};
    size.ws_row = 50;
    size.ws_col = 160;  // no line of a test is wrapped
    child_ = forkpty(&terminal_, nullptr, nullptr, &size);
    if (child_ < 0) throw std::runtime_error("no terminal");
    if (child_ == 0) become(command, environment);
}

Terminal::~Terminal() {
    if (child_ > 0) {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    close(terminal_);
}

void Terminal::type(const std::string& keys) {
    if (write(terminal_, keys.data(), keys.size()) != ssize_t(keys.size()))
        throw std::runtime_error("the terminal takes no more keys");
}

bool Terminal::read_more(int silence_in_ms) {
    pollfd wait{terminal_, POLLIN, 0};
    if (poll(&wait, 1, silence_in_ms) <= 0) return false;
    std::array<char, 4096> buffer;
    const ssize_t count = read(terminal_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    raw_.append(buffer.data(), std::size_t(count));
    std::size_t at = 0;
    while (at < raw_.size()) {
        const std::size_t skipped = sequence_length(raw_, at);
        if (skipped == std::string::npos) break;
        if (skipped == 0) unread_ += raw_[at];
        at += std::max<std::size_t>(skipped, 1);
    }
    raw_.erase(0, at);
    return true;
}

std::string Terminal::read_to(const std::string& text) {
    while (true) {
        const std::size_t at = unread_.find(text);
        if (at != std::string::npos) {
            std::string read = unread_.substr(0, at + text.size());
            unread_.erase(0, at + text.size());
            return read;
        }
        if (!read_more())
            throw std::runtime_error("waited for \"" + text + "\", but there is \"" + unread_ +
                                     "\"");
    }
}

const std::string& Terminal::read_some() {
    while (read_more(100)) {
    }
    return unread_;
}

void Terminal::wait_for_keys() {
    for (int milliseconds = 0; milliseconds < 60'000; ++milliseconds) {
        termios settings{};
        if (tcgetattr(terminal_, &settings) != 0) break;
        if ((settings.c_lflag & (ICANON | ISIG)) == 0) return;
        usleep(1000);
    }
    throw std::runtime_error("the program does not take single keys");
}

int Terminal::wait() {
    while (read_more()) {
    }
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace snnc::test
