// NumPy's .npy files and members of .npz archives.
//
// Read: versions 1 to 3, C order, little endian, float32 float64 uint8 int32 int64 bool. Anything
// else is refused by name. Written: version 1, the same types.
#pragma once

#include <string>
#include <vector>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::runtime {

/// `path` is "x.npy", or "x.npz:name" for a member. Throws DataError.
Array read_npy(const std::string& path);

/// Parses the bytes of one .npy; `file` stands in messages.
Array parse_npy(std::string_view bytes, const std::string& file);

/// Atomic. Throws DataError(WriteFailed).
void write_npy(const std::string& path, const Array& array);

/// Names of the members of an .npz, without ".npy".
std::vector<std::string> npz_members(const std::string& path);

}  // namespace snnc::runtime
