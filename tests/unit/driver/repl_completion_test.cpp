// What the tab key offers.
#include <gtest/gtest.h>

#include <algorithm>

#include "driver/repl/completion.h"

namespace snnc::driver::repl {
namespace {

using Strings = std::vector<std::string>;

class ReplCompletion : public testing::Test {
 protected:
    ReplCompletion() {
        workspace.definitions.define(
            session.sources.add("<input 1>", "neuron Wobbly { output y\n y[t] = 1 }"));
    }
    Strings candidates(const std::string& text) { return complete(workspace, text).candidates; }
    bool offers(const std::string& text, const std::string& word) {
        const Strings all = candidates(text);
        return std::find(all.begin(), all.end(), word) != all.end();
    }
    Session session;
    Workspace workspace{session};
};

TEST_F(ReplCompletion, commands) {
    EXPECT_EQ(candidates(":ru"), Strings{":run"});
    EXPECT_EQ(candidates(":help ty"), Strings{"type"});
    EXPECT_EQ(candidates(":emit eq"), Strings{"equations"});
    EXPECT_EQ(candidates(":set back"), Strings{"backend"});
}

TEST_F(ReplCompletion, names_of_the_session_and_of_the_library) {
    EXPECT_EQ(candidates(":run Wob"), Strings{"Wobbly"});
    EXPECT_TRUE(offers(":run Lea", "Leaky"));
    EXPECT_TRUE(offers("x -> Lea", "Leaky"));
    EXPECT_TRUE(offers("2*fast_", "fast_sigmoid"));
}

TEST_F(ReplCompletion, keywords_and_functions) {
    EXPECT_EQ(candidates("neur"), Strings{"neuron"});
    EXPECT_TRUE(offers("tan", "tanh"));
}

TEST_F(ReplCompletion, the_word_before_the_cursor_is_completed) {
    EXPECT_EQ(complete(workspace, "1 + tan").length, 3u);
    EXPECT_EQ(complete(workspace, ":ru").length, 3u);
}

TEST_F(ReplCompletion, stages_stand_first_behind_emit_and_cells_second) {
    EXPECT_EQ(candidates(":emit equations Wob"), Strings{"Wobbly"});
}

}  // namespace
}  // namespace snnc::driver::repl
