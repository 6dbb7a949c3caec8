// Just enough of the ZIP format to read .npz: stored and deflated members, sizes and checksums
// verified.
#pragma once

#include <string>
#include <vector>

namespace snnc::runtime {

/// Throws DataError (damaged archive, TensorMissing if there is no such member).
std::string read_zip_member(const std::string& archive, const std::string& member);
std::vector<std::string> zip_members(const std::string& archive);

}  // namespace snnc::runtime
