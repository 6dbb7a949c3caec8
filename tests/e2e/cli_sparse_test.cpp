// Sparse layers through the tool: their edges are those of the seed or of the weights file, on both
// back ends and whatever the number of threads; trainings keep them.
#include <gtest/gtest.h>

#include "runtime/safetensors.h"
#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const char* const sparse_network =
    "network Small {\n"
    "    steps = 5\n"
    "    input image : f32[4] in [0, 1]\n"
    "    hidden : Leaky[40](beta = 0.9)\n"
    "    out : Leaky[3](beta = 0.8)\n"
    "    image -> sparse(p = 0.5) as a -> hidden\n"
    "    hidden -> delay(1) -> sparse(pattern = i == j + 1 in i, j, w = 0.5) as chain -> hidden\n"
    "    hidden[5:40] -> sparse(p = 0.3, w = learn normal(0, 0.5)) as b -> out\n"
    "    output out.s, out.v\n"
    "}\n\n"
    "train of Small {\n"
    "    target    label : class[3]\n"
    "    loss      = sum_t(ce(out.v, label)) + 1e-3*l2(a.weight) + 0.1*mean(a.weight)\n"
    "    optimizer = adam(lr = 1e-2)\n"
    "    batch     = 8\n"
    "    epochs    = 3\n"
    "    seed      = 1\n"
    "}\n";

class Sparse : public testing::TestWithParam<std::string> {
 protected:
    Sparse() { write_text(small.file("net.snn"), sparse_network); }

    void run(const std::string& verb, std::vector<std::string> more) const {
        more.insert(more.end(), {"--backend", GetParam()});
        const ProcessResult result = small.run(verb, std::move(more));
        ASSERT_EQ(result.exit_code, 0) << result.err;
    }
    std::vector<std::int32_t> indices(const std::string& file, const std::string& name) const {
        return runtime::read_safetensors(small.file(file)).tensors.at(name).to_i32();
    }
    const SmallCase small;
};

TEST_P(Sparse, edges_are_those_of_the_file_or_of_the_seed) {
    run("run", {"--seed", "3", "--out", small.file("a"), "--save-weights", small.file("a.st")});
    run("run", {"--seed", "4", "--out", small.file("b"), "--save-weights", small.file("b.st")});
    run("run", {"--seed", "4", "--weights", small.file("a.st"), "--out", small.file("c"),
                "--save-weights", small.file("c.st")});
    EXPECT_NE(indices("a.st", "a.targets"), indices("b.st", "a.targets"));
    EXPECT_EQ(read_text(small.file("a.st")), read_text(small.file("c.st")));
    EXPECT_EQ(read_npy(small.file("a/out.v.npy")).data, read_npy(small.file("c/out.v.npy")).data);
    EXPECT_NE(read_npy(small.file("a/out.v.npy")).data, read_npy(small.file("b/out.v.npy")).data);
    std::vector<std::int32_t> next;
    for (std::int32_t j = 0; j < 39; ++j) next.push_back(j);
    EXPECT_EQ(indices("a.st", "chain.targets"), next);
}

// The file is a matrix of compressed sparse rows, and the run is the product with it.
TEST_P(Sparse, files_hold_compressed_sparse_rows) {
    write_text(small.file("net.snn"),
               "network N {\n    steps = 1\n    input image : f32[4] in [0, 1]\n"
               "    out : LI[3](beta = 0)\n    image -> sparse(p = 0.6) as sp -> out\n"
               "    output out.v\n}\n");
    run("run", {"--seed", "7", "--out", small.file("r"), "--save-weights", small.file("w.st")});
    const auto file = runtime::read_safetensors(small.file("w.st"));
    const auto starts = indices("w.st", "sp.starts"), targets = indices("w.st", "sp.targets");
    const auto weight = file.tensors.at("sp.weight").to_f32();
    const Tensor x = some_values({20, 4}), v = read_npy(small.file("r/out.v.npy"));
    ASSERT_EQ(starts.size(), 5u);
    ASSERT_EQ(weight.size(), targets.size());
    for (std::size_t sample = 0; sample < 20; ++sample) {
        std::vector<float> expected(3, 0);
        for (std::size_t i = 0; i < 4; ++i)
            for (auto e = std::size_t(starts[i]); e < std::size_t(starts[i + 1]); ++e)
                expected[std::size_t(targets[e])] += x.data[4 * sample + i] * weight[e];
        for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(v.data[3 * sample + j], expected[j]);
    }
}

TEST_P(Sparse, gradients_are_those_of_finite_differences) {
    run("grad",
        {"--seed", "3", "--loss", "sum(last(out.v)*last(out.v))", "--out", small.file("g.st")});
    run("run", {"--seed", "3", "--save-weights", small.file("w.st")});
    const auto gradient = runtime::read_safetensors(small.file("g.st")).tensors.at("b.weight");
    auto weights = runtime::read_safetensors(small.file("w.st"));
    const auto loss = [&](std::size_t edge, float distance) {
        auto moved = weights;
        moved.tensors.at("b.weight").as<float>()[edge] += distance;
        runtime::write_safetensors(small.file("m.st"), moved);
        const ProcessResult result =
            small.run("grad", {"--weights", small.file("m.st"), "--loss",
                               "sum(last(out.v)*last(out.v))", "--backend", GetParam()});
        return std::stod(result.out.substr(5));
    };
    // The output's membrane is linear in these weights as long as no output cell changes its mind.
    for (std::size_t edge = 0; edge < gradient.to_f32().size(); edge += 9) {
        const double slope = (loss(edge, 1e-3F) - loss(edge, -1e-3F)) / 2e-3;
        EXPECT_NEAR(gradient.to_f32()[edge], slope, 2e-2 * std::max(1.0, std::abs(slope)))
            << "edge " << edge;
    }
}

TEST_P(Sparse, trainings_resume_with_their_edges) {
    run("train", {"--out", small.file("whole.st")});
    run("train", {"--max-steps", "4", "--checkpoint", small.file("saved")});
    run("train", {"--resume", small.file("saved"), "--out", small.file("pieces.st")});
    EXPECT_EQ(read_text(small.file("whole.st")), read_text(small.file("pieces.st")));

    // Edges of a file are those of the checkpoint, although the seed would draw others.
    run("run", {"--seed", "9", "--save-weights", small.file("other.st")});
    run("train", {"--weights", small.file("other.st"), "--max-steps", "4", "--checkpoint",
                  small.file("saved2")});
    run("train", {"--resume", small.file("saved2"), "--out", small.file("end.st")});
    EXPECT_EQ(indices("end.st", "b.targets"), indices("other.st", "b.targets"));
    EXPECT_NE(indices("end.st", "b.targets"), indices("whole.st", "b.targets"));
}

TEST_P(Sparse, threads_change_nothing) {
    run("train", {"--threads", "1", "--out", small.file("one.st")});
    run("train", {"--threads", "3", "--out", small.file("three.st")});
    EXPECT_EQ(read_text(small.file("one.st")), read_text(small.file("three.st")));
}

#ifdef SNNC_HAS_CODEGEN
const std::vector<std::string> backends{"cpu", "interpret"};
#else
const std::vector<std::string> backends{"interpret"};
#endif
INSTANTIATE_TEST_SUITE_P(backend, Sparse, testing::ValuesIn(backends),
                         [](const auto& info) { return info.param; });

#ifdef SNNC_HAS_CODEGEN
/// The spikes of Brian2's example, cut short.
std::vector<float> cuba(const TemporaryFolder& folder, std::vector<std::string> more) {
    std::vector<std::string> command{"run", std::string(SNNC_SOURCE_DIR) + "/examples/07_cuba.snn",
                                     "--record", "pop.s=" + folder.file("s.npy")};
    command.insert(command.end(), more.begin(), more.end());
    const ProcessResult result = run_snnc(command, {"SNNC_CACHE=" + folder.file("cache")});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return read_npy(folder.file("s.npy")).data;
}

double sum(const std::vector<float>& values) {
    double total = 0;
    for (const float value : values) total += double(value);
    return total;
}

TEST(SparseExample, cuba_fires_as_it_should_on_any_number_of_threads) {
    const TemporaryFolder folder;
    const auto one = cuba(folder, {"--steps", "3000", "--threads", "1"});
    EXPECT_EQ(one, cuba(folder, {"--steps", "3000", "--threads", "3"}));
    // 0.3 s of 4000 cells; docs/acceptance.md has 5.6 Hz.
    const double rate = sum(one) / 4000 / 0.3;
    EXPECT_GT(rate, 4);
    EXPECT_LT(rate, 8);
}

TEST(SparseExample, cuba_is_the_same_interpreted) {
    const TemporaryFolder folder;
    const auto compiled = cuba(folder, {"--steps", "150", "--seed", "5"});
    EXPECT_EQ(compiled, cuba(folder, {"--steps", "150", "--seed", "5", "--backend", "interpret"}));
    EXPECT_GT(sum(compiled), 0);
}
#endif

TEST(SparseFiles, edges_that_do_not_fit_are_refused) {
    const SmallCase small;
    write_text(small.file("net.snn"), sparse_network);
    ASSERT_EQ(small.run("run", {"--save-weights", small.file("w.st")}).exit_code, 0);
    const auto sound = runtime::read_safetensors(small.file("w.st"));
    const auto refused = [&](const std::function<void(runtime::TensorFile&)>& damage) {
        auto file = sound;
        damage(file);
        runtime::write_safetensors(small.file("bad.st"), file);
        const ProcessResult result = small.run("run", {"--weights", small.file("bad.st")});
        EXPECT_EQ(result.exit_code, 1);
        return result.err;
    };
    const auto ints = [](runtime::TensorFile& file, const char* name) {
        return file.tensors.at(name).as<std::int32_t>();
    };
    std::string text = refused([&](auto& file) { ints(file, "a.targets")[1] = 40; });
    EXPECT_NE(text.find("[E0723]"), std::string::npos) << text;
    EXPECT_NE(text.find("it connects 4 cells with 40"), std::string::npos) << text;
    text = refused([&](auto& file) { ints(file, "a.targets")[1] = ints(file, "a.targets")[0]; });
    EXPECT_NE(text.find("do not ascend"), std::string::npos) << text;
    text = refused([&](auto& file) { ints(file, "a.starts")[1] = 1000; });
    EXPECT_NE(text.find("descends"), std::string::npos) << text;
    text = refused([&](auto& file) { ints(file, "a.starts")[4] -= 1; });
    EXPECT_NE(text.find("must go from 0 to"), std::string::npos) << text;
    text = refused([](auto& file) { file.tensors.erase("a.starts"); });
    EXPECT_NE(text.find("[E0711]"), std::string::npos) << text;
    text = refused([](auto& file) {
        const std::vector<float> numbers{0, 1};
        file.tensors["a.targets"] = runtime::Array::of_f32({2}, numbers);
    });
    EXPECT_NE(text.find("[E0706]"), std::string::npos) << text;
    text = refused([](auto& file) {
        for (const char* name : {"a.starts", "a.targets", "a.weight"}) file.tensors.erase(name);
    });
    EXPECT_NE(text.find("no tensor `a.targets`"), std::string::npos) << text;
}

}  // namespace
}  // namespace snnc::test
