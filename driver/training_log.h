// `--log`: what happens in a training, one JSON object on each line (cli.md).
#pragma once

#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace snnc::driver {

/// Written line by line, so that a run that is cut off leaves whole lines. Without a file it does
/// nothing.
class TrainingLog {
 public:
    /// `append`: goes on behind an earlier log. WriteFailed if the file cannot be opened.
    TrainingLog(const std::string& file, bool append);
    TrainingLog(const TrainingLog&) = delete;
    TrainingLog& operator=(const TrainingLog&) = delete;
    ~TrainingLog();

    /// WriteFailed if the disk is full.
    void write(const nlohmann::ordered_json& event);

 private:
    std::string file_;
    std::FILE* stream_ = nullptr;
};

}  // namespace snnc::driver
