// train --validation, --monitor, --patience: what is held out, what is best, when it ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <sstream>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

class Validation : public testing::TestWithParam<std::string> {
 protected:
    ProcessResult train(const std::string& name, std::vector<std::string> more) const {
        more.insert(more.end(),
                    {"--backend", GetParam(), "--out", small_.file(name + ".safetensors"), "--log",
                     small_.file(name + ".jsonl")});
        ProcessResult result = small_.run("train", more);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return result;
    }
    std::vector<Json> epochs(const std::string& name) const {
        return events(read_text(small_.file(name + ".jsonl")), "epoch");
    }
    std::string weights(const std::string& name) const {
        return read_text(small_.file(name + ".safetensors"));
    }

    SmallCase small_{60};
};

TEST_P(Validation, holds_samples_out_and_keeps_the_best) {
    const ProcessResult result = train("a", {"--validation", "0.2", "--epochs", "12"});
    EXPECT_NE(result.out.find("60 samples, 12 of them to validate"), std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("the best validation loss is"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("a.best.safetensors"), std::string::npos) << result.out;
    const std::string log = read_text(small_.file("a.jsonl"));
    EXPECT_EQ(events(log, "step").size(), 12u * 6u);  // 48 samples in batches of 8
    EXPECT_EQ(events(log, "start").at(0).at("validation_samples"), 12);

    double best = std::numeric_limits<double>::infinity();
    std::int64_t best_epoch = -1;
    for (const Json& epoch : epochs("a")) {
        EXPECT_TRUE(epoch.contains("validation_accuracy"));
        const double loss = epoch.at("validation_loss");
        EXPECT_EQ(epoch.at("best"), loss < best);
        if (loss < best) best_epoch = epoch.at("epoch");
        best = std::min(best, loss);
    }
    EXPECT_EQ(events(log, "end").at(0).at("best_epoch"), best_epoch);

    // The best weights are those after that epoch: a training that ends there has them as its last.
    train("b", {"--validation", "0.2", "--epochs", std::to_string(best_epoch + 1)});
    EXPECT_EQ(weights("a.best"), weights("b"));
    const ProcessResult eval = small_.run(
        "eval", {"--weights", small_.file("a.best.safetensors"), "--backend", GetParam()});
    EXPECT_EQ(eval.exit_code, 0) << eval.err;
}

TEST_P(Validation, is_split_by_the_seed) {
    train("a", {"--validation", "9", "--epochs", "2"});
    train("b", {"--validation", "9", "--epochs", "2", "--no-shuffle"});
    train("c", {"--validation", "0.15", "--epochs", "2"});
    train("d", {"--validation", "9", "--epochs", "2", "--seed", "8"});
    EXPECT_EQ(weights("a"), weights("c"));
    EXPECT_NE(weights("a"), weights("b"));
    EXPECT_NE(weights("a"), weights("d"));
}

TEST_P(Validation, ends_when_nothing_gets_better) {
    // Steps far too large: the loss does not go on falling.
    const ProcessResult result =
        train("a", {"--validation", "0.2", "--patience", "3", "--epochs", "500", "--lr", "0.5"});
    EXPECT_NE(result.out.find("stopped after 3 epochs"), std::string::npos) << result.out;
    const auto all = epochs("a");
    ASSERT_GT(all.size(), 3u);
    ASSERT_LT(all.size(), 500u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(all[all.size() - 1 - i].at("best"));
    EXPECT_TRUE(all[all.size() - 4].at("best"));
    const Json end = events(read_text(small_.file("a.jsonl")), "end").at(0);
    EXPECT_EQ(end.at("stopped_early"), true);
    EXPECT_EQ(end.at("best_epoch"), all.size() - 4);
}

TEST_P(Validation, follows_a_metric) {
    train("a", {"--validation", "0.25", "--monitor", "accuracy", "--epochs", "10"});
    double best = -1;
    for (const Json& epoch : epochs("a")) {
        EXPECT_EQ(epoch.at("best"), epoch.at("validation_accuracy").get<double>() > best);
        best = std::max(best, epoch.at("validation_accuracy").get<double>());
    }
}

/// In the pieces of a resumed training the best one is remembered, and how long ago it was.
TEST_P(Validation, goes_on_after_a_resume) {
    const std::vector<std::string> options{"--validation", "0.2", "--patience", "3",
                                           "--epochs",     "500", "--lr",       "0.5"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), options.begin(), options.end());
        return more;
    };
    train("whole", options);
    const auto all = epochs("whole");
    // Two epochs after the best one, in the middle of an epoch.
    const std::string updates = std::to_string(6 * (all.size() - 1) - 3);
    train("first", with({"--max-steps", updates, "--checkpoint", small_.file("saved")}));
    train("second", with({"--resume", small_.file("saved")}));
    EXPECT_EQ(weights("whole"), weights("second"));
    EXPECT_EQ(weights("whole.best"), weights("second.best"));
    EXPECT_EQ(epochs("first").size() + epochs("second").size(), all.size());
}

TEST(ValidationOptions, mistakes_are_told) {
    const SmallCase small;
    const auto expect = [&](std::vector<std::string> more, const std::string& text) {
        more.insert(more.end(), {"--backend", "interpret"});
        const ProcessResult result = small.run("train", more);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
    };
    expect({"--validation", "20"}, "leaves none to train");
    expect({"--validation", "0.001"}, "leaves none to validate");
    expect({"--validation", "2.5"}, "a share below 1 or a whole number");
    expect({"--validation", "0.2", "--monitor", "acuracy"}, "no metric `acuracy`");
    expect({"--patience", "3"}, "--validation");
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, Validation, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
