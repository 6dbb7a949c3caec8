# snnc_editline: libedit, with which `snnc repl` edits lines.
find_path(EDITLINE_INCLUDE_DIR histedit.h)
find_library(EDITLINE_LIBRARY NAMES edit)
if(NOT EDITLINE_INCLUDE_DIR OR NOT EDITLINE_LIBRARY)
  message(FATAL_ERROR "libedit is missing (Debian: libedit-dev): run scripts/setup, or give "
                      "-DEDITLINE_INCLUDE_DIR=<folder of histedit.h> and -DEDITLINE_LIBRARY=<file>")
endif()
add_library(snnc_editline INTERFACE)
target_include_directories(snnc_editline SYSTEM INTERFACE ${EDITLINE_INCLUDE_DIR})
target_link_libraries(snnc_editline INTERFACE ${EDITLINE_LIBRARY})
