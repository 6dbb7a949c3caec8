// A program at a terminal of its own, for tests that type and read what appears.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace snnc::test {

class Terminal {
 public:
    /// Starts `command[0]`; variables of `environment` ("NAME=value") are added to this process's.
    Terminal(const std::vector<std::string>& command, const std::vector<std::string>& environment);
    /// Ends the program if it still runs.
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void type(const std::string& keys);
    /// Reads until the text has appeared behind what was read before; returns everything up to its
    /// end, without the sequences that move the cursor. Throws std::runtime_error, which shows what
    /// came instead, if the program ends or says nothing for a minute.
    std::string read_to(const std::string& text);
    /// What has appeared once nothing came for a tenth of a second; it stays unread.
    const std::string& read_some();
    /// Waits until the program takes single keys, control keys too. Throws like read_to.
    void wait_for_keys();
    /// Reads to the end of the program; its exit code, 128 + signal if it was killed.
    int wait();

 private:
    bool read_more(int silence_in_ms = 60'000);

    pid_t child_ = -1;
    int terminal_ = -1;
    std::string unread_, raw_;
};

inline constexpr const char* key_up = "\x1b[A";
inline constexpr const char* control_c = "\x03";
inline constexpr const char* control_d = "\x04";

}  // namespace snnc::test
