// UTF-8 text: validity, code points, the normal form of names, width on a terminal.
//
// The lexer, the diagnostic printer and the formatter share it. No locale and no library is asked.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace snnc {

/// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629), if there is one.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// Number of code points; a byte that is no continuation byte counts as one.
std::size_t code_point_count(std::string_view text);

/// Decodes; a malformed byte becomes U+FFFD.
std::u32string to_code_points(std::string_view text);

/// Decodes one code point at `offset` and moves `offset` behind it; U+FFFD for a malformed byte.
char32_t next_code_point(std::string_view text, std::size_t& offset);

void append_utf8(std::string& text, char32_t code_point);

/// Columns that a terminal gives to the code point: 0 for combining marks, 2 for wide ones, else 1.
int display_width(char32_t code_point);
int display_width(std::string_view text);

/// Normal form C with U+00B5 -> U+03BC and U+2126 -> U+03A9 (language.md section 1). Covers the
/// letters with marks of the Latin, Greek and Cyrillic scripts and kana; letters of other scripts
/// are left as they are written.
std::string normal_name(std::string_view text);

}  // namespace snnc
