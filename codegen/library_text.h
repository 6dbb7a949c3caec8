// What a library says of itself: the C header and the manifest (JSON).
#pragma once

#include <string>

#include "codegen/library.h"

namespace snnc::codegen {

std::string upper(std::string text);
std::string file_name(const std::string& path);

std::string library_header(const LibraryModel& model, const LibrarySizes& sizes,
                           const LibraryRequest& request);
std::string library_manifest(const LibraryModel& model, const LibrarySizes& sizes,
                             const LibraryRequest& request);

}  // namespace snnc::codegen
