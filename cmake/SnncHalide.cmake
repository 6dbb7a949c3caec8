# snnc_halide: the Halide library of the PyPI wheel, which scripts/setup puts into .deps.
#
# The wheel's own CMake entry searches Python's site folder; pointing Halide_DIR at the package
# inside the wheel avoids that (and the Python extension helpers, which nobody here needs).
if(NOT Halide_DIR)
  file(GLOB found ${PROJECT_SOURCE_DIR}/.deps/lib/python3*/site-packages/halide/lib64/cmake/Halide)
  if(found)
    list(GET found 0 first)
    set(Halide_DIR ${first} CACHE PATH "Folder of HalideConfig.cmake")
  endif()
endif()
set(CMAKE_DISABLE_FIND_PACKAGE_Halide_Python ON)
find_package(Halide 21 QUIET CONFIG COMPONENTS Halide)
if(NOT Halide_FOUND)
  message(FATAL_ERROR "Halide 21 is missing: run scripts/setup, give -DHalide_DIR=<folder of "
                      "HalideConfig.cmake>, or build the core-only preset, which does without")
endif()
add_library(snnc_halide INTERFACE)
target_link_libraries(snnc_halide INTERFACE Halide::Halide)
