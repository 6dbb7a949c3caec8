// Ctrl-C while a command of a session prepares its work: the command ends, the session stays.
#include <gtest/gtest.h>

#include <csignal>

#include "driver/interrupt.h"
#include "driver/repl/commands.h"

namespace snnc::driver::repl {
namespace {

class ReplInterrupt : public testing::Test {
 protected:
    void enter(const std::string& command) {
        perform(workspace, session.sources.add("<input>", command));
    }
    /// The command at a terminal at which Ctrl-C was pressed.
    void enter_interrupted(const std::string& command) {
        const InterruptWatch watch(InterruptWatch::Second::IsNoted);
        std::raise(SIGINT);
        EXPECT_THROW(enter(command), Interrupted) << command;
    }
    Session session;
    Workspace workspace{session};
};

TEST_F(ReplInterrupt, a_command_ends_and_leaves_the_last_run_as_it_was) {
    {
        const InterruptWatch watch(InterruptWatch::Second::IsNoted);  // of a Ctrl-C before
        enter(":run Leaky I = 0.3 steps = 5");
    }
    enter_interrupted(":grad sum_t(sum(cell.v))");
    enter_interrupted(":time Leaky I = 0.3");
    enter_interrupted(":run Leaky[3] I = sin(t) steps = 50");
    ASSERT_TRUE(workspace.last);
    EXPECT_EQ(workspace.last->steps(), 5);
    const InterruptWatch watch(InterruptWatch::Second::IsNoted);
    enter(":step 2");
    EXPECT_EQ(workspace.last->steps(), 7);
}

}  // namespace
}  // namespace snnc::driver::repl
