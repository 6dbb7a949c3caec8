// snnc repl at a terminal, as a person uses it.
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/terminal.h"

namespace snnc::test {
namespace {

constexpr const char* prompt = "snnc> ";
constexpr const char* more = "  ... ";

class ReplTerminal : public testing::Test {
 protected:
    ReplTerminal() { terminal.read_to(prompt); }

    /// Types a line; what appears up to the next prompt.
    std::string enter(const std::string& line, const std::string& next = prompt) {
        terminal.type(line + "\n");
        return terminal.read_to(next);
    }

    /// Keys, once the line is being edited: before that the terminal takes control keys, and what
    /// was typed before them is lost.
    void press(const std::string& key) {
        terminal.wait_for_keys();
        terminal.type(key);
    }

    /// A cell of several lines, whose output has this name.
    std::string define_cell(const std::string& call = "exp(-1/10)") {
        enter("neuron Cell {", more);
        enter("    input  I", more);
        enter("    output s", more);
        enter("    state  v = 0", more);
        enter("    v[t] = " + call + "*v[t-1] + I - step(v[t-1] - 1)", more);
        enter("    s[t] = spike(v - 1)", more);
        return enter("}");
    }

    std::vector<std::string> environment() const {
        return {"XDG_STATE_HOME=" + folder.file("state"), "SNNC_CACHE=" + folder.file("cache"),
                "HOME=" + folder.path().string(), "NO_COLOR=1"};
    }

    TemporaryFolder folder;
    Terminal terminal{{SNNC_BINARY, "repl"}, environment()};
};

void expect_holds(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in:\n" << text;
}

TEST_F(ReplTerminal, a_session) {
    // Misspelt, told with a caret, corrected.
    const std::string mistake = define_cell("exq(-1/10)");
    expect_holds(mistake, "<input 1>:5:12: error");
    expect_holds(mistake, "exq(-1/10)*v[t-1]");
    expect_holds(mistake, "^^^");
    expect_holds(mistake, "did you mean `exp`?");
    expect_holds(define_cell(), "neuron Cell");

    const std::string run = enter(":run Cell I = 0.3 steps = 50");
    expect_holds(run, "50 steps of Cell");
    expect_holds(run, "cell.s");
    expect_holds(run, " spikes");
    expect_holds(enter(":plot v"), "cell.v");

    // Redefined: the next run is of the new cell.
    expect_holds(define_cell("0.0"), "neuron Cell, redefined");
    expect_holds(enter(":run"), "0 spikes");
    expect_holds(enter(":step 5"), "5 steps of Cell, from step 50");

    terminal.type(":quit\n");
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(ReplTerminal, tab_completes_names_and_shows_what_there_is) {
    terminal.type(":ru\t Leak\t");
    terminal.read_to("Leaky");
    expect_holds(enter(" I = 0.5 steps = 3"), "3 steps of Leaky");
    terminal.type(":he\t gr\t\n");
    expect_holds(terminal.read_to(prompt), "a loss and its gradients");
    terminal.type("fast_sig\t(0)\n");
    expect_holds(terminal.read_to(prompt), "1");
    terminal.type(":l\t");
    const std::string offered = terminal.read_to(":load");
    expect_holds(offered + terminal.read_to(prompt), ":list");
}

TEST_F(ReplTerminal, the_up_key_brings_back_whole_inputs) {
    define_cell();
    expect_holds(enter("1 + 1"), "2");
    terminal.type(std::string(key_up) + " + 40\n");
    expect_holds(terminal.read_to(prompt), "42");
    terminal.type(std::string(key_up) + key_up + key_up + "\n");
    expect_holds(terminal.read_to("redefined"), "neuron Cell");
}

TEST_F(ReplTerminal, the_history_is_there_in_the_next_session) {
    enter("6*7");
    press(control_d);
    EXPECT_EQ(terminal.wait(), 0);
    Terminal next({SNNC_BINARY, "repl"}, environment());
    next.read_to(prompt);
    next.type(std::string(key_up) + "\n");
    expect_holds(next.read_to("42"), "6*7");
}

TEST_F(ReplTerminal, control_c_abandons_an_input) {
    enter("neuron Half {", more);
    terminal.type("    input");
    press(control_c);
    terminal.read_to(prompt);
    expect_holds(enter("1 + 2"), "3");
    expect_holds(enter(":type Half"), "error");
}

TEST_F(ReplTerminal, two_empty_lines_abandon_an_input) {
    enter("neuron Half {", more);
    enter("", more);
    enter("");
    expect_holds(enter("1 + 2"), "3");
}

TEST_F(ReplTerminal, control_c_ends_a_run_and_keeps_its_steps) {
    enter("neuron Clock {", more);
    enter("    output y", more);
    enter("    state v = 0", more);
    enter("    v[t] = 0.5*v[t-1] + 1", more);
    enter("    y[t] = v", more);
    enter("}");
    enter(":run Clock steps = 5");
    press(":step 1000000000\n");
    terminal.read_to("1000000000\n");
    // Before the command is at work Ctrl-C says nothing.
    do {
        terminal.type(control_c);
    } while (terminal.read_some().find(prompt) == std::string::npos);
    terminal.read_to("interrupted before the other");
    terminal.read_to(prompt);
    terminal.type(":step 5\n");
    terminal.read_to("5 steps of Clock");
}

TEST_F(ReplTerminal, a_history_that_cannot_be_kept_is_said) {
    write_text(folder.file("state"), "no folder");
    press(control_d);
    const std::string end = terminal.read_to("[E0715]");
    expect_holds(end, "the history of this session is not kept");
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(ReplTerminal, control_d_ends_the_session) {
    enter("1 + 1");
    press(control_d);
    EXPECT_EQ(terminal.wait(), 0);
}

}  // namespace
}  // namespace snnc::test
