// `weighted = normalized` against torch.nn.CrossEntropyLoss(weight = …), PyTorch 2.15 on float32:
// the numbers were computed by it once.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const char* const class_weights = "weight = (1, 2.5, 0.25), weighted = normalized)";

class WeightedMean : public testing::TestWithParam<std::string> {
 protected:
    std::string file(const std::string& name) const { return folder_.file(name); }

    ProcessResult run(std::vector<std::string> command) const {
        command.insert(command.end(), {"--input", "x=" + file("x.npy"), "--target",
                                       "label=" + file("y.npy"), "--backend", GetParam()});
        return run_snnc(command, {"SNNC_CACHE=" + file("cache")});
    }

    void write_labels() {
        write_npy_labels(file("y.npy"), {{"shape", {5}}, {"data", {2, 0, 1, 1, 0}}});
    }

    TemporaryFolder folder_;
};

/// loss = CrossEntropyLoss(weight)(x, y); loss.backward(); the gradient is that of x.
TEST_P(WeightedMean, is_that_of_pytorch) {
    write_npy(file("x.npy"),
              {{1, 5, 3},
               {0.5f, -1, 2, 1.5f, 0.25f, -0.75f, -2, 0.5f, 1, 0, 0.125f, -0.5f, 3, -1.5f, 0.75f}});
    write_labels();
    write_text(file("n.snn"), std::string("network N {\n    input x[t] : f32[3]\n"
                                          "    x -> LI(beta = 0) as out\n    output out.v\n}\n\n"
                                          "train of N {\n    target label : class[3]\n"
                                          "    loss = ce(last(out.v), label, ") +
                                  class_weights + "\n    optimizer = sgd\n}\n");
    const std::vector<float> gradient{0.00604449632f, 0.00134870934f, -0.007393206f, -0.0388358124f,
                                      0.0283912551f,  0.0104445601f,  0.0103651332f, -0.218554407f,
                                      0.208189279f,   0.125864238f,   -0.202204734f, 0.0763405189f,
                                      -0.0143931815f, 0.0013723817f,  0.0130207948f};
    for (const char* threads : {"1", "3"}) {
        const ProcessResult result =
            run({"grad", file("n.snn"), "--threads", threads, "--out", file("g.safetensors")});
        ASSERT_EQ(result.exit_code, 0) << result.err;
        EXPECT_NEAR(std::stod(result.out.substr(5)), 0.719972551, 1e-6);
        const Tensor found = read_safetensors(file("g.safetensors")).at("input.x");
        for (std::size_t i = 0; i < gradient.size(); ++i)
            EXPECT_NEAR(found.data[i], gradient[i], 1e-6) << "at " << i;
    }
}

/// Two batches of 3 and 2 samples, two windows of one step each; every update has the weights of
/// its own batch in its mean.
TEST_P(WeightedMean, holds_for_each_batch_of_windows) {
    write_npy(file("x.npy"), {{5, 2}, {0.5f, -1, 1.5f, 0.25f, -2, 0.5f, 0, 0.125f, 3, -1.5f}});
    write_labels();
    write_safetensors(file("w.safetensors"),
                      {{"fc.weight", {{3, 2}, {0.5f, -0.25f, 0.125f, 0.75f, -0.5f, 0.25f}}},
                       {"fc.bias", {{3}, {0, 0, 0}}}});
    write_text(file("n.snn"), std::string("network N {\n    steps = 2\n    input x : f32[2]\n"
                                          "    x -> dense(3) as fc -> LI(beta = 0.5) as out\n}\n\n"
                                          "train of N {\n    target label : class[3]\n"
                                          "    loss = ce(last(out.v), label, ") +
                                  class_weights +
                                  "\n    optimizer = sgd(lr = 0.5)\n    batch = 3\n"
                                  "    bptt = truncated(1)\n}\n");
    const ProcessResult result =
        run({"train", file("n.snn"), "--weights", file("w.safetensors"), "--no-shuffle", "--log",
             file("log.jsonl"), "--out", file("out.safetensors")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::vector<double> losses{1.20872104, 0.417545259, 0.592168629, 0.387449443};
    std::vector<double> logged;
    std::istringstream lines(read_text(file("log.jsonl")));
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.at("event") == "step") logged.push_back(event.at("loss").get<double>());
    }
    ASSERT_EQ(logged.size(), losses.size());
    for (std::size_t i = 0; i < losses.size(); ++i) EXPECT_NEAR(logged[i], losses[i], 2e-6);
    const Tensors weights = read_safetensors(file("out.safetensors"));
    const std::vector<float> expected{0.740942121f, -0.241854742f, -0.672219813f,
                                      0.954599679f, 0.0562778488f, 0.037254978f};
    const std::vector<float> bias{-0.15702346f, 0.600337684f, -0.443314224f};
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(weights.at("fc.weight").data[i], expected[i], 2e-6);
    for (std::size_t i = 0; i < bias.size(); ++i)
        EXPECT_NEAR(weights.at("fc.bias").data[i], bias[i], 2e-6);
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, WeightedMean, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
