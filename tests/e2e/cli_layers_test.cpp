// Parts of populations, sums of groups and other shapes through the tool, with values worked out by
// hand; the convolutional example trains.
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

class CliLayers : public testing::TestWithParam<std::string> {
 protected:
    /// The recorded variable of a one-sample run.
    std::vector<float> record(const std::string& network, const Tensor& x,
                              const std::string& name) {
        const TemporaryFolder folder;
        write_text(folder.file("n.snn"), network);
        write_npy(folder.file("x.npy"), x);
        const ProcessResult result =
            run_snnc({"run", folder.file("n.snn"), "--network", "Net", "--input",
                      "x=" + folder.file("x.npy"), "--record", name + "=" + folder.file("r.npy"),
                      "--backend", GetParam()},
                     {"SNNC_CACHE=" + folder.file("cache")});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return result.exit_code == 0 ? read_npy(folder.file("r.npy")).data : std::vector<float>{};
    }
};

// beta = 0: the membrane is what arrives.
TEST_P(CliLayers, parts_of_targets_overlap_and_add) {
    const std::string network =
        "network Net {\n    steps = 1\n    input x : f32[3]\n    pop : LI[6](beta = 0)\n"
        "    x -> pop[0:3]\n    x -> scale(10) as ten -> pop[2:5]\n    output pop.v\n}\n";
    EXPECT_EQ(record(network, {{1, 3}, {1, 2, 3}}, "pop.v"),
              (std::vector<float>{1, 2, 13, 20, 30, 0}));
}

TEST_P(CliLayers, parts_of_sources_are_their_cells) {
    const std::string network =
        "network Net {\n    steps = 1\n    input x : f32[2, 3]\n    pop : LI[2, 3](beta = 0)\n"
        "    part : LI[1, 3](beta = 0)\n    x -> pop\n    pop[1:2] -> part\n"
        "    output part.v\n}\n";
    EXPECT_EQ(record(network, {{1, 2, 3}, {1, 2, 3, 4, 5, 6}}, "part.v"),
              (std::vector<float>{4, 5, 6}));
}

TEST_P(CliLayers, parts_are_cut_along_several_axes) {
    const std::string network =
        "network Net {\n    steps = 1\n    input x : f32[3, 4]\n    pop : LI[3, 4](beta = 0)\n"
        "    part : LI[2, 2](beta = 0)\n    back : LI[2, 3, 4](beta = 0)\n    x -> pop\n"
        "    pop[1:3, 1:3] -> part\n    part -> reshape(1, 2, 2) as plane -> back[1:2, 0:2, 2:4]\n"
        "    output part.v, back.v\n}\n";
    const Tensor x{{1, 3, 4}, {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23}};
    EXPECT_EQ(record(network, x, "part.v"), (std::vector<float>{11, 12, 21, 22}));
    EXPECT_EQ(record(network, x, "back.v"),
              (std::vector<float>{0, 0, 0,  0,  0, 0, 0,  0,  0, 0, 0, 0,
                                  0, 0, 11, 12, 0, 0, 21, 22, 0, 0, 0, 0}));
}

TEST_P(CliLayers, networks_take_several_inputs_and_hand_on_several_outputs) {
    const std::string network =
        "network Gate {\n    input x : f32[_], y : f32[3], z : f32[3]\n"
        "    both : LI[3](beta = 0)\n    x -> both\n    y -> scale(10) -> both\n    z -> both\n"
        "    x -> LI(beta = 0) as first\n    output both.v, first.v\n}\n"
        "network Net {\n    steps = 1\n    input x : f32[3]\n    x -> Gate as g\n"
        "    x -> scale(2) as twice -> g.y\n    g.first.v -> LI(beta = 0) as c\n"
        "    output g.both.v, c.v\n}\n";
    EXPECT_EQ(record(network, {{1, 3}, {1, 2, 3}}, "g.both.v"), (std::vector<float>{21, 42, 63}));
    EXPECT_EQ(record(network, {{1, 3}, {1, 2, 3}}, "c.v"), (std::vector<float>{1, 2, 3}));
}

TEST_P(CliLayers, recurrent_windows_keep_the_shape) {
    const std::string network =
        "network Net {\n    steps = 2\n    input x : f32[1, 2, 2]\n"
        "    x -> Leaky(beta = 0, reset = none) recurrent conv(1, 3, init = 1, bias = false) as a\n"
        "    output a.v\n}\n";
    // All four cells fire in the first step, and each hears all of them in the second.
    EXPECT_EQ(record(network, {{1, 1, 2, 2}, {2, 3, 4, 5}}, "a.v"),
              (std::vector<float>{2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_P(CliLayers, groups_are_contiguous) {
    const TemporaryFolder folder;
    write_text(folder.file("n.snn"),
               "network Net {\n    steps = 1\n    input x : f32[6]\n"
               "    x -> LI(beta = 0) as out\n    output out.v\n}\n");
    write_npy(folder.file("x.npy"), {{1, 6}, {1, 2, 3, 4, 5, 6}});
    write_npy(folder.file("w.npy"), {{1, 2}, {100, 1}});
    const ProcessResult result =
        run_snnc({"grad", folder.file("n.snn"), "--loss", "sum(w*group_sum(last(out.v), 2))",
                  "--input", "x=" + folder.file("x.npy"), "--target", "w=" + folder.file("w.npy"),
                  "--out", folder.file("g.safetensors"), "--backend", GetParam()},
                 {"SNNC_CACHE=" + folder.file("cache")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, "loss 615\n");
    EXPECT_EQ(read_safetensors(folder.file("g.safetensors")).at("input.x").data,
              (std::vector<float>{100, 100, 100, 1, 1, 1}));
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif

INSTANTIATE_TEST_SUITE_P(backend, CliLayers, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace snnc::test
