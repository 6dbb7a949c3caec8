// snnc train and eval: what they learn, keep, log, and how they go on after a stop.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

class Training : public testing::TestWithParam<std::string> {
 protected:
    std::vector<std::string> with_backend(std::vector<std::string> more) const {
        more.insert(more.end(), {"--backend", GetParam()});
        return more;
    }
};

TEST_P(Training, learns_and_logs) {
    const SmallCase small(60);
    const ProcessResult result = small.run(
        "train",
        with_backend({"--epochs", "15", "--log", small.file("log.jsonl"), "--out",
                      small.file("w.safetensors"), "--test-input", "image=" + small.file("x.npy"),
                      "--test-target", "label=" + small.file("y.npy")}));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("the weights lie in"), std::string::npos) << result.out;

    const std::string log = read_text(small.file("log.jsonl"));
    const Json start = Json::parse(log.substr(0, log.find('\n')));
    EXPECT_EQ(start.at("event"), "start");
    EXPECT_EQ(start.at("seed"), 1);
    EXPECT_TRUE(start.contains("target"));
    EXPECT_TRUE(start.at("versions").contains("snnc"));
    const auto steps = events(log, "step"), epochs = events(log, "epoch");
    ASSERT_EQ(steps.size(), 15u * 8u);  // 60 samples in batches of 8: the last has 4
    EXPECT_EQ(steps.back().at("step"), 120);
    EXPECT_EQ(steps.back().at("epoch"), 14);
    EXPECT_TRUE(steps.back().contains("samples_per_s"));
    ASSERT_EQ(epochs.size(), 15u);
    EXPECT_LT(epochs.back().at("train_loss"), epochs.front().at("train_loss"));
    EXPECT_TRUE(epochs.back().contains("test_accuracy"));
    EXPECT_TRUE(epochs.back().contains("seconds"));

    const ProcessResult eval =
        small.run("eval", with_backend({"--weights", small.file("w.safetensors"), "--json"}));
    ASSERT_EQ(eval.exit_code, 0) << eval.err;
    const Json measured = Json::parse(eval.out);
    EXPECT_NEAR(measured.at("accuracy"), epochs.back().at("test_accuracy"), 1e-6);
    EXPECT_NEAR(measured.at("loss"), epochs.back().at("test_loss"), 1e-4);
}

TEST_P(Training, resumes_to_the_same_numbers) {
    const SmallCase small(60);
    const auto train = [&](std::vector<std::string> more) {
        const ProcessResult result = small.run("train", with_backend(std::move(more)));
        ASSERT_EQ(result.exit_code, 0) << result.err;
    };
    train({"--out", small.file("whole.safetensors"), "--log", small.file("whole.jsonl")});
    train({"--max-steps", "11", "--checkpoint", small.file("saved"), "--log",
           small.file("pieces.jsonl")});
    train({"--resume", small.file("saved"), "--out", small.file("pieces.safetensors"), "--log",
           small.file("pieces.jsonl")});
    EXPECT_EQ(read_text(small.file("whole.safetensors")),
              read_text(small.file("pieces.safetensors")));
    const auto whole = events(read_text(small.file("whole.jsonl")), "step");
    const auto pieces = events(read_text(small.file("pieces.jsonl")), "step");
    ASSERT_EQ(whole.size(), pieces.size());
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(whole[i]["loss"], pieces[i]["loss"]);
    EXPECT_EQ(events(read_text(small.file("whole.jsonl")), "epoch")[1]["train_loss"],
              events(read_text(small.file("pieces.jsonl")), "epoch")[1]["train_loss"]);
}

TEST_P(Training, does_not_depend_on_threads) {
    const SmallCase small(60);
    for (const char* threads : {"1", "3"}) {
        ASSERT_EQ(
            small.run("train", with_backend({"--threads", threads, "--out", small.file(threads)}))
                .exit_code,
            0);
    }
    EXPECT_EQ(read_text(small.file("1")), read_text(small.file("3")));
}

TEST(TrainingData, generated_set_says_what_it_is) {
    const SmallCase small;
    write_text(small.file("net.snn"),
               "network N {\n    steps = 4\n    input image : f32[784] in [0, 1]\n"
               "    image -> dense(10) as fc -> LI as out\n    output out.v\n}\n\n"
               "train of N {\n    target label : class[10]\n    loss = ce(mean_t(out.v), label)\n"
               "    metric = accuracy(mean_t(out.v), label)\n    optimizer = adam(lr = 1e-2)\n"
               "    batch = 100\n}\n");
    const ProcessResult result =
        small.run("train", {"--data", "builtin", "--log", small.file("log.jsonl")}, false);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("builtin"), std::string::npos);
    const Json epoch = events(read_text(small.file("log.jsonl")), "epoch").at(0);
    EXPECT_GT(epoch.at("test_accuracy").get<double>(), 0.6);
}

/// Starts the tool, sends a signal when the log has some lines, and returns the exit code.
int interrupt(const SmallCase& small, int signal_number) {
    const pid_t child = fork();
    if (child == 0) {
        const int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        const std::string net = small.file("net.snn"), x = "image=" + small.file("x.npy"),
                          y = "label=" + small.file("y.npy"), log = small.file("log.jsonl"),
                          out = small.file("w.safetensors"), saved = small.file("saved");
        execl(SNNC_BINARY, SNNC_BINARY, "train", net.c_str(), "--input", x.c_str(), "--target",
              y.c_str(), "--epochs", "1000000", "--log", log.c_str(), "--out", out.c_str(),
              "--checkpoint", saved.c_str(), "--every", "1000000", "--validation", "0.2", nullptr);
        _exit(99);
    }
    std::error_code ignored;
    for (int i = 0; i < 1000; ++i) {
        const auto size = std::filesystem::file_size(small.file("log.jsonl"), ignored);
        if (!ignored && size > 2000) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    kill(child, signal_number);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Interrupted, training_keeps_what_was_reached) {
    for (const int number : {SIGINT, SIGTERM}) {
        const SmallCase small(60);
        EXPECT_EQ(interrupt(small, number), 128 + number);
        EXPECT_EQ(read_safetensors(small.file("w.safetensors")).size(), 4u);
        EXPECT_EQ(read_safetensors(small.file("w.best.safetensors")).size(), 4u);
        const std::string log = read_text(small.file("log.jsonl"));
        ASSERT_EQ(events(log, "interrupted").size(), 1u);
        // The checkpoint is of the step that was reached last.
        const auto reached = events(log, "interrupted")[0].at("step").get<std::int64_t>();
        EXPECT_EQ(events(log, "step").back().at("step"), reached);
        const ProcessResult more =
            small.run("train", {"--resume", small.file("saved"), "--epochs", "1000000",
                                "--validation", "0.2", "--max-steps", std::to_string(reached + 2),
                                "--log", small.file("more.jsonl")});
        EXPECT_EQ(more.exit_code, 0) << more.err;
        EXPECT_EQ(events(read_text(small.file("more.jsonl")), "step").front().at("step"),
                  reached + 1);
    }
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif
INSTANTIATE_TEST_SUITE_P(backend, Training, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

TEST(Training, tells_how_often_cells_fire_and_warns_of_silent_layers) {
    const SmallCase small;
    const ProcessResult well = small.run("train", {"--log", small.file("log")});
    EXPECT_NE(well.out.find("hidden fires in "), std::string::npos) << well.out;
    EXPECT_EQ(well.err.find("W0604"), std::string::npos) << well.err;
    std::istringstream lines(read_text(small.file("log")));
    int epochs = 0;
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.at("event") != "epoch") continue;
        ++epochs;
        const Json& hidden = event.at("layers").at(0);
        EXPECT_EQ(hidden.at("name"), "hidden");
        for (const char* share : {"rate", "silent", "saturated"}) {
            EXPECT_GE(hidden.at(share).get<double>(), 0);
            EXPECT_LE(hidden.at(share).get<double>(), 1);
        }
        EXPECT_GT(event.at("gradient_norms").at("fc2").get<double>(), 0);
    }
    EXPECT_EQ(epochs, 3);

    const ProcessResult silent = small.run("train", {"--set", "hidden.theta=1000"});
    EXPECT_EQ(silent.exit_code, 0);
    EXPECT_NE(silent.err.find("no cell of `hidden` fired after epoch 1"), std::string::npos);
    EXPECT_NE(silent.err.find("[W0604]"), std::string::npos) << silent.err;
    EXPECT_EQ(silent.err.find("after epoch 2"), std::string::npos) << "warned twice";

    // The spikes of a read-out that is judged by its membrane mean nothing.
    std::string text = small_network;
    text.replace(text.find("count(out.s)"), 12, "last(out.v)");
    const SmallCase judged_by_membrane;
    write_text(judged_by_membrane.file("net.snn"), text);
    const ProcessResult quiet = judged_by_membrane.run("train", {"--set", "out.theta=1000"});
    EXPECT_EQ(quiet.exit_code, 0) << quiet.err;
    EXPECT_EQ(quiet.err.find("W0604"), std::string::npos) << quiet.err;
}

}  // namespace
}  // namespace snnc::test
