#include "driver/training_log.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "driver/session.h"
#include "runtime/atomic_file.h"

namespace snnc::driver {
namespace {

/// What a training that was killed left of a line would spoil the next one.
void cut_broken_line(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) return;
    const std::string text = runtime::read_file(file);
    const std::size_t whole = text.rfind('\n') + 1;  // 0 where there is no line
    if (whole < text.size()) std::filesystem::resize_file(file, whole, ignored);
}

}  // namespace

TrainingLog::TrainingLog(const std::string& file, bool append) : file_(file) {
    if (file.empty()) return;
    if (append) cut_broken_line(file);
    stream_ = std::fopen(file.c_str(), append ? "ab" : "wb");
    if (!stream_) {
        fail(Code::WriteFailed, std::string("the log cannot be written: ") + std::strerror(errno),
             file);
    }
}

TrainingLog::~TrainingLog() {
    if (stream_) std::fclose(stream_);
}

void TrainingLog::write(const nlohmann::ordered_json& event) {
    if (!stream_) return;
    const std::string line = event.dump() + "\n";
    if (std::fwrite(line.data(), 1, line.size(), stream_) != line.size() || std::fflush(stream_)) {
        fail(Code::WriteFailed, std::string("the log cannot be written: ") + std::strerror(errno),
             file_);
    }
}

}  // namespace snnc::driver
