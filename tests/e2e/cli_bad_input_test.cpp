// Wrong input of every kind: a coded error, exit code 1, nothing half-written.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

namespace fs = std::filesystem;

void expect_error(const ProcessResult& result, const std::string& code, int exit_code = 1) {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_NE(result.err.find("[" + code + "]"), std::string::npos) << code << "\n" << result.err;
}

TEST(BadArrays, damaged_files) {
    const SmallCase small;
    const auto run = [&] { return small.run("run", {"--out", small.file("out")}); };
    const std::string whole = read_text(small.file("x.npy"));
    fs::remove(small.file("x.npy"));
    expect_error(run(), "E0701");
    fs::create_directory(small.file("x.npy"));
    expect_error(run(), "E0702");
    fs::remove(small.file("x.npy"));
    write_text(small.file("x.npy"), whole.substr(0, whole.size() - 3));
    expect_error(run(), "E0703");
    write_text(small.file("x.npy"), "");
    expect_error(run(), "E0704");
    write_text(small.file("x.npy"),
               "this is no array, but long enough to hold a header of one ....");
    expect_error(run(), "E0705");
    write_text(small.file("x.npy"), "PK an archive such as .npz and PyTorch's files");
    const ProcessResult archive = run();
    expect_error(archive, "E0705");
    EXPECT_NE(archive.err.find("FILE.npz:NAME"), std::string::npos) << archive.err;
    EXPECT_FALSE(fs::exists(small.file("out")));
}

TEST(BadArrays, wrong_contents) {
    const SmallCase small;
    const auto with_x = [&](const Tensor& x) {
        write_npy(small.file("bad.npy"), x);
        return small.run("run", {"--input", "image=" + small.file("bad.npy")}, false);
    };
    expect_error(with_x(some_values({2, 5})), "E0707");
    expect_error(with_x(some_values({2, 4, 1})), "E0707");
    expect_error(with_x(Tensor{{0, 4}, {}}), "E0707");
    Tensor x = some_values({2, 4});
    x.data[5] = NAN;
    expect_error(with_x(x), "E0708");
    x.data[5] = 1.5;
    expect_error(with_x(x), "E0710");
    expect_error(small.run("run", {}, false), "E0716");
    expect_error(small.run("run", {"--input", "imag=" + small.file("x.npy")}, false), "E0717");
    expect_error(small.run("run", {"--record", "hiden.v=" + small.file("r.npy")}), "E0805");
#ifdef SNNC_HAS_CODEGEN
    expect_error(small.run("run", {"--target", "z80"}), "E0806");
#endif
}

TEST(BadArrays, labels_and_batches) {
    const SmallCase small;
    const auto grad = [&](const std::string& labels) {
        return small.run(
            "grad",
            {"--input", "image=" + small.file("x.npy"), "--target", "label=" + small.file(labels)},
            false);
    };
    Json labels = labels_for(some_values({20, 4}), 4);
    labels["data"][7] = 3;
    write_npy_labels(small.file("large.npy"), labels);
    expect_error(grad("large.npy"), "E0709");
    labels["data"][7] = -1;
    write_npy_labels(small.file("negative.npy"), labels);
    expect_error(grad("negative.npy"), "E0709");
    write_npy(small.file("float.npy"), Tensor{{20}, std::vector<float>(20)});
    expect_error(grad("float.npy"), "E0706");
    write_npy_labels(small.file("few.npy"), {{"shape", {2}}, {"data", {0, 1}}});
    expect_error(grad("few.npy"), "E0713");
}

TEST(BadArrays, labels_whose_number_of_classes_nobody_says) {
    const SmallCase small;
    const ProcessResult result =
        small.run("grad", {"--loss", "mse_membrane(out.v, label)", "--out", small.file("g.st")});
    expect_error(result, "E0301");
    EXPECT_NE(result.err.find("how many classes the label has is not known"), std::string::npos)
        << result.err;
}

TEST(BadArrays, steps) {
    const SmallCase small;
    write_npy(small.file("x.npy"), some_values({6, 2, 4}));
    const auto driven = [&](std::vector<std::string> more) {
        more.insert(more.begin(),
                    {"run", small.file("driven.snn"), "--input", "x=" + small.file("x.npy")});
        return small.tool(more);
    };
    expect_error(driven({"--steps", "7"}), "E0718");
    write_npy(small.file("v.npy"), some_values({3, 6}));
    expect_error(driven({"--state", "hidden.v=" + small.file("v.npy")}), "E0713");
    write_text(
        small.file("net.snn"),
        "network N {\n    input image : f32[4]\n    image -> LI as out\n    output out.v\n}\n");
    const SmallCase held;
    write_text(held.file("net.snn"), read_text(small.file("net.snn")));
    expect_error(held.run("run", {}), "E0719");
}

TEST(BadWeights, everything_wrong_is_told_at_once) {
    const SmallCase small;
    ASSERT_EQ(small.run("run", {"--save-weights", small.file("w.safetensors")}).exit_code, 0);
    Tensors weights = read_safetensors(small.file("w.safetensors"));
    weights["fc1.wieght"] = weights["fc1.weight"];
    weights.erase("fc1.weight");
    weights["fc2.bias"] = some_values({4});
    weights["fc1.bias"].data[0] = INFINITY;
    write_safetensors(small.file("bad.safetensors"), weights);
    const ProcessResult result = small.run("run", {"--weights", small.file("bad.safetensors")});
    for (const char* code : {"E0707", "E0708", "E0711", "E0712"}) expect_error(result, code);
    EXPECT_NE(result.err.find("did you mean `fc1.weight`"), std::string::npos) << result.err;

    weights["fc2.bias"] = some_values({3});
    weights["fc1.bias"].data[0] = 0;
    write_safetensors(small.file("some.safetensors"), weights);
    const ProcessResult partial =
        small.run("run", {"--weights", small.file("some.safetensors"), "--partial"});
    expect_error(partial, "W0723", 0);
    const std::string whole = read_text(small.file("w.safetensors"));
    write_text(small.file("w.safetensors"), whole.substr(0, whole.size() / 2));
    expect_error(small.run("run", {"--weights", small.file("w.safetensors")}), "E0703");
}

TEST(BadState, without_a_reader_is_a_warning) {
    const SmallCase small(2);
    write_npy(small.file("s.npy"), Tensor{{2, 3}, std::vector<float>(6)});
    expect_error(small.run("run", {"--state", "out.s=" + small.file("s.npy")}), "W0724", 0);
}

TEST(BadData, sets) {
    const SmallCase small;
    const auto train = [&](const std::string& data) {
        return small.run("train", {"--data", data}, false);
    };
    expect_error(train("no-such-set"), "E0714");
    EXPECT_NE(train("no-such-set").err.find("there are "), std::string::npos);
    EXPECT_NE(train("bultin").err.find("did you mean `builtin`?"), std::string::npos);
    fs::create_directory(small.file("empty"));
    expect_error(train(small.file("empty")), "E0714");
    expect_error(train("builtin"), "E0707");
    write_text(small.file("net.snn"), driven_network);
    expect_error(train("builtin"), "E0807");
    expect_error(small.run("eval", {"--weights", "w"}, false), "E0807");
    write_text(
        small.file("net.snn"),
        "network Two {\n    steps = 2\n    input a : f32[784]\n    input b : f32[784]\n"
        "    pop : LI[784]\n    a -> pop\n    b -> pop\n    pop -> dense(10) as fc -> LI as out\n"
        "    output out.v\n}\n\ntrain of Two {\n    target label : class[10]\n"
        "    loss = ce(mean_t(out.v), label)\n    optimizer = adam(lr = 1e-3)\n    batch = 8\n}\n");
    const ProcessResult several = train("builtin");
    expect_error(several, "E0716");
    EXPECT_NE(several.err.find("--input a=a.npy --input b=b.npy --target label=label.npy"),
              std::string::npos)
        << several.err;
}

TEST(BadTraining, what_cannot_be_learned_or_goes_wrong) {
    const SmallCase small;
    const std::string text = small_network;
    std::string fast = text;
    fast.replace(fast.find("adam(lr = 1e-2)"), 15, "sgd(lr = 1e38)");
    write_text(small.file("net.snn"), fast);
    const ProcessResult result =
        small.run("train", {"--out", small.file("w.safetensors"), "--epochs", "20"});
    expect_error(result, "E0720");
    EXPECT_FALSE(fs::exists(small.file("w.safetensors")));

    write_text(
        small.file("net.snn"),
        "network N {\n    steps = 2\n    input image : f32[4]\n    image -> LI as out\n"
        "    output out.v\n}\n\ntrain of N {\n    target label : class[4]\n"
        "    loss = ce(mean_t(out.v), label)\n    optimizer = adam(lr = 1e-3)\n    batch = 8\n}\n");
    expect_error(small.run("train", {}), "E0810");
}

TEST(BadTraining, checkpoints_of_something_else) {
    const SmallCase small;
    const std::string saved = small.file("saved");
    ASSERT_EQ(small.run("train", {"--checkpoint", saved}).exit_code, 0);
    expect_error(small.run("train", {"--resume", saved, "--batch", "5"}), "E0721");
    expect_error(small.run("train", {"--resume", saved, "--seed", "9"}), "E0721");
    const std::string file = saved + "/checkpoint.safetensors", whole = read_text(file);
    write_text(file, whole.substr(0, whole.size() - 1));
    expect_error(small.run("train", {"--resume", saved}), "E0703");
    write_text(file, "");
    expect_error(small.run("train", {"--resume", saved}), "E0704");
    write_safetensors(file, {{"a", some_values({2})}});
    expect_error(small.run("train", {"--resume", saved}), "E0705");
    expect_error(small.run("train", {"--resume", small.file("none")}), "E0701");
}

TEST(BadPlaces, are_found_before_the_work) {
    const SmallCase small;
    expect_error(small.run("train", {"--out", small.file("none/w.safetensors")}), "E0715");
    expect_error(small.run("train", {"--log", small.file("none/log")}), "E0715");
    expect_error(small.run("grad", {"--out", small.file("none/g")}), "E0715");
    expect_error(small.run("run", {"--record", "out.v=" + small.file("none/v.npy")}), "E0715");
    fs::create_directory(small.file("folder"));
    expect_error(small.run("train", {"--out", small.file("folder")}), "E0715");
    expect_error(small.run("run", {"--out", small.file("x.npy") + "/out"}), "E0715");
}

/// Files of this process and its children may grow to this size, as on a disk that is full then.
class SmallFiles {
 public:
    explicit SmallFiles(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SmallFiles() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
    rlimit before_{};
};

TEST(FullDisk, leaves_the_earlier_checkpoint) {
    const SmallCase small;
    const std::string saved = small.file("saved"), file = saved + "/checkpoint.safetensors";
    ASSERT_EQ(small.run("train", {"--checkpoint", saved, "--epochs", "1"}).exit_code, 0);
    const std::string before = read_text(file);
    ProcessResult result;
    {
        const SmallFiles limit(700);
        result = small.run("train",
                           {"--checkpoint", saved, "--resume", saved, "--backend", "interpret"});
    }
    expect_error(result, "E0715");
    EXPECT_EQ(read_text(file), before);
    EXPECT_EQ(std::distance(fs::directory_iterator(saved), fs::directory_iterator{}), 1);
    EXPECT_EQ(small.run("train", {"--resume", saved}).exit_code, 0);
}

TEST(BadText, of_every_kind) {
    const SmallCase small;
    const auto check = [&](const std::string& text) {
        write_text(small.file("bad.snn"), text);
        return small.tool({"check", small.file("bad.snn")});
    };
    expect_error(check("fn f(x) = " + std::string(10000, '(')), "E0109");
    expect_error(check("fn f(x) = " + std::string(10000, '(') + "x" + std::string(10000, ')')),
                 "E0109");
    EXPECT_EQ(check("").exit_code, 0);
    EXPECT_EQ(check(std::string("fn f\0(x) = x", 12)).exit_code, 1);
    const std::string text = small_network;
    for (std::size_t length = 1; length < text.size(); length += 7) {
        const int code = check(text.substr(0, length)).exit_code;
        EXPECT_TRUE(code == 0 || code == 1 || code == 2) << length;
    }
    std::string misspelt = text;
    misspelt.replace(misspelt.find("Leaky"), 5, "Leeky");
    const ProcessResult unknown = check(misspelt);
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_NE(unknown.err.find("did you mean `Leaky`"), std::string::npos) << unknown.err;
    EXPECT_EQ(
        check("neuron A {\n    input I\n    output s\n    state v = 0, u = 0\n    v[t] = u + I\n"
              "    u[t] = v\n    s[t] = spike(v)\n}\n")
            .exit_code,
        1);
    expect_error(small.tool({"check", small.file("none.snn")}), "E0701");
}

TEST(TooLarge, arrays_do_not_crash) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer ends the program at such an allocation";
#endif
    const SmallCase small(2);
    write_text(small.file("net.snn"),
               "network N {\n    steps = 5\n    input image : f32[4]\n"
               "    image -> dense(1000000000000) as fc1 -> LI as out\n    output out.v\n}\n");
    expect_error(small.run("run", {"--backend", "interpret"}), "E0722");
}

}  // namespace
}  // namespace snnc::test
