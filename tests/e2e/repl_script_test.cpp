// snnc repl without a terminal: `snnc repl [FILE] < script`.
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

constexpr const char* cell =
    "neuron Cell {\n"
    "    input  I\n"
    "    output s\n"
    "    param  beta = 0.9\n"
    "    state  v = 0\n\n\n"
    "    v[t] = beta*v[t-1] + I - step(v[t-1] - 1)\n"
    "    s[t] = spike(v - 1)\n"
    "}\n";

class ReplScript : public testing::Test {
 protected:
    ProcessResult run(const std::string& script, std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.begin(), "repl");
        return run_snnc(arguments, environment(), script);
    }
    /// What is printed of a script in which nothing fails.
    std::string out(const std::string& script, const std::vector<std::string>& arguments = {}) {
        const ProcessResult result = run(script, arguments);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.err, "");
        return result.out;
    }
    /// What is told of a script in which something fails.
    std::string told(const std::string& script) {
        const ProcessResult result = run(script);
        EXPECT_EQ(result.exit_code, 1) << result.out;
        return result.err;
    }
    /// Output and messages, in the order in which they came.
    std::string all_told(const std::string& script) {
        return run_process({"/bin/sh", "-c", "exec \"$0\" repl 2>&1", SNNC_BINARY}, environment(),
                           script)
            .out;
    }
    std::vector<std::string> environment() const {
        return {"SNNC_CACHE=" + folder.file("cache"), "HOME=" + folder.path().string()};
    }
    TemporaryFolder folder;
};

void expect_holds(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in:\n" << text;
}

TEST_F(ReplScript, a_step_that_fails_leaves_the_run_as_it_was) {
    const std::string begin = std::string(cell) + ":run Cell I = 0.3 steps = 5\n";
    const ProcessResult failed = run(begin + ":step 2 I = nosuch\n:step 2\n");
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_NE(failed.err.find("`nosuch`"), std::string::npos) << failed.err;
    EXPECT_NE(failed.out.find("2 steps of Cell, from step 5"), std::string::npos) << failed.out;
    EXPECT_EQ(out(":set seed = none\n:set threads = none\n"), "");
}

TEST_F(ReplScript, expressions_have_values_and_units) {
    EXPECT_EQ(out("exp(0)\n"), "1\n");
    EXPECT_EQ(out("5ms/20ms\n"), "0.25\n");
    EXPECT_EQ(out("5mV + 1mV\n"), "6 mV\n");
    EXPECT_EQ(out("1nA*2MOhm\n"), "2 mV\n");
    EXPECT_EQ(out("fn twice(x) = 2*x\ntwice(\n  21)\n"), "fn twice\n42\n");
    EXPECT_EQ(out("fast_sigmoid(0)\nfast_sigmoid(1, slope = 1)\n"), "1\n0.25\n");
}

TEST_F(ReplScript, a_mistake_is_told_at_its_place_and_the_session_goes_on) {
    const ProcessResult result = run("5 ms\nexq(1)\n1 + 1\n");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "2\n");
    expect_holds(result.err, "<input 1>:1:1: error");
    expect_holds(result.err, "<input 2>:1:1: error");
    expect_holds(result.err, "did you mean `exp`?");
}

TEST_F(ReplScript, a_cell_runs_by_itself) {
    const std::string text = out(cell + std::string(":run Cell I = 0.3 steps = 20\n"));
    expect_holds(text, "neuron Cell\n20 steps of Cell");
    expect_holds(text, "cell.s");
    expect_holds(text, "cell.v");
}

TEST_F(ReplScript, both_back_ends_say_the_same) {
    const std::string runs = ":run Leaky[3](beta = 0.8) I ~ uniform(0, 1) steps = 30 seed = 4\n";
    const auto numbers = [](const std::string& text) { return text.substr(text.find('\n')); };
    EXPECT_EQ(numbers(out(runs)), numbers(out(":set backend = interpret\n" + runs)));
}

TEST_F(ReplScript, a_run_in_pieces_is_the_whole_run) {
    const std::string inputs = "I = sin(t) + 0.3 steps = ";
    const std::string whole =
        out(std::string(cell) + ":run Cell " + inputs + "600\n:step 1\n:step 1 I = 0\n");
    const std::string pieces =
        out(std::string(cell) + ":run Cell " + inputs + "300\n:step 300\n:step 1\n:step 1 I = 0\n");
    const auto end = [](const std::string& text) { return text.substr(text.rfind("  cell.s")); };
    EXPECT_EQ(end(whole), end(pieces));
}

TEST_F(ReplScript, inputs_have_the_units_of_their_ports) {
    const std::string lif =
        "neuron Lif {\n    input I\n    output s\n    param tau = 20ms\n    param R = 100MOhm\n"
        "    state v = -70mV\n    dv/dt = (-70mV - v + R*I)/tau\n    s[t] = spike(v + 50mV)\n}\n"
        ":set dt = 0.1ms\n";
    expect_holds(out(lif + ":run Lif I = 0.1nA steps = 10\n"), " mV");
    expect_holds(out(lif + ":type Lif\n"), "input  I    in ");
    const std::string mistake = told(lif + ":run Lif I = 3mV steps = 10\n");
    expect_holds(mistake, "the input `I` takes a current");
    expect_holds(mistake, "^^^");
    expect_holds(told(lif + ":set dt = none\n:run Lif I = 1nA\n"), "E0411");
}

TEST_F(ReplScript, networks_run_on_files_and_expressions) {
    const SmallCase small;
    const std::string net = small.file("net.snn");
    expect_holds(out(":run Small image = " + small.file("x.npy") + "\n", {net}), "20 samples");
    expect_holds(out(":run image = 0.5\n", {net}), "5 steps of Small");
    expect_holds(told(":load " + net + "\n:run image = 1.5\n"), "E0710");
    expect_holds(told(":load " + net + "\n:run Small\n"), "E0716");
    expect_holds(told(":load " + net + "\n:run Small imege = 1\n"), "did you mean `image`?");
}

TEST_F(ReplScript, gradients_of_a_loss_and_of_a_train_block) {
    const SmallCase small;
    const std::string net = small.file("net.snn");
    const std::string block = out(":run image = 0.5\n:grad label = 1\n", {net});
    expect_holds(block, "loss ");
    expect_holds(block, "fc1.weight   [6, 4]: norm ");
    // Of the leaky cell's membrane after one step, v = I: its derivative is 1.
    const std::string cell_gradient =
        out(":run Leaky I = 0.5 steps = 1\n:grad sum_t(sum(cell.v))\n");
    expect_holds(cell_gradient, "loss 0.5\n  input.I  1\n");
    expect_holds(told(":run Leaky I = 1\n:grad sum(cell.x)\n"), "<input 2>:1:");
}

TEST_F(ReplScript, pictures_are_drawn_and_written) {
    const std::string file = folder.file("course.svg");
    const std::string text =
        out(std::string(cell) + ":run Cell I = 0.3 steps = 20\n:plot v\n:plot s v " + file + "\n");
    expect_holds(text, "cell.v");
    expect_holds(read_text(file), "<svg");
    expect_holds(told(":run Leaky I = 0.3\n:plot w\n"), "[E0805]");
    expect_holds(told(":run Leaky I = 0.3\n:plot v x.gif\n"), "[E0805]");
}

TEST_F(ReplScript, the_file_of_a_picture_may_be_quoted_and_of_any_case) {
    const std::string file = folder.file("a course.SVG");
    out(":run Leaky I = 0.3\n:plot v \"" + file + "\"\n");
    expect_holds(read_text(file), "<svg");
    const std::string run = ":run Leaky I = 0.3\n";
    expect_holds(told(run + ":plot v one.svg two.PNG\n"),
                 "one file, and `one.svg` is named already [E0801]\n"
                 "    1 | :plot v one.svg two.PNG\n"
                 "      |                 ^^^^^^^\n");
    EXPECT_FALSE(std::filesystem::exists("one.svg"));
    expect_holds(told(run + ":plot v \"x.gif\"\n"), ".svg or .png [E0801]");
    expect_holds(told(run + ":plot v \"x.svg\n"), "not closed [E0801]");
}

TEST_F(ReplScript, commands_that_fail_show_their_place) {
    const std::string run = ":run Leaky I = 0.3\n";
    const auto caret = [](const std::string& line, const std::string& carets) {
        return "    1 | " + line + "\n      | " + carets + "\n";
    };
    expect_holds(told(run + ":plot v nosuch\n"), caret(":plot v nosuch", "        ^^^^^^"));
    expect_holds(told(run + ":plot nosuch/x.svg\n"),
                 "`nosuch/x.svg` cannot be written: its folder is not there [E0715]\n" +
                     caret(":plot nosuch/x.svg", "      ^^^^^^^^^^^^"));
    expect_holds(told(":plot v\n"), caret(":plot v", "      ^"));
    expect_holds(told(":drop\n"), caret(":drop", " ^^^^"));
    expect_holds(told(":drop  nosuch\n"), caret(":drop  nosuch", "       ^^^^^^"));
    expect_holds(told(":save\n"), caret(":save", " ^^^^"));
    expect_holds(told("fn f(x) = x\n:save nosuch/x.snn\n"),
                 caret(":save nosuch/x.snn", "      ^^^^^^^^^^^^"));
    expect_holds(told(":type\n"), caret(":type", " ^^^^"));
}

TEST_F(ReplScript, a_mistake_in_the_number_of_cells_is_told_once) {
    const std::string text = told(":run Leaky[0] I = 2\n");
    expect_holds(text, "<input 1>:1:12: error");
    EXPECT_EQ(text.find("[E0304]"), text.rfind("[E0304]")) << text;
}

TEST_F(ReplScript, names_behind_the_scenes_are_free_and_not_told) {
    const std::string own =
        "neuron Source {\n    input I\n    output s\n    s[t] = spike(I)\n}\n"
        "network SourceOfRun {\n    steps = 3\n    input x : f32[2]\n"
        "    x -> Source as source\n    output source.s\n}\n";
    expect_holds(out(own + ":run Source I = 2\n:run SourceOfRun x = 1\n"),
                 "3 steps of SourceOfRun");
    expect_holds(told(":run Leaky I = w + 1\n"), "`w` is not declared in `input I` [E0201]");
    const std::string itself = told(":run Leaky I = I + 1\n");
    expect_holds(itself, "<input 1>:1:16: error: within one step `I` needs `I` [E0403]");
    EXPECT_EQ(itself.find("<the input"), std::string::npos) << itself;
}

TEST_F(ReplScript, inputs_go_on_with_the_steps) {
    const auto last = [](const std::string& text) { return text.substr(text.rfind("  cell.s")); };
    const std::string begin = ":run Leaky(beta = 0.8) I = I[t-1] + sin(t)/steps steps = ";
    // `steps` are those of the run; that it goes on does not change what was worked out.
    const std::string one_by_one = begin + "10\n:step\n:step\n:step\n";
    EXPECT_EQ(last(out(one_by_one)), last(out(begin + "10\n:step 2\n:step\n")));
    // Another expression begins where it is given, in a run that has its steps.
    expect_holds(out(":run LI(beta = 0) I = 0 steps = 7\n:step 3 I = t\n"),
                 "cell.v  mean 8, from 7 to 9");
    const std::string file = folder.file("x.npy");
    write_npy(file, {{5, 1, 1}, std::vector<float>(5, 0.5f)});
    const ProcessResult beyond = run(":run Leaky I = " + file + "\n:step 2\n:step 2 I = 0\n");
    expect_holds(beyond.err, "has values for 5 steps, and the run comes to step 7 [E0718]");
    expect_holds(beyond.out, "2 steps of Leaky, from step 5");
}

TEST_F(ReplScript, stages_and_types_are_shown) {
    expect_holds(out(":emit equations Leaky(beta = 0.8)\n"), "0.8*cell.v[t-1]");
    expect_holds(out(":emit grad Leaky loss = sum_t(sum(cell.v))\n"), "adj(cell.v)[t]");
    expect_holds(out(":type Leaky\n"), "param  beta = 0.9");
    expect_holds(out(":type 5mV/20ms\n"), "mV/ms");
    expect_holds(out("fn f(x) = x\n:list\n"), "fn        f\n");
    expect_holds(out(":help\n"), ":run");
    expect_holds(out(":set seed = 3\n:set\n"), "seed = 3");
    expect_holds(out(":time Leaky I = 0.3 steps = 10\n"), " a step: ");
}

TEST_F(ReplScript, definitions_are_saved_and_loaded) {
    const std::string file = folder.file("saved.snn");
    out(cell + std::string("fn f(x)=x\n:save ") + file + "\n");
    EXPECT_EQ(run_snnc({"fmt", "--check", file}).exit_code, 0);
    EXPECT_TRUE(read_text(file).starts_with("snn 1\n\nneuron Cell {"));
    expect_holds(out(":load " + file + "\nf(3)\n"), "neuron Cell\nfn f\n3\n");
}

TEST_F(ReplScript, a_session_without_definitions_is_not_saved) {
    const std::string file = folder.file("saved.snn");
    expect_holds(told(":save " + file + "\n"), "defines nothing that could be saved [E0801]");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ReplScript, imports_are_found_from_their_own_file) {
    std::filesystem::create_directory(folder.file("sub"));
    write_text(folder.file("sub/parts.snn"), "fn part(x) = 3*x\n");
    write_text(folder.file("sub/main.snn"), "import \"parts.snn\" (part)\n");
    write_text(folder.file("script"), "");
    EXPECT_EQ(out(":load " + folder.file("sub/main.snn") + "\npart(2)\n:save " +
                  folder.file("copy.snn") + "\n"),
              "import " + folder.file("sub/parts.snn") + "\n6\n1 definitions in " +
                  folder.file("copy.snn") + "\n");
}

TEST_F(ReplScript, commands_that_are_wrong) {
    expect_holds(told(":rnu\n"), "did you mean `run`?");
    expect_holds(told(":rnu\n"), "[E0821]");
    expect_holds(told(":step\n"), "[E0823]");
    expect_holds(told(":set threads = 4294967297\n"), "at most 1024 threads");
    expect_holds(told(":set dt = foo\n"), "<input 1>:1:11: error");
    expect_holds(told(":set dt = -1ms\n"), "longer than 0");
    EXPECT_NE(out(":set hidden.beta = 0.8\n:run Leaky I = 1\n").find("100 steps"),
              std::string::npos);
    expect_holds(told(":plot\n"), "[E0823]");
    expect_holds(told(":run\n"), "[E0823]");
    expect_holds(told(":emit equatons Leaky\n"), "did you mean `equations`?");
    expect_holds(told(":set stps = 3\n"), "did you mean `steps`?");
    expect_holds(told(":set backend = fast\n"), "[E0801]");
    expect_holds(told(":load " + folder.file("absent.snn") + "\n"), "[E0701]");
    expect_holds(told(":run Leeky I = 1\n"), "did you mean `Leaky`, `RLeaky`?");
    expect_holds(told(":run Leaky J = 1\n"), "it has `I`");
    expect_holds(told(":run Leaky(bta = 1)\n"), "<input 1>:1:12");
    expect_holds(told(":run Leaky I = nosuch\n"), "<input 1>:1:16");
    expect_holds(told(":run Leaky I = 1 steps = 0\n"), "[E0801]");
    expect_holds(told(":drop Nothing\n"), "[E0201]");
    expect_holds(told("neuron Open {\n"), "[E0107]");
    expect_holds(told("1 + \xff\n"), "[E0102]");
}

TEST_F(ReplScript, a_change_that_breaks_a_network_is_refused) {
    const std::string text =
        told(std::string(cell) +
             "network Net {\n    steps = 3\n    pop : Cell[2]\n    output pop.s, pop.v\n}\n"
             "neuron Cell {\n    output s\n    s[t] = 1\n}\n:run Net\n");
    expect_holds(text, "`Cell` is not redefined: `Net` would not work with it [E0822]");
    expect_holds(text, "<input 2>:4:");
}

/// Times differ from run to run.
std::string without_times(const std::string& text) {
    return std::regex_replace(text, std::regex(R"(\([0-9.e+-]+ ms\))"), "(… ms)");
}

TEST_F(ReplScript, the_session_of_the_how_to_page_runs_as_it_is_shown) {
    const std::string page =
        read_text(std::filesystem::path(SNNC_SOURCE_DIR) / "docs/how_to/use_the_repl.md");
    const auto begin = page.find("```\nsnnc> ") + 4;
    std::istringstream lines(page.substr(begin, page.find("\n```", begin) - begin));
    std::string script, shown;
    for (std::string line; std::getline(lines, line);) {
        const bool is_input = line.starts_with("snnc> ") || line.starts_with("  ... ");
        (is_input ? script : shown) += (is_input ? line.substr(6) : line) + "\n";
    }
    EXPECT_EQ(without_times(all_told(script)), without_times(shown));
}

}  // namespace
}  // namespace snnc::test
