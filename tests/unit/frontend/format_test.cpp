#include "frontend/format.h"

#include <gtest/gtest.h>

#include "frontend/ast_printer.h"
#include "frontend/parse.h"
#include "tests/unit/frontend/parse_samples.h"

namespace snnc::frontend {
namespace {

using test::Sample;

std::string formatted(const std::string& text) {
    SourceManager sources;
    Diagnostics diagnostics;
    const FileId file = sources.add("test.snn", text);
    const auto program = parse(sources, file, diagnostics);
    if (!program) return "does not parse: " + diagnostics.all().front().message;
    return format(sources, file, *program);
}

std::string tree(const std::string& text) {
    SourceManager sources;
    Diagnostics diagnostics;
    const auto program = parse(sources, sources.add("test.snn", text), diagnostics);
    return program ? print_ast(*program) : "does not parse";
}

TEST(Format, ExamplesAreCanonical) {
    for (const Sample& sample : test::folder_samples("examples")) {
        EXPECT_EQ(formatted(sample.text), sample.text) << sample.name;
    }
}

TEST(Format, SnippetsKeepTheirTreeAndStay) {
    for (const Sample& sample : test::snippets()) {
        if (sample.refused || sample.name.rfind("52 ", 0) == 0) continue;
        const std::string once = formatted(sample.text);
        EXPECT_EQ(formatted(once), once) << sample.name;
        // Only `v = e` gains its index.
        if (sample.text.find("\n on = 4") == std::string::npos &&
            sample.name.rfind("11 ", 0) != 0 && sample.name.rfind("26 ", 0) != 0) {
            EXPECT_EQ(tree(once), tree(sample.text)) << sample.name;
        }
    }
}

TEST(Format, ExamplesComeBackFromOtherLayouts) {
    for (const Sample& sample : test::folder_samples("examples")) {
        if (sample.name.rfind("07", 0) == 0) continue;  // holds an alignment of the user's own
        std::string squeezed, carriage, tabs;
        bool line_start = true;
        for (std::size_t i = 0; i < sample.text.size(); ++i) {
            const char c = sample.text[i];
            const bool repeated = c == ' ' && (line_start || sample.text[i - 1] == ' ');
            if (!repeated) squeezed += c;
            line_start = c == '\n' || (line_start && c == ' ');
            carriage += c == '\n' ? std::string("  \r\n") : std::string(1, c);
            tabs += c == ' ' && repeated ? '\t' : c;
        }
        EXPECT_EQ(formatted(squeezed), sample.text) << sample.name;
        EXPECT_EQ(formatted(carriage), sample.text) << sample.name;
        EXPECT_EQ(formatted(tabs), sample.text) << sample.name;
    }
}

TEST(Format, Blanks) {
    EXPECT_EQ(formatted("fn f( x ,y )=- x ^ - 1*( y+2 )"), "fn f(x, y) = -x^-1*(y + 2)\n");
    EXPECT_EQ(formatted("fn f(x)=x [ t - 1 ]+not( x<2 )"), "fn f(x) = x[t-1] + not (x < 2)\n");
    EXPECT_EQ(formatted("fn f() = 1\n\n\n\nfn g() = 2"), "fn f() = 1\n\nfn g() = 2\n");
    EXPECT_EQ(formatted(""), "");
    EXPECT_EQ(formatted("\n\n// only a comment"), "// only a comment\n");
}

TEST(Format, OneStatementPerLine) {
    EXPECT_EQ(formatted("neuron A { input I; output s; s = I }"),
              "neuron A {\n    input  I\n    output s\n    s[t] = I\n}\n");
    EXPECT_EQ(formatted("neuron A {\n\n; v[t] = match o { a => 1; bb => 2 }\n\n}"),
              "neuron A {\n    v[t] = match o {\n        a  => 1\n        bb => 2\n    }\n}\n");
    EXPECT_EQ(formatted("neuron A { on s: { v = 0 ; u = 1; } }"),
              "neuron A {\n    on s: { v = 0; u = 1 }\n}\n");
}

TEST(Format, ChainsStandUnderTheirArrow) {
    EXPECT_EQ(formatted("network N {\n image -> dense(3):3 as a\n-> Leaky\n // c\n -> b\n}"),
              "network N {\n    image -> dense(3) as a : 3\n          -> Leaky\n"
              "          // c\n          -> b\n}\n");
}

TEST(Format, CommentsStay) {
    EXPECT_EQ(formatted("neuron A // a\n{ // b\n // c\n v = 1 // d\n // e\n} // f\n// g"),
              "neuron A  // a\n{  // b\n    // c\n    v[t] = 1  // d\n    // e\n}  // f\n// g\n");
}

TEST(Format, KeepsAnAlignmentOfTheUser) {
    const std::string text =
        "network N {\n    a[0:2]    -> b(1)  -> c\n    a[2:4000] -> b(11) -> c\n    a -> b\n}\n";
    EXPECT_EQ(formatted(text), text);
    EXPECT_EQ(formatted("network N {\n    a    -> b\n    c -> d\n}\n"),
              "network N {\n    a -> b\n    c -> d\n}\n");
}

// Columns that are equal by chance in brackets of their own: the lines get other indents.
TEST(Format, KeepsNoAlignmentAcrossBrackets) {
    const std::string text =
        "network N {\n    a -> f(b,\n           c  = 1) -> g(\n           d  = 2)\n}\n";
    const std::string once = formatted(text);
    EXPECT_EQ(formatted(once), once);
    EXPECT_EQ(once.find("  = "), std::string::npos) << once;
}

// A continuation that ends up in the column of an alignment does not undo it.
TEST(Format, KeepsAnAlignmentBesideContinuations) {
    const std::string text =
        "network N {\n    x0 -> dense(4, bias\n                = false) as fc0 -> p\n"
        "    x0 -> dense(4)       as fc3 -> p\n    pop0.s -> scale(1.5) as sc4 -> p\n}\n";
    EXPECT_EQ(formatted(text), text);
}

TEST(Format, OneLineForEachArmOfAMatch) {
    EXPECT_EQ(formatted("fn f(x) = match o { a|b=>1   long | c => x; and=>2 }\n"),
              "fn f(x) = match o {\n    a | b    => 1\n    long | c => x\n    and      => 2\n}\n");
}

TEST(Format, AlignsCommentsThatWereAligned) {
    EXPECT_EQ(formatted("neuron A {\n  param a=1   /// one\n  param bb=2  /// two\n}\n"),
              "neuron A {\n    param a  = 1  /// one\n    param bb = 2  /// two\n}\n");
}

}  // namespace
}  // namespace snnc::frontend
