// snnc plot: every kind in the terminal, as SVG and as PNG, and what it refuses; pictures of a
// training.
#include <gtest/gtest.h>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

/// Files that pictures are made of.
class Plots : public testing::Test {
 protected:
    Plots() {
        Tensor spikes{{40, 2, 5}, std::vector<float>(400, 0)}, values{{40, 2, 5}, {}};
        for (std::size_t i = 0; i < 400; i += 7) spikes.data[i] = 1;
        for (std::size_t i = 0; i < 400; ++i) values.data.push_back(float(i % 13) / 10);
        write_npy(file("s.npy"), spikes);
        write_npy(file("v.npy"), values);
        write_text(file("log.jsonl"),
                   R"({"event":"start","network":"N","data":"d","batch":4,"seed":0}
{"event":"step","step":1,"epoch":0,"loss":2.5}
{"event":"step","step":2,"epoch":0,"loss":1.5}
{"event":"epoch","epoch":0,"train_loss":2,"test_loss":1.4,"test_accuracy":0.5,"layers":[{"name":"hidden","rate":0.1,"silent":0,"saturated":0}]}
)");
        write_safetensors(file("w.safetensors"),
                          {{"fc1.weight", {{3, 4}, std::vector<float>(12, 0.5f)}},
                           {"conv1.weight", {{2, 3, 5, 5}, std::vector<float>(150, -1)}},
                           {"fc1.bias", {{3}, {1, 2, 3}}}});
        write_text(file("mine.snn"),
                   "snn 1\n\nsurrogate narrow(x; w = 0.1) = max(0, 1 - abs(x)/w)\n");
    }

    std::string file(const std::string& name) const { return folder_.file(name); }

    static ProcessResult plot(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "plot");
        return run_snnc(arguments, {"COLUMNS=70"});
    }

    /// The same picture printed, and as files.
    void expect_everywhere(const std::vector<std::string>& arguments, const std::string& text) {
        const ProcessResult printed = plot(arguments);
        EXPECT_EQ(printed.exit_code, 0) << printed.err;
        EXPECT_NE(printed.out.find(text), std::string::npos) << printed.out;
        EXPECT_EQ(printed.out.find('\x1b'), std::string::npos);  // this is no terminal
        for (const std::string name : {"p.svg", "p.PNG"}) {
            std::vector<std::string> more = arguments;
            more.insert(more.end(), {"--out", file(name), "--title", "a title"});
            const ProcessResult written = plot(more);
            EXPECT_EQ(written.exit_code, 0) << written.err;
            EXPECT_EQ(written.out, "");
        }
        const std::string svg = read_text(file("p.svg"));
        EXPECT_TRUE(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        EXPECT_NE(svg.find("a title"), std::string::npos);
        EXPECT_TRUE(read_text(file("p.PNG")).starts_with("\x89PNG"));
    }

    void expect_refused(const std::vector<std::string>& arguments, const std::string& code,
                        const std::string& text) {
        const ProcessResult result = plot(arguments);
        EXPECT_EQ(result.exit_code, 1) << result.out;
        EXPECT_NE(result.err.find("[" + code + "]"), std::string::npos) << result.err;
        EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
    }

    TemporaryFolder folder_;
};

TEST_F(Plots, raster) {
    expect_everywhere({"raster", file("s.npy"), "--sample", "1", "--dt", "0.5ms"}, "time (ms)");
}

TEST_F(Plots, options_may_stand_before_the_kind) {
    for (const std::vector<std::string>& title :
         {std::vector<std::string>{"--title", "raster"}, {"--title=raster"}}) {
        std::vector<std::string> arguments = title;
        arguments.insert(arguments.end(), {"--cells", "1:2", "trace", file("v.npy")});
        const ProcessResult result = plot(arguments);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_NE(result.out.find("raster"), std::string::npos) << result.out;
        EXPECT_NE(result.out.find("v, cell 1"), std::string::npos) << result.out;
    }
}

TEST_F(Plots, counts) {
    expect_everywhere({"counts", file("s.npy")}, "29 spikes of 5 cells in 40 steps, 0 silent");
}

TEST_F(Plots, trace_with_spikes_and_threshold) {
    expect_everywhere(
        {"trace", file("v.npy"), "--spikes", file("s.npy"), "--threshold", "1", "--cells", "1:3"},
        "v, cell 2");
}

TEST_F(Plots, curve) { expect_everywhere({"curve", file("log.jsonl")}, "test accuracy"); }

TEST_F(Plots, the_curve_of_a_training_that_is_still_writing) {
    write_text(file("log.jsonl"), read_text(file("log.jsonl")) + "{\"event\":\"st");
    expect_everywhere({"curve", file("log.jsonl")}, "test accuracy");
}

TEST_F(Plots, weights_of_each_rank) {
    expect_everywhere({"weights", file("w.safetensors:fc1.weight")}, "fc1.weight [3, 4]");
    expect_everywhere({"weights", file("w.safetensors:conv1.weight")}, "kernels");
    expect_everywhere({"weights", file("w.safetensors:fc1.bias")}, "fc1.bias [3]");
    expect_everywhere({"weights", file("w.safetensors:fc1.weight"), "--tile", "2x2"},
                      "weights of 3 cells");
}

TEST_F(Plots, surrogates_of_the_library_and_of_a_file) {
    expect_everywhere({"surrogate", "atan", "fast_sigmoid(slope = 5)"}, "the spike");
    expect_everywhere({"surrogate", file("mine.snn"), "narrow(w = 0.5)", "--reach", "1"},
                      "what stands for its derivative");
}

TEST_F(Plots, the_surrogate_is_the_one_that_the_text_says) {
    const ProcessResult result =
        plot({"surrogate", "triangular(width = 1)", "--width", "40", "--height", "20"});
    EXPECT_NE(result.out.find("1.0 ┤"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("0.0 ┤"), std::string::npos);
}

TEST_F(Plots, network) {
    expect_everywhere(
        {"network", std::string(SNNC_SOURCE_DIR) + "/examples/05_recurrent_events.snn"},
        "● hidden            Leaky [256]       ← fc_in, hidden.recurrent");
}

TEST_F(Plots, arrays_that_are_no_recordings_are_refused) {
    write_npy(file("flat.npy"), {{5}, {1, 0, 1, 0, 1}});
    expect_refused({"raster", file("flat.npy")}, "E0707", "[steps, batch, shape…]");
    write_npy(file("empty.npy"), {{0, 1, 3}, {}});
    expect_refused({"counts", file("empty.npy")}, "E0707", "nothing to show");
    write_npy(file("nan.npy"), {{2, 1, 1}, {0, NAN}});
    expect_refused({"trace", file("nan.npy")}, "E0708", "in step 1 at cell 0");
    expect_refused({"raster", file("v.npy")}, "E0710", "spikes are 0 or 1");
    expect_refused({"raster", file("none.npy")}, "E0701", "none.npy");
}

TEST_F(Plots, parts_that_are_not_there_are_refused) {
    expect_refused({"raster", file("s.npy"), "--sample", "2"}, "E0725", "2 samples, 0 to 1");
    expect_refused({"trace", file("v.npy"), "--cells", "3:9"}, "E0725", "5 cells, 0 to 4");
    expect_refused({"trace", file("v.npy"), "--cells", "a"}, "E0801", "FIRST:END");
    expect_refused({"weights", file("w.safetensors:fc1.wieght")}, "E0711", "`fc1.weight`");
    expect_refused({"weights", file("w.safetensors")}, "E0801", "say which");
}

TEST_F(Plots, what_does_not_fit_together_is_refused) {
    write_npy(file("short.npy"), {{3, 2, 5}, std::vector<float>(30, 0)});
    expect_refused({"trace", file("v.npy"), "--spikes", file("short.npy")}, "E0707", "3 steps");
    expect_refused({"weights", file("w.safetensors:fc1.weight"), "--tile", "3x3"}, "E0707",
                   "tiles of 3 × 3");
    expect_refused({"weights", file("w.safetensors:fc1.weight"), "--tile", "3"}, "E0801", "28x28");
    expect_refused({"weights", file("w.safetensors:fc1.weight"), "--tile", "9223372036854775810x2"},
                   "E0707", "tiles of 9223372036854775810 × 2");
    expect_refused({"raster", file("s.npy"), "--dt", "3"}, "E0801", "0.1ms");
}

TEST_F(Plots, numbers_that_no_picture_can_show_are_refused) {
    expect_refused({"surrogate", "atan", "--reach", "1e308"}, "E0801", "below 1e30");
    expect_refused({"raster", file("s.npy"), "--dt", "1e308s"}, "E0801", "below 1e30");
    for (const std::string threshold : {"nan", "inf", "-inf", "-1e31"})
        expect_refused({"trace", file("v.npy"), "--threshold=" + threshold}, "E0801", "below 1e30");
}

TEST_F(Plots, a_long_network_is_drawn_smaller) {
    std::string text = "snn 1\n\nnetwork Long {\n    steps = 1\n    input x[t] : f32[2]\n\n    x";
    for (int i = 0; i < 300; ++i) text += " -> dense(2) as fc" + std::to_string(i);
    write_text(file("long.snn"), text + " -> Leaky as cells\n    output cells.s\n}\n");
    expect_everywhere({"network", file("long.snn")}, "fc299");
}

TEST_F(Plots, logs_of_something_else_are_refused) {
    write_text(file("bad.jsonl"), "{\"event\":\"step\"}\n");
    expect_refused({"curve", file("bad.jsonl")}, "E0705", "line 1");
    write_text(file("bad.jsonl"), "hello\n");
    expect_refused({"curve", file("bad.jsonl")}, "E0705", "line 1");
    write_text(file("bad.jsonl"), "");
    expect_refused({"curve", file("bad.jsonl")}, "E0705", "no step");
}

TEST_F(Plots, the_command_line_is_checked_before_the_work) {
    expect_refused({"raster", file("none.npy"), "--out", "x.gif"}, "E0801", ".svg or .png");
    expect_refused({"raster", file("none.npy"), "--out", file("no/x.svg")}, "E0715", "folder");
    expect_refused({"raster", file("s.npy"), "--width", "100000"}, "E0801", "4000");
    expect_refused({"rastr", file("s.npy")}, "E0803", "did you mean `raster`?");
    expect_refused({"raster", file("s.npy"), "--smaple", "1"}, "E0802", "`--sample`");
    expect_refused({}, "E0801", "`snnc plot` takes one of `raster`, `counts`");
    expect_refused({"--title", "raster"}, "E0801", "`snnc plot --help`");
    expect_refused({"--title", "raster", "rastr", file("s.npy")}, "E0803", "`raster`?");
}

TEST_F(Plots, a_surrogate_that_is_wrong_is_told_at_its_place_in_the_argument) {
    expect_refused({"surrogate", "atn"}, "E0201", "did you mean `atan`?");
    expect_refused({"surrogate", "nosuch"}, "E0201",
                   "NAME:1:1: error: there is no surrogate `nosuch` [E0201]\n    1 | nosuch\n");
    expect_refused({"surrogate", "nosuch(2)"}, "E0201", "there are `atan`, `boxcar`");
    expect_refused({"surrogate", file("mine.snn"), "narow"}, "E0201", "did you mean `narrow`?");
    expect_refused({"surrogate", "atan(bta = 2)"}, "E0201", "NAME:1:6: error");
    expect_refused({"surrogate", "atan(alpha = 2"}, "E0107", "NAME:1:15: error");
    expect_refused({"surrogate", "atan(alpha = 1mV)"}, "E0307", "NAME:1:1: error");
    expect_refused({"surrogate", "2 + 3"}, "E0301", "NAME:1:1: error");
    expect_refused({"surrogate", ""}, "E0801", "say which surrogate");
}

// ---- train --plot --------------------------------------------------------------------------

const std::vector<std::string> pictures{"learning_curve", "fc1.weight", "fc2.weight", "hidden.s"};

void expect_pictures(const std::string& folder) {
    for (const std::string& name : pictures) {
        EXPECT_TRUE(read_text(folder + "/" + name + ".svg").ends_with("</svg>\n")) << name;
        EXPECT_TRUE(read_text(folder + "/" + name + ".png").starts_with("\x89PNG")) << name;
    }
}

std::vector<std::string> training(const std::string& folder, const std::string& epochs) {
    return {"train",    std::string(SNNC_SOURCE_DIR) + "/examples/10_demo_mlp.snn",
            "--data",   "builtin",
            "--epochs", epochs,
            "--batch",  "1000",
            "--plot",   folder};
}

TEST(TrainingPictures, are_drawn_after_each_epoch) {
    const TemporaryFolder folder;
    const ProcessResult result = run_snnc(training(folder.file("p"), "2"));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    expect_pictures(folder.file("p"));
    const std::string curve = read_text(folder.file("p/learning_curve.svg"));
    EXPECT_NE(curve.find("Demo, builtin, batch 1000, seed 0"), std::string::npos);
    EXPECT_NE(curve.find("test accuracy"), std::string::npos);
}

TEST(TrainingPictures, change_nothing_in_the_training) {
    const TemporaryFolder folder;
    std::vector<std::string> with = training(folder.file("p"), "1");
    with.insert(with.end(), {"--out", folder.file("with.safetensors")});
    std::vector<std::string> without = training(folder.file("p"), "1");
    without.resize(without.size() - 2);
    without.insert(without.end(), {"--out", folder.file("without.safetensors")});
    ASSERT_EQ(run_snnc(with).exit_code, 0);
    ASSERT_EQ(run_snnc(without).exit_code, 0);
    EXPECT_EQ(read_text(folder.file("with.safetensors")),
              read_text(folder.file("without.safetensors")));
}

TEST(TrainingPictures, a_training_that_ends_in_an_epoch_leaves_whole_ones) {
    const TemporaryFolder folder;
    std::vector<std::string> command = training(folder.file("p"), "1");
    command.insert(command.end(), {"--max-steps", "3"});
    ASSERT_EQ(run_snnc(command).exit_code, 0);
    expect_pictures(folder.file("p"));
}

TEST(TrainingPictures, a_resumed_training_goes_on_in_the_curve_of_its_log) {
    const TemporaryFolder folder;
    const auto with_log = [&](const std::string& epochs, std::vector<std::string> more) {
        std::vector<std::string> command = training(folder.file("p"), epochs);
        more.insert(more.end(),
                    {"--log", folder.file("l.jsonl"), "--checkpoint", folder.file("c")});
        command.insert(command.end(), more.begin(), more.end());
        return run_snnc(command).exit_code;
    };
    ASSERT_EQ(with_log("1", {}), 0);
    ASSERT_EQ(with_log("2", {"--resume", folder.file("c")}), 0);
    ASSERT_EQ(run_snnc({"plot", "curve", folder.file("l.jsonl"), "--out", folder.file("whole.svg")})
                  .exit_code,
              0);
    EXPECT_EQ(read_text(folder.file("p/learning_curve.svg")), read_text(folder.file("whole.svg")));
}

TEST(TrainingPictures, a_resumed_training_goes_on_after_a_log_without_a_step) {
    const TemporaryFolder folder;
    std::vector<std::string> first = training(folder.file("p"), "1");
    first.insert(first.end(), {"--checkpoint", folder.file("c")});
    ASSERT_EQ(run_snnc(first).exit_code, 0);
    std::vector<std::string> second = training(folder.file("p"), "2");
    second.insert(second.end(), {"--resume", folder.file("c"), "--log", folder.file("l.jsonl")});
    for (const std::string log : {"", "{\"event\":\"sta"}) {
        write_text(folder.file("l.jsonl"), log);
        const ProcessResult result = run_snnc(second);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_TRUE(read_text(folder.file("l.jsonl")).starts_with("{\"event\":\"resume\""));
    }
}

TEST(TrainingPictures, one_that_cannot_be_written_ends_the_pictures_not_the_training) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.file("p/learning_curve.svg"));
    std::vector<std::string> command = training(folder.file("p"), "2");
    command.insert(command.end(), {"--out", folder.file("w.safetensors")});
    const ProcessResult result = run_snnc(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(std::filesystem::exists(folder.file("w.safetensors")));
    const auto said = result.err.find("[E0715]");
    ASSERT_NE(said, std::string::npos) << result.err;
    EXPECT_EQ(result.err.find("[E0715]", said + 1), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("goes on without pictures"), std::string::npos) << result.err;
    EXPECT_EQ(result.out.find("pictures lie in"), std::string::npos) << result.out;
}

TEST(TrainingPictures, their_folder_is_looked_at_first) {
    const TemporaryFolder folder;
    write_text(folder.file("p"), "a file");
    const ProcessResult result = run_snnc(training(folder.file("p"), "1"));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("[E0715]"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace snnc::test
