// When does an input go on in the next line?
#include <gtest/gtest.h>

#include "driver/repl/completeness.h"

namespace snnc::driver::repl {
namespace {

TEST(ReplCompleteness, an_input_goes_on_while_a_bracket_is_open) {
    EXPECT_TRUE(goes_on("neuron Cell {"));
    EXPECT_TRUE(goes_on("neuron Cell {\n    input I"));
    EXPECT_TRUE(goes_on("exp(1,"));
    EXPECT_FALSE(goes_on("neuron Cell {\n    input I\n}"));
    EXPECT_FALSE(goes_on("exp(-1/20)"));
}

TEST(ReplCompleteness, comments_and_strings_open_nothing) {
    EXPECT_FALSE(goes_on("1 + 1  // (("));
    EXPECT_FALSE(goes_on("import \"odd{name.snn\""));
    EXPECT_TRUE(goes_on("neuron Cell {  // }"));
}

TEST(ReplCompleteness, it_goes_on_after_an_operator) {
    EXPECT_TRUE(goes_on("fn f(x) ="));
    EXPECT_TRUE(goes_on("1 +"));
    EXPECT_FALSE(goes_on("1 + 2;"));
}

TEST(ReplCompleteness, a_doc_comment_waits_for_what_it_documents) {
    EXPECT_TRUE(goes_on("/// Leaky."));
    EXPECT_FALSE(goes_on("// Leaky."));
    EXPECT_FALSE(goes_on(""));
}

TEST(ReplCompleteness, a_closing_bracket_too_many_is_told_at_once) {
    EXPECT_FALSE(goes_on("exp(1))"));
    EXPECT_FALSE(goes_on("}"));
}

TEST(ReplCompleteness, commands_have_one_line) {
    EXPECT_FALSE(goes_on(":run Leaky(beta ="));
    EXPECT_TRUE(is_command("  :run"));
    EXPECT_FALSE(is_command("run"));
}

TEST(ReplCompleteness, declarations_begin_with_their_word_or_nearly) {
    EXPECT_TRUE(is_declaration("neuron Cell { }"));
    EXPECT_TRUE(is_declaration("/// Doc.\nfn f(x) = x"));
    EXPECT_TRUE(is_declaration("nueron Cell { }"));
    EXPECT_TRUE(is_declaration("snn 1"));
    EXPECT_FALSE(is_declaration("exp(1)"));
    EXPECT_FALSE(is_declaration("Leaky"));
    EXPECT_FALSE(is_declaration("if 1 > 2 { 3 } else { 4 }"));
}

TEST(ReplCompleteness, blanks_and_comments_say_nothing) {
    EXPECT_FALSE(says_something("   \n"));
    EXPECT_FALSE(says_something("// a comment"));
    EXPECT_TRUE(says_something("1"));
    EXPECT_TRUE(says_something("\xff"));
}

}  // namespace
}  // namespace snnc::driver::repl
