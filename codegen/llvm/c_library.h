// The functions of the C library that generated code calls: their places in this process, and
// libraries that define them and do nothing, which take the place of the C library when a shared
// library is linked. The files of this machine would not do: they are for one architecture, and ask
// for as new a C library as this machine has.
#pragma once

#include <string>
#include <vector>

#include "codegen/objects.h"

namespace snnc::codegen {

struct CFunction {
    const char* name;
    void* here;
    /// The version of the symbol in glibc.
    const char* x86_64 = "GLIBC_2.2.5";
    const char* aarch64 = "GLIBC_2.17";
};

struct CLibrary {
    const char* name;  // that programs look for
    std::vector<CFunction> functions;
};

const std::vector<CLibrary>& c_libraries();

/// What a linker needs to make the library's double: an object that defines the functions, and the
/// script of their versions. Throws CompileFailure.
ObjectCode empty_functions(const CLibrary& library, Architecture architecture);
std::string version_script(const CLibrary& library, Architecture architecture);

}  // namespace snnc::codegen
