// Where results go: folders and files are looked at before the work begins, so that an hour of
// training does not end in a folder that was never there.
#pragma once

#include <string>

namespace snnc::driver {

/// The file's folder exists and takes files, and the name is not that of a folder. WriteFailed.
void check_writable_file(const std::string& file);

/// Makes the folder (and those above it) if it is not there. WriteFailed.
void make_folder(const std::string& folder);

}  // namespace snnc::driver
