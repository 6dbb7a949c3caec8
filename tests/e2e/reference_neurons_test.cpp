// `snnc run` against snnTorch: every case of every cell, compiled and interpreted.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/support/process.h"
#include "tests/support/reference.h"

namespace snnc::test {
namespace {

struct Group {
    std::string backend, cell, reset;
    bool delayed;
};

class ReferenceNeurons : public testing::TestWithParam<Group> {};

std::vector<std::string> run_command(const Json& example, const TemporaryFolder& folder,
                                     const std::string& backend) {
    const CellText cell = cell_text(example, "n", CellParameters::Constant);
    const Tensor x = tensor(example.at("x"));
    std::string outputs = "n.s";
    for (const auto& [name, trace] : example.at("expect").items())
        if (name != "spk") outputs += ", n." + state_name(name);
    write_text(folder.file("n.snn"),
               "network Reference {\n" + cell.settings + "    input x[t] : f32[" + sample_shape(x) +
                   "]\n    x -> " + cell.use + " as n\n    output " + outputs + "\n}\n");
    write_npy(folder.file("x.npy"), x);
    std::vector<std::string> command{
        "run",   folder.file("n.snn"), "--input",   "x=" + folder.file("x.npy"),
        "--out", folder.file("out"),   "--backend", backend};
    for (const auto& [name, start] : tensors(example.at("init"))) {
        write_npy(folder.file(name + ".npy"), start);
        command.insert(command.end(),
                       {"--state", "n." + state_name(name) + "=" + folder.file(name + ".npy")});
    }
    if (!cell.weights.empty()) {
        write_safetensors(folder.file("w.safetensors"), cell.weights);
        command.insert(command.end(), {"--weights", folder.file("w.safetensors"), "--partial"});
    }
    return command;
}

/// Sums of products may be added up in another order, and Alpha subtracts numbers of equal size.
double bound(const Json& example, float expected) {
    const bool loose =
        example.at("neuron") == "Alpha" ||
        (example.contains("recurrent") && example.at("recurrent").at("kind") != "one_to_one");
    return loose ? 1e-5 * std::abs(expected) + 2e-5 : 1e-5;
}

/// Compares one case; returns true if every state is equal bit for bit.
bool compare(const Json& example, const TemporaryFolder& folder) {
    bool equal = true;
    for (const auto& [name, expected] : tensors(example.at("expect"))) {
        SCOPED_TRACE(name);
        const Tensor actual = read_npy(folder.file("out/n." + state_name(name) + ".npy"));
        EXPECT_EQ(actual.shape, expected.shape);
        if (actual.data.size() != expected.data.size()) return false;
        if (name == "spk") {
            EXPECT_EQ(actual.data, expected.data);
            continue;
        }
        for (std::size_t i = 0; i < actual.data.size(); ++i) {
            EXPECT_NEAR(actual.data[i], expected.data[i], bound(example, expected.data[i]))
                << "at element " << i;
        }
        equal = equal && actual.data == expected.data;
    }
    return equal;
}

TEST_P(ReferenceNeurons, agree) {
    const Group group = GetParam();
    const TemporaryFolder cache;
    int cases = 0, equal = 0;
    for (const Json& example : reference_cases("neurons_" + group.cell)) {
        if (example.at("reset") != group.reset || example.at("reset_delay") != group.delayed)
            continue;
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
        for (const char* cell : {"leaky", "lapicque", "synaptic", "alpha", "rleaky", "rsynaptic"}) {
            const bool immediate =
                std::string("leaky synaptic rleaky").find(cell) != std::string::npos;
            for (const char* reset : {"subtract", "zero", "none"}) {
                result.push_back({backend, cell, reset, true});
                if (immediate) result.push_back({backend, cell, reset, false});
            }
        }
    }
    return result;
}

INSTANTIATE_TEST_SUITE_P(cells, ReferenceNeurons, testing::ValuesIn(groups()),
                         [](const testing::TestParamInfo<Group>& info) {
                             const Group& group = info.param;
                             return group.backend + "_" + group.cell + "_" + group.reset +
                                    (group.delayed ? "_delayed" : "_immediate");
                         });

}  // namespace
}  // namespace snnc::test
