// A network as a library for other programs (`snnc compile`).
//
// The same step programs that `run`, `grad` and `train` execute are compiled for each processor
// level; in front of the copies stand entry points with a C interface, which check what they are
// given, lay out the caller's memory and keep the state. Free of Halide and LLVM.
#pragma once

#include "codegen/backend.h"
#include "codegen/library_memory.h"
#include "codegen/library_model.h"

namespace snnc::codegen {

enum class LibraryKind { Shared, Archive, Object };

struct LibraryFiles {
    std::vector<std::byte> binary;
    std::string header;
    std::string manifest;
};

/// `file`: the name that programs look for ("libnet.so").
struct LibraryRequest {
    std::string file, header_file;
    std::string source_hash;  // of the text that it was made from
    LibraryKind kind = LibraryKind::Shared;
    std::vector<Target> targets;  // ascending, of one architecture
};

/// Throws CompileFailure.
LibraryFiles make_library(const LibraryModel& model, const LibraryRequest& request);

}  // namespace snnc::codegen
