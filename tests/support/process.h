// Helpers of the end-to-end tests: run a program as a user would, in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace snnc::test {

struct ProcessResult {
    int exit_code = -1;  // 128 + signal if it was killed
    std::string out;
    std::string err;
};

/// Runs `command[0]` with arguments, without a shell. Ends it after `timeout_seconds` (exit code
/// 137). Variables of `environment` ("NAME=value") are added to this process's.
ProcessResult run_process(const std::vector<std::string>& command,
                          const std::vector<std::string>& environment = {},
                          const std::string& standard_input = {}, int timeout_seconds = 240);

/// The same for the snnc binary of this build.
ProcessResult run_snnc(std::vector<std::string> arguments,
                       const std::vector<std::string>& environment = {},
                       const std::string& standard_input = {});

/// A fresh folder, removed at the end of the scope.
class TemporaryFolder {
 public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
    std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace snnc::test
