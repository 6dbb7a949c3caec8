# Writes a C++ file with the text of docs/errors.md, cut into pieces that every compiler takes.
file(READ ${INPUT} text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "    R\"~~~(${piece})~~~\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUTPUT} "// Made from docs/errors.md by embed_errors.cmake.
#include \"driver/explain.h\"

namespace snnc::driver {

const char* const errors_page =
${pieces}    \"\";

}  // namespace snnc::driver
")
