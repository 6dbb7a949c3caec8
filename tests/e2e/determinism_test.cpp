// A training gives the same numbers whatever the number of threads, resumed or not; on another
// processor target the same up to rounding. With sizes that fill no vector and no batch: 7 inputs,
// 13 hidden cells, 3 classes, 3 steps, batches of 5 over 23 samples.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const char* const ragged_network =
    "network Ragged {\n"
    "    input x[t] : f32[7]\n"
    "    x -> dense(13) as fc1 -> Leaky(beta = learn 0.9 per neuron, theta = learn 1) as hidden\n"
    "      -> dense(3) as fc2 -> Leaky(beta = 0.8) as out\n"
    "    hidden.s -> dense(3, bias = false) as skip -> LI as readout\n"
    "    output out.s\n"
    "}\n"
    "train of Ragged {\n"
    "    target label : class[3]\n"
    "    loss = sum_t(ce(out.v, label)) + 1e-3*l2(fc1.weight) + 0.05*mean(sum_t(readout.v))\n"
    "    optimizer = adam(lr = 1e-2)\n"
    "    batch = 5\n"
    "    epochs = 3\n"
    "    seed = 3\n"
    "}\n";

class Ragged {
 public:
    Ragged() {
        write_text(folder_.file("n.snn"), ragged_network);
        write_npy(folder_.file("x.npy"), some_values({3, 23, 7}, 3));
        Json labels{{"shape", {23}}, {"data", Json::array()}};
        for (int i = 0; i < 23; ++i) labels["data"].push_back(i * 7 % 3);
        write_npy_labels(folder_.file("y.npy"), labels);
    }

    std::string file(const std::string& name) const { return folder_.file(name); }

    ProcessResult train(std::vector<std::string> more) const {
        std::vector<std::string> command{"train",    file("n.snn"),
                                         "--input",  "x=" + file("x.npy"),
                                         "--target", "label=" + file("y.npy")};
        command.insert(command.end(), more.begin(), more.end());
        return run_snnc(command, {"SNNC_CACHE=" + file("cache")});
    }

    std::vector<double> losses(const std::string& log) const {
        std::vector<double> result;
        std::istringstream lines(read_text(file(log)));
        for (std::string line; std::getline(lines, line);) {
            const Json event = Json::parse(line);
            if (event.at("event") == "step") result.push_back(event.at("loss"));
        }
        return result;
    }

 private:
    TemporaryFolder folder_;
};

TEST(Determinism, ThreadsAndPiecesChangeNothing) {
    const Ragged ragged;
    for (const char* threads : {"1", "2"}) {
        const std::string name = threads;
        ASSERT_EQ(ragged
                      .train({"--threads", threads, "--log", ragged.file(name + ".jsonl"), "--out",
                              ragged.file(name)})
                      .exit_code,
                  0);
    }
    EXPECT_EQ(ragged.losses("1.jsonl").size(), 15u);
    EXPECT_EQ(ragged.losses("1.jsonl"), ragged.losses("2.jsonl"));
    EXPECT_EQ(read_text(ragged.file("1")), read_text(ragged.file("2")));

    // Cut in the middle of an epoch, and go on with another number of threads.
    ASSERT_EQ(ragged.train({"--max-steps", "7", "--checkpoint", ragged.file("saved")}).exit_code,
              0);
    ASSERT_EQ(ragged
                  .train({"--resume", ragged.file("saved"), "--threads", "2", "--out",
                          ragged.file("resumed")})
                  .exit_code,
              0);
    EXPECT_EQ(read_text(ragged.file("1")), read_text(ragged.file("resumed")));
}

#ifdef SNNC_HAS_CODEGEN
TEST(Determinism, TargetsAgreeUpToRounding) {
    const Ragged ragged;
    const std::vector<std::vector<std::string>> ways{
        {"--cpu", "x86-64-v3"}, {"--cpu", "x86-64-v4"}, {"--backend", "interpret"}};
    std::vector<std::vector<double>> losses;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const std::string log = std::to_string(i) + ".jsonl";
        std::vector<std::string> options = ways[i];
        options.insert(options.end(), {"--log", ragged.file(log)});
        const ProcessResult result = ragged.train(options);
        if (result.exit_code != 0 && options[1] == "x86-64-v4") continue;  // not this processor
        ASSERT_EQ(result.exit_code, 0) << result.err;
        losses.push_back(ragged.losses(log));
    }
    for (const auto& other : losses) {
        ASSERT_EQ(other.size(), losses[0].size());
        for (std::size_t i = 0; i < other.size(); ++i)
            EXPECT_NEAR(other[i], losses[0][i], 1e-4 * std::abs(losses[0][i])) << "step " << i;
    }
}
#endif

}  // namespace
}  // namespace snnc::test
