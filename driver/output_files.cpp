#include "driver/output_files.h"

#include <unistd.h>

#include <filesystem>

#include "driver/session.h"

namespace snnc::driver {

namespace fs = std::filesystem;

void check_writable_file(const std::string& file) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) fail(Code::WriteFailed, "is a folder, not a file", file);
    fs::path folder = fs::path(file).parent_path();
    if (folder.empty()) folder = ".";
    if (!fs::is_directory(folder, ignored)) {
        fail(Code::WriteFailed, "cannot be written: its folder is not there", file);
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        fail(Code::WriteFailed, "cannot be written: its folder takes no files", file);
    }
}

void make_folder(const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder, error)) {
        fail(Code::WriteFailed, "the folder cannot be made: " + error.message(), folder);
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        fail(Code::WriteFailed, "the folder takes no files", folder);
    }
}

}  // namespace snnc::driver
