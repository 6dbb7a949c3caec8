// IDX files (MNIST's format), plain or packed by gzip.
#pragma once

#include <string>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::runtime {

/// Unsigned bytes of any rank. Throws DataError for anything that does not fit the header exactly.
Array read_idx(const std::string& path);

}  // namespace snnc::runtime
