// What pages say of a file.
#include "pages/page.h"

#include <gtest/gtest.h>

#include "frontend/parse.h"
#include "pages/text.h"

namespace snnc::pages {
namespace {

constexpr const char* text = R"(/// A cell with `one` state, a < b.
///
///     v = I
neuron N {
    input I in [0, 1]
    output s
    option reset = zero | none      /// what a spike does
    param tau = -20ms in [1ms, 1s]  /// time | constant
    state v = 0
    v[t] = I
    s[t] = spike(v)
}
)";

Page page(const Notation& notation) {
    SourceManager sources;
    Diagnostics diagnostics;
    const auto program = frontend::parse(sources, sources.add("n.snn", text), diagnostics);
    return document(sources, *program, "n", notation);
}

TEST(Page, a_cell_has_its_members_in_order) {
    const Page made = page(*latex());
    ASSERT_EQ(made.sections.size(), 1u);
    const Section& section = made.sections[0];
    EXPECT_EQ(section.kind + " " + section.name, "neuron N");
    std::vector<std::string> names;
    for (const Row& row : section.rows) names.push_back(row.name);
    EXPECT_EQ(names, (std::vector<std::string>{"I", "s", "tau", "reset", "v"}));
    const Row& tau = section.rows[2];
    EXPECT_EQ(tau.value, "-20");
    EXPECT_EQ(tau.unit, "ms");
    EXPECT_EQ(tau.interval, "[1ms, 1s]");
    EXPECT_EQ(tau.comment, "time | constant");
    EXPECT_EQ(section.formulas.size(), 2u);
}

TEST(Page, comments_with_a_gap_and_trainings_that_have_names) {
    SourceManager sources;
    Diagnostics diagnostics;
    const auto program = frontend::parse(sources,
                                         sources.add("n.snn",
                                                     "/// Of the file.\n\n/// Of the network.\n"
                                                     "network N {}\ntrain Fast of N {}\n"
                                                     "train of N {}\n"),
                                         diagnostics);
    const Page made = document(sources, *program, "n", *latex());
    ASSERT_EQ(made.sections.size(), 3u);
    EXPECT_EQ(made.sections[0].comment, "Of the file.\n\nOf the network.");
    EXPECT_EQ(made.sections[1].kind + " " + made.sections[1].name, "training Fast of N");
    EXPECT_EQ(made.sections[2].name, "of N");
}

TEST(Page, markdown_escapes_what_would_end_a_cell) {
    const std::string written = markdown(page(*latex()));
    EXPECT_NE(
        written.find("| parameter | `tau` | `-20` | `ms` | `[1ms, 1s]` | time \\| constant |"),
        std::string::npos)
        << written;
    EXPECT_NE(written.find("`zero \\| none`"), std::string::npos);
}

TEST(Page, html_stands_alone) {
    const std::string written = html(page(*mathml()));
    EXPECT_TRUE(written.starts_with("<!doctype html>"));
    for (const char* word : {"<script", "http://", "https://", "src=", "<link"})
        EXPECT_EQ(written.find(word), std::string::npos) << word;
    EXPECT_NE(written.find("<p>A cell with <code>one</code> state, a &lt; b.</p>\n"
                           "<pre><code>v = I</code></pre>"),
              std::string::npos)
        << written;
}

TEST(Page, comments_keep_their_paragraphs) {
    EXPECT_EQ(comment_html("a\nb\n\nc"), "<p>a\nb</p>\n<p>c</p>\n");
    EXPECT_EQ(comment_html(""), "");
}

}  // namespace
}  // namespace snnc::pages
