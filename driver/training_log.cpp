#include "driver/training_log.h"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "driver/session.h"

namespace snnc::driver {

TrainingLog::TrainingLog(const std::string& file, bool append) : file_(file) {
    if (file.empty()) return;
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
