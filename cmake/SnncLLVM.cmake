# snnc_llvm: LLVM 22 (else 19), linked statically and hidden, so that another LLVM in the same
# process (an OpenCL driver's, say) never meets ours.
#
# llvm-config is asked instead of find_package(LLVM): the package file insists on the libraries of
# every optional component.
# Object copying and lld make shared libraries in process (codegen/llvm/link.cpp).
set(snnc_llvm_components orcjit x86 aarch64 passes objcopy lto option)

find_program(SNNC_LLVM_CONFIG
  NAMES llvm-config-22 llvm-config-19
  HINTS /usr/lib/llvm-22/bin /usr/lib/llvm-19/bin
  DOC "llvm-config of LLVM 22 or 19")
if(NOT SNNC_LLVM_CONFIG)
  message(FATAL_ERROR "LLVM 22 or 19 is missing: run scripts/setup, give "
                      "-DSNNC_LLVM_CONFIG=<llvm-config>, or build the core-only preset")
endif()

function(snnc_ask_llvm result)
  execute_process(COMMAND ${SNNC_LLVM_CONFIG} ${ARGN} OUTPUT_VARIABLE answer
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(${result} "${answer}" PARENT_SCOPE)
endfunction()

snnc_ask_llvm(SNNC_LLVM_VERSION --version)
snnc_ask_llvm(snnc_llvm_include --includedir)
snnc_ask_llvm(snnc_llvm_offered --components)
if(snnc_llvm_offered MATCHES "(^| )dtlto( |$)")
  list(APPEND snnc_llvm_components dtlto)
endif()
snnc_ask_llvm(snnc_llvm_libraries --link-static --libfiles ${snnc_llvm_components})
separate_arguments(snnc_llvm_libraries)
list(FILTER snnc_llvm_libraries EXCLUDE REGEX Polly)  # listed, but not shipped by Debian
if(SNNC_LLVM_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "LLVM ${SNNC_LLVM_VERSION} is too old: 22 or 19 is needed")
endif()
message(STATUS "LLVM ${SNNC_LLVM_VERSION} (${SNNC_LLVM_CONFIG})")

# lld initialises every target that LLVM was built with; ours are X86 and AArch64, and the others do
# nothing.
snnc_ask_llvm(snnc_llvm_libdir --libdir)
if(NOT EXISTS ${snnc_llvm_libdir}/liblldELF.a)
  message(FATAL_ERROR "lld's libraries are missing beside LLVM ${SNNC_LLVM_VERSION}: run scripts/setup")
endif()
snnc_ask_llvm(snnc_llvm_targets --targets-built)
separate_arguments(snnc_llvm_targets)
list(REMOVE_ITEM snnc_llvm_targets X86 AArch64)
set(snnc_lld_stubs ${PROJECT_BINARY_DIR}/lld_stubs.c)
set(snnc_stub_text "")
foreach(name IN LISTS snnc_llvm_targets)
  foreach(part IN ITEMS TargetInfo Target TargetMC AsmParser AsmPrinter Disassembler)
    string(APPEND snnc_stub_text "void LLVMInitialize${name}${part}(void) {}\n")
  endforeach()
endforeach()
# llvm::getPollyPluginInfo(), of a library that Debian does not ship; for link-time optimisation.
string(APPEND snnc_stub_text "void _Z18getPollyPluginInfov(void) { __builtin_trap(); }\n")
file(CONFIGURE OUTPUT ${snnc_lld_stubs} CONTENT "${snnc_stub_text}")
add_library(snnc_lld_stubs STATIC ${snnc_lld_stubs})

add_library(snnc_llvm INTERFACE)
target_include_directories(snnc_llvm SYSTEM INTERFACE ${snnc_llvm_include})
target_compile_definitions(snnc_llvm INTERFACE SNNC_LLVM_VERSION="${SNNC_LLVM_VERSION}")
target_link_libraries(snnc_llvm INTERFACE
  ${snnc_llvm_libdir}/liblldELF.a ${snnc_llvm_libdir}/liblldCommon.a
  ${snnc_llvm_libraries} snnc_lld_stubs rt dl m z zstd)
target_link_options(snnc_llvm INTERFACE -Wl,--exclude-libs,ALL)

# Marks the files that include LLVM's headers: LLVM is built without run-time type information.
# Call it in the folder that adds the files to a target.
function(snnc_uses_llvm_headers)
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -fno-rtti)
endfunction()
