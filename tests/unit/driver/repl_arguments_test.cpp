// What stands behind a command: a subject and values by name.
#include <gtest/gtest.h>

#include "driver/repl/arguments.h"
#include "driver/session.h"

namespace snnc::driver::repl {
namespace {

class ReplArguments : public testing::Test {
 protected:
    Arguments split(const std::string& text) {
        return split_arguments(sources, {sources.add("", text), 0, std::uint32_t(text.size())});
    }
    Code code_of(const std::string& text) {
        try {
            split(text);
        } catch (const Failure& failure) {
            return failure.diagnostic.code;
        }
        ADD_FAILURE() << text;
        return {};
    }
    SourceManager sources;
};

TEST_F(ReplArguments, the_subject_stands_before_the_first_value) {
    const Arguments arguments = split("Leaky[3](beta = 0.8) I = 0.3 steps = 100");
    EXPECT_EQ(arguments.subject, "Leaky[3](beta = 0.8)");
    ASSERT_EQ(arguments.given.size(), 2u);
    EXPECT_EQ(arguments.given[0].name, "I");
    EXPECT_EQ(arguments.given[0].value, "0.3");
    EXPECT_EQ(arguments.given[1].name, "steps");
    EXPECT_EQ(arguments.given[1].value, "100");
}

TEST_F(ReplArguments, values_are_expressions_draws_and_files) {
    const Arguments arguments =
        split("I = if t > 3 { 1 } else { 0 } J ~ normal(0, 1) x=dir/x.npy hidden.beta=0.5");
    EXPECT_EQ(arguments.subject, "");
    ASSERT_EQ(arguments.given.size(), 4u);
    EXPECT_EQ(arguments.given[0].value, "if t > 3 { 1 } else { 0 }");
    EXPECT_TRUE(arguments.given[1].draws);
    EXPECT_EQ(arguments.given[1].value, "normal(0, 1)");
    EXPECT_EQ(arguments.given[2].value, "dir/x.npy");
    EXPECT_EQ(arguments.given[3].name, "hidden.beta");
}

TEST_F(ReplArguments, places_are_those_of_the_text) {
    const Arguments arguments = split("Leaky  I =  0.3 ");
    EXPECT_EQ(sources.text(arguments.subject_range), "Leaky");
    EXPECT_EQ(sources.text(arguments.given[0].value_range), "0.3");
    EXPECT_EQ(arguments.given[0].value_range.begin, 12u);
}

TEST_F(ReplArguments, a_value_that_lacks_or_comes_twice_is_refused) {
    EXPECT_EQ(code_of("I ="), Code::BadCommandLine);
    EXPECT_EQ(code_of("I = J = 2"), Code::BadCommandLine);
    EXPECT_EQ(code_of("I = 1 I = 2"), Code::BadCommandLine);
}

TEST_F(ReplArguments, words_stand_between_blanks_or_in_quotes) {
    const std::string text = " v  \"my course.svg\" s";
    const auto words = words_of(sources, {sources.add("", text), 0, std::uint32_t(text.size())});
    ASSERT_EQ(words.size(), 3u);
    EXPECT_EQ(words[0].text, "v");
    EXPECT_EQ(words[1].text, "my course.svg");
    EXPECT_TRUE(words[1].quoted);
    EXPECT_EQ(sources.text(words[1].range), "\"my course.svg\"");
    EXPECT_EQ(words[2].text, "s");
    const FileId open = sources.add("", "v \"course");
    EXPECT_THROW(words_of(sources, {open, 0, 9}), Failure);
}

TEST_F(ReplArguments, what_is_taken_is_not_there_any_more) {
    Arguments arguments = split("I = 1 steps = 7");
    EXPECT_EQ(to_whole(*arguments.take("steps")), 7);
    EXPECT_FALSE(arguments.take("steps"));
    EXPECT_EQ(arguments.given.size(), 1u);
    EXPECT_THROW(to_whole({"steps", false, "0", {}, {}}), Failure);
    EXPECT_THROW(to_whole({"steps", false, "2.5", {}, {}}), Failure);
}

}  // namespace
}  // namespace snnc::driver::repl
