# The standard library, embedded: every stdlib/*.snn becomes a raw string in a generated source.
#
#   snnc_embed_stdlib(target)   adds the generated source to the target
# The same file, run as a script (-DOUT=... -DFILES=...), writes that source.
function(snnc_embed_stdlib target)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/stdlib/*.snn)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/stdlib_texts.cpp)
  string(JOIN "|" joined ${files})
  set(script ${PROJECT_SOURCE_DIR}/frontend/embed_stdlib.cmake)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} "-DOUT=${out}" "-DFILES=${joined}" -P ${script}
    DEPENDS ${files} ${script}
    COMMENT "Embedding the standard library"
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  string(REPLACE "|" ";" FILES "${FILES}")
  list(SORT FILES)
  set(source "// Generated from stdlib/*.snn; do not edit.\n#include \"frontend/stdlib.h\"\n\n")
  string(APPEND source "namespace snnc::frontend {\n\n")
  string(APPEND source "const std::vector<LibraryText>& library_texts() {\n")
  string(APPEND source "    static const std::vector<LibraryText> texts = {\n")
  foreach(file ${FILES})
    file(READ ${file} text)
    # A compiler need not take a literal longer than 65535 bytes: one literal for some lines.
    string(LENGTH "${text}" length)
    set(pieces "")
    set(at 0)
    while(at LESS length)
      string(SUBSTRING "${text}" ${at} 8000 piece)
      string(APPEND pieces "R\"snn~(${piece})snn~\"\n")
      math(EXPR at "${at} + 8000")
    endwhile()
    get_filename_component(name ${file} NAME)
    string(APPEND source "        {\"stdlib/${name}\", ${pieces}},\n")
  endforeach()
  string(APPEND source "    };\n    return texts;\n}\n\n}  // namespace snnc::frontend\n")
  file(WRITE ${OUT} "${source}")
endif()
