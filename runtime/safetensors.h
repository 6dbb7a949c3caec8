// .safetensors: named arrays in one file (8 bytes length, a JSON header, data).
#pragma once

#include <map>
#include <string>

#include "runtime/array.h"
#include "runtime/error.h"

namespace snnc::runtime {

struct TensorFile {
    std::map<std::string, Array> tensors;
    std::map<std::string, std::string> metadata;
};

/// Reads F32, F64, I32, I64, U8 and BOOL tensors. Throws DataError.
TensorFile read_safetensors(const std::string& path);

/// Atomic and deterministic: tensors in the order of their names. Throws DataError(WriteFailed).
void write_safetensors(const std::string& path, const TensorFile& file);

}  // namespace snnc::runtime
