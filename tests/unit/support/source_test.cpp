#include "support/source.h"

#include <gtest/gtest.h>

namespace snnc {
namespace {

TEST(Source, LinesAndColumnsCountFromOneInCodePoints) {
    const SourceFile file("f", "a\n\u03B8 = 1\r\n\nend");
    EXPECT_EQ(file.line(1), "a");
    EXPECT_EQ(file.line(2), "\u03B8 = 1");  // without its CR
    EXPECT_EQ(file.line(3), "");
    EXPECT_EQ(file.line(4), "end");
    EXPECT_EQ(file.line(5), "");
    EXPECT_EQ(file.line_column(0).line, 1u);
    EXPECT_EQ(file.line_column(5).line, 2u);
    EXPECT_EQ(file.line_column(5).column, 3u);  // the letter before has two bytes
    EXPECT_EQ(file.line_column(1000).line, 4u);
}

TEST(Source, RangesJoin) {
    SourceManager sources;
    const FileId id = sources.add("f", "0123456789");
    const SourceRange a{id, 1, 3}, b{id, 5, 7};
    EXPECT_EQ(sources.text(join(a, b)), "123456");
    EXPECT_EQ(join({}, b), b);
    EXPECT_EQ(join(a, {}), a);
    EXPECT_EQ(sources.text({id, 8, 100}), "89");
    EXPECT_EQ(sources.text({}), "");
}

}  // namespace
}  // namespace snnc
