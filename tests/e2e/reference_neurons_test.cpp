// `snnc run` against snnTorch: every Leaky case, compiled and interpreted.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

struct Group {
    std::string backend, reset;
    bool delayed;
};

class ReferenceNeurons : public testing::TestWithParam<Group> {};

std::vector<std::string> run_command(const Json& example, const TemporaryFolder& folder,
                                     const std::string& backend) {
    const LeakyText leaky = leaky_text(example, "n", LeakyParameters::Constant);
    const Tensor x = tensor(example.at("x"));
    const std::string size = std::to_string(x.shape[2]);
    write_text(folder.file("n.snn"), "network Reference {\n    input x[t] : f32[" + size +
                                         "]\n    x -> " + leaky.use +
                                         " as n\n    output n.s, n.v\n}\n");
    write_npy(folder.file("x.npy"), x);
    write_npy(folder.file("v0.npy"), tensor(example.at("init").at("mem")));
    std::vector<std::string> command{"run",       folder.file("n.snn"),
                                     "--input",   "x=" + folder.file("x.npy"),
                                     "--state",   "n.v=" + folder.file("v0.npy"),
                                     "--out",     folder.file("out"),
                                     "--backend", backend};
    if (!leaky.weights.empty()) {
        write_safetensors(folder.file("w.safetensors"), leaky.weights);
        command.insert(command.end(), {"--weights", folder.file("w.safetensors"), "--partial"});
    }
    return command;
}

/// Compares one case; returns true if the membranes are equal bit for bit.
bool compare(const Json& example, const TemporaryFolder& folder) {
    const Tensor spikes = read_npy(folder.file("out/n.s.npy"));
    const Tensor membrane = read_npy(folder.file("out/n.v.npy"));
    const Tensor expected_spikes = tensor(example.at("expect").at("spk"));
    const Tensor expected_membrane = tensor(example.at("expect").at("mem"));
    EXPECT_EQ(spikes.shape, expected_spikes.shape);
    EXPECT_EQ(spikes.data, expected_spikes.data);
    EXPECT_EQ(membrane.shape, expected_membrane.shape);
    if (membrane.data.size() != expected_membrane.data.size()) return false;
    for (std::size_t i = 0; i < membrane.data.size(); ++i) {
        EXPECT_NEAR(membrane.data[i], expected_membrane.data[i], 1e-5) << "at element " << i;
    }
    return membrane.data == expected_membrane.data;
}

TEST_P(ReferenceNeurons, agree) {
    const Group group = GetParam();
    const TemporaryFolder cache;
    int cases = 0, equal = 0;
    for (const Json& example : reference_cases("neurons_leaky")) {
        if (example.at("reset") != group.reset || example.at("reset_delay") != group.delayed) {
            continue;
        }
        SCOPED_TRACE(example.at("id").get<std::string>());
        const TemporaryFolder folder;
        const ProcessResult result = run_snnc(run_command(example, folder, group.backend),
                                              {"SNNC_CACHE=" + cache.path().string()});
        ASSERT_EQ(result.exit_code, 0) << result.err << read_text(folder.file("n.snn"));
        equal += compare(example, folder);
        ++cases;
    }
    EXPECT_GT(cases, 0);
    RecordProperty("cases", cases);
    RecordProperty("equal_bit_for_bit", equal);
    std::printf("%d of %d cases are equal bit for bit\n", equal, cases);
}

std::vector<Group> groups() {
    std::vector<Group> result;
#ifdef SNNC_HAS_CODEGEN
    const std::vector<std::string> backends{"cpu", "interpret"};
#else
    const std::vector<std::string> backends{"interpret"};
#endif
    for (const std::string& backend : backends) {
        for (const char* reset : {"subtract", "zero", "none"}) {
            for (const bool delayed : {true, false}) result.push_back({backend, reset, delayed});
        }
    }
    return result;
}

INSTANTIATE_TEST_SUITE_P(leaky, ReferenceNeurons, testing::ValuesIn(groups()),
                         [](const testing::TestParamInfo<Group>& info) {
                             const Group& group = info.param;
                             return group.backend + "_" + group.reset +
                                    (group.delayed ? "_delayed" : "_immediate");
                         });

}  // namespace
}  // namespace snnc::test
