// Files that are either complete or not there.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/error.h"

namespace snnc::runtime {

/// Writes to a temporary name in the same folder, syncs, renames. On failure (full disk, read-only
/// folder) removes the temporary, leaves an older file under the name as it was, and throws
/// DataError(WriteFailed).
void write_atomically(const std::string& path, std::span<const std::string_view> parts);
void write_atomically(const std::string& path, std::string_view contents);

/// The whole file; throws FileMissing or FileUnreadable.
std::string read_file(const std::string& path);

}  // namespace snnc::runtime
