// From object code to the files that a C program links: a shared library or an archive. LLVM's own
// tools work in process (object copying, lld), so that no compiler or linker is called.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codegen/objects.h"

namespace snnc::codegen {

/// The object with its global symbols under other names. Throws CompileFailure.
ObjectCode rename_symbols(const ObjectCode& object,
                          const std::map<std::string, std::string>& names);

/// The symbols that the object defines for others.
std::vector<std::string> defined_symbols(const ObjectCode& object);

/// A shared library that exports `exported` alone and needs nothing but the C library and its
/// mathematics. `name` is what programs look for. Throws CompileFailure.
ObjectCode link_shared(const Objects& objects, const std::string& name,
                       const std::vector<std::string>& exported, Architecture architecture);

/// One object in the place of several. Throws CompileFailure.
ObjectCode link_object(const Objects& objects);

/// An archive for static linking. Throws CompileFailure.
ObjectCode make_archive(const Objects& objects);

}  // namespace snnc::codegen
