#include "support/unicode.h"

#include <gtest/gtest.h>

namespace snnc {
namespace {

TEST(Unicode, FindsTheFirstMalformedByte) {
    EXPECT_EQ(first_invalid_utf8("plain"), std::nullopt);
    EXPECT_EQ(first_invalid_utf8("\u03B8 \u819C \U0001F600"), std::nullopt);
    EXPECT_EQ(first_invalid_utf8("a\xFF"), 1u);
    EXPECT_EQ(first_invalid_utf8("ab\xC0\xAF"), 2u);        // overlong
    EXPECT_EQ(first_invalid_utf8("\xED\xA0\x80"), 0u);      // half of a surrogate pair
    EXPECT_EQ(first_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
    EXPECT_EQ(first_invalid_utf8("x\xE2\x82"), 1u);         // cut short
}

TEST(Unicode, CountsCodePointsAndColumns) {
    EXPECT_EQ(code_point_count("\u03B8=\u819C"), 3u);
    EXPECT_EQ(display_width("\u03B8=\u819C"), 4);
    EXPECT_EQ(display_width("e\u0301"), 1);
}

TEST(Unicode, RoundTrip) {
    for (const char32_t c : {U'a', U'\u00B5', U'\u2126', U'\U0001F600'}) {
        std::string text;
        append_utf8(text, c);
        EXPECT_EQ(to_code_points(text), std::u32string(1, c));
    }
}

TEST(Unicode, NamesInNormalForm) {
    EXPECT_EQ(normal_name("beta_1"), "beta_1");
    EXPECT_EQ(normal_name("\u00B5s"), "\u03BCs");       // micro sign
    EXPECT_EQ(normal_name("M\u2126"), "M\u03A9");       // ohm sign
    EXPECT_EQ(normal_name("e\u0301"), "\u00E9");        // e, acute
    EXPECT_EQ(normal_name("\u212B"), "\u00C5");         // angstrom sign
    EXPECT_EQ(normal_name("e\u0323\u0302"), "\u1EC7");  // two marks
    EXPECT_EQ(normal_name("\u00EA\u0323"), "\u1EC7");   // in the other order, half composed
    EXPECT_EQ(normal_name("x\u0301"), "x\u0301");       // no such letter
    EXPECT_EQ(normal_name("\u03C4\u2081"), "\u03C4\u2081");
}

}  // namespace
}  // namespace snnc
