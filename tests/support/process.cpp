#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace snnc::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    int read_end = -1, write_end = -1;
    Pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        read_end = ends[0];
        write_end = ends[1];
    }
    ~Pipe() {
        close_read();
        close_write();
    }
    void close_read() { close_once(read_end); }
    void close_write() { close_once(write_end); }

 private:
    static void close_once(int& end) {
        if (end >= 0) close(end);
        end = -1;
    }
};

[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::vector<std::string>& environment) {
    for (const std::string& entry : environment) putenv(const_cast<char*>(entry.c_str()));
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
}

/// Reads what is there; false at the end of the stream.
bool drain(int descriptor, std::string& text) {
    std::array<char, 65536> buffer;
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), std::size_t(count));
    return count > 0;
}

void collect(pid_t child, Pipe& out, Pipe& err, ProcessResult& result, Clock::time_point deadline) {
    bool out_open = true, err_open = true;
    while (out_open || err_open) {
        pollfd waits[2] = {{out_open ? out.read_end : -1, POLLIN, 0},
                           {err_open ? err.read_end : -1, POLLIN, 0}};
        poll(waits, 2, 100);
        if (waits[0].revents) out_open = drain(out.read_end, result.out);
        if (waits[1].revents) err_open = drain(err.read_end, result.err);
        if (Clock::now() > deadline) kill(child, SIGKILL);
    }
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& command,
                          const std::vector<std::string>& environment,
                          const std::string& standard_input, int timeout_seconds) {
    Pipe in, out, err;
    signal(SIGPIPE, SIG_IGN);
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        dup2(in.read_end, 0);
        dup2(out.write_end, 1);
        dup2(err.write_end, 2);
        become(command, environment);
    }
    in.close_read();
    out.close_write();
    err.close_write();
    // Inputs of tests are smaller than a pipe's buffer, or the program reads them first.
    if (!standard_input.empty()) {
        [[maybe_unused]] const ssize_t count =
            write(in.write_end, standard_input.data(), standard_input.size());
    }
    in.close_write();

    ProcessResult result;
    collect(child, out, err, result, Clock::now() + std::chrono::seconds(timeout_seconds));
    int status = 0;
    waitpid(child, &status, 0);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

#ifdef SNNC_BINARY
ProcessResult run_snnc(std::vector<std::string> arguments,
                       const std::vector<std::string>& environment,
                       const std::string& standard_input) {
    arguments.insert(arguments.begin(), SNNC_BINARY);
    return run_process(arguments, environment, standard_input);
}
#endif

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "snnc_test_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    if (!stream.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace snnc::test
