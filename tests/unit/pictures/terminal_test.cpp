// Pictures as text.
#include "pictures/terminal.h"

#include <gtest/gtest.h>

#include <sstream>

#include "support/unicode.h"
#include "tests/unit/pictures/sample_figures.h"

namespace snnc::pictures {
namespace {

TerminalStyle plain(int width, int height = 0) { return {width, height, false}; }

TEST(Terminal, bars_are_made_of_eighths) {
    EXPECT_EQ(to_terminal(sample_bars(), plain(34, 10)),
              R"(counts

  │                         ▁▁▁▆▆▆
  │                      ▄▄▄██████
5 ┤               ▁▁▁▁▆▆▆█████████
  │            ▄▄▄████████████████
  │      ▂▂▂▇▇▇███████████████████
0 ┤   ▅▅▅█████████████████████████
  └┬──────────────┬──────────────┬
   0              5             10
)");
}

TEST(Terminal, bars_hang_from_0_where_they_are_below_it) {
    Panel panel;
    panel.y.range = {{-2, 2}};
    panel.marks = {Bars{0, 1, {2, 0.5, -0.5, -2}}};
    EXPECT_EQ(to_terminal({"", {panel}, false}, plain(30, 7)),
              R"( 2 ┤██████
   │██████▄▄▄▄▄▄▄
 0 ┤             ▀▀▀▀▀▀███████
-2 ┤                   ███████
   └┬────────────┬───────────┬
    0            2           4
)");
}

TEST(Terminal, images_have_shades_for_signs) {
    EXPECT_EQ(to_terminal(sample_image(), plain(30, 6)),
              R"(cell
0 ┤≡≡≡≡≡≡≡≡≡         █████████
  │▒▒▒▒▒▒▒▒▒         ---------
1 ┤▒▒▒▒▒▒▒▒▒         ---------
  └────┬─────────────────┬────
       0                 2
             source
weight: -1 ≡==--··   ░░▒▒▓▓█ 1
)");
}

TEST(Terminal, a_graph_is_a_line_for_each_box) {
    EXPECT_EQ(to_terminal(sample_graph(), plain(80)), R"(N

▶ x      input [4]
▪ fc     dense(3) [3]   ← x
▪ back   recurrent [3]  ← cells (1 step later)
● cells  Leaky [3]      ← fc, back
)");
}

TEST(Terminal, no_line_is_wider_than_the_terminal) {
    for (const int width : {30, 47, 80, 200}) {
        std::istringstream lines(to_terminal(sample_recording(), plain(width)));
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(display_width(line), width) << line;
    }
}

TEST(Terminal, escape_sequences_are_for_terminals_with_colour) {
    for (const Figure& figure :
         {sample_recording(), sample_image(), sample_bars(), sample_graph()}) {
        EXPECT_EQ(to_terminal(figure, {80, 0, false}).find('\x1b'), std::string::npos);
        EXPECT_NE(to_terminal(figure, {80, 0, true}).find("\x1b[0m"), std::string::npos);
    }
}

TEST(Terminal, what_is_no_terminal_has_80_columns_and_no_colour) {
    ::setenv("COLUMNS", "", 1);
    EXPECT_EQ(terminal_style(-1).width, 80);
    EXPECT_FALSE(terminal_style(-1).colour);
    ::setenv("COLUMNS", "132", 1);
    EXPECT_EQ(terminal_style(-1).width, 132);
    ::unsetenv("COLUMNS");
}

}  // namespace
}  // namespace snnc::pictures
