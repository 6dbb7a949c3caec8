#include "support/xml.h"

#include <gtest/gtest.h>

namespace snnc {
namespace {

TEST(Xml, markup_in_a_text_is_escaped) {
    EXPECT_EQ(xml_escaped("a < b && \"c\" > d"), "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
    EXPECT_EQ(xml_escaped("\u03B8 stays"), "\u03B8 stays");
}

}  // namespace
}  // namespace snnc
