# Options that hold for every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

# Quick to build and to link; line numbers are enough for a back trace.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1" CACHE STRING "" FORCE)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

# The interpreter is the oracle: each operation rounds once, on every processor.
# GCC 12 sees overlaps in std::string that are not there (GCC bug 105329): -Wno-restrict.
add_compile_options(-Wall -Wextra -Wno-restrict -ffp-contract=off -fno-plt)
if(SNNC_WERROR)
  add_compile_options(-Werror)
endif()
if(SNNC_SANITIZE)
  add_compile_options(-fsanitize=${SNNC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SNNC_SANITIZE})
endif()
if(SNNC_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
