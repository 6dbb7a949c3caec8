// Files, imports and the names that they bring (language.md section 1).
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/process.h"
#include "tests/unit/frontend/elaborate_samples.h"

namespace snnc::frontend::test {
namespace {

const char* const gain =
    "neuron Gain {\n    input I\n    output s\n    param g = 2\n"
    "    s[t] = scaled(I, g)\n}\nfn scaled(a, b) = a*b\n";

std::string use(const std::string& cell) {
    return "network N {\n    input x[t] : f32[2]\n    x -> " + cell + " as c\n    output c.s\n}\n";
}

/// Writes files and says what the first one means: its equations, or what is wrong with it.
class ElaborateFiles : public testing::Test {
 protected:
    void write(const std::string& name, const std::string& text) {
        const std::filesystem::path path = folder_.file(name);
        std::filesystem::create_directories(path.parent_path());
        snnc::test::write_text(path, text);
    }
    std::string meaning(const std::string& name) {
        SourceManager sources;
        Diagnostics diagnostics;
        std::string lines;
        if (const auto module = load(sources, folder_.file(name), diagnostics)) {
            check(sources, *module, diagnostics);
            if (diagnostics.ok())
                if (const auto network = elaborate(sources, *module, {}, diagnostics))
                    lines = ir::print(*network, network->definitions.back());
        }
        for (const Diagnostic& diagnostic : diagnostics.all()) {
            lines += std::string(info(diagnostic.code).text);
            if (diagnostic.range.valid())
                lines += " " + std::string(sources.text(diagnostic.range));
            lines += "\n";
        }
        return lines;
    }

 private:
    snnc::test::TemporaryFolder folder_;
};

TEST_F(ElaborateFiles, NamesOfAnotherFile) {
    write("gain.snn", gain);
    write("main.snn", "import \"gain.snn\" (Gain)\n" + use("Gain"));
    EXPECT_EQ(meaning("main.snn"), "c.s[t] = x[t]*2");
    write("wrong.snn", "import \"gain.snn\" (Gian)\n" + use("Leaky"));
    EXPECT_EQ(meaning("wrong.snn"), "E0201 Gian\n");
}

TEST_F(ElaborateFiles, ModuleNames) {
    write("gain.snn", gain);
    write("main.snn", "import \"gain.snn\" as m\n" + use("m.Gain(g = 3)"));
    EXPECT_EQ(meaning("main.snn"), "c.s[t] = x[t]*3");
    write("bare.snn", "import \"gain.snn\" as m\n" + use("Gain"));
    EXPECT_EQ(meaning("bare.snn"), "E0201 Gain\n");
    write("twice.snn", "import \"gain.snn\" as m\nimport \"gain.snn\" as m\n" + use("m.Gain"));
    EXPECT_EQ(meaning("twice.snn"), "E0202 m\n");
}

// A function's body is read where it stands: each file has a `scaled` of its own.
TEST_F(ElaborateFiles, ABodySeesItsOwnFile) {
    write("gain.snn", gain);
    write("main.snn", "import \"gain.snn\" (Gain)\nfn scaled(a, b) = a + b\n" + use("Gain"));
    EXPECT_EQ(meaning("main.snn"), "c.s[t] = x[t]*2");
}

TEST_F(ElaborateFiles, ImportsMayGoRoundInCircles) {
    write("a.snn", "import \"b.snn\" (Twice)\nfn scaled(a, b) = a*b\n" + use("Twice"));
    write("b.snn",
          "import \"a.snn\" (scaled)\n"
          "neuron Twice {\n    input I\n    output s\n    s[t] = scaled(I, 2)\n}\n");
    EXPECT_EQ(meaning("a.snn"), "c.s[t] = x[t]*2");
    write("self.snn", "import \"self.snn\" as me\n" + std::string(gain) + use("me.Gain"));
    EXPECT_EQ(meaning("self.snn"), "c.s[t] = x[t]*2");
}

// What a file imports it does not hand on.
TEST_F(ElaborateFiles, ImportsAreNotHandedOn) {
    write("gain.snn", gain);
    write("between.snn", "import \"gain.snn\" (Gain)\nfn other(a) = a\n");
    write("main.snn", "import \"between.snn\" as m\n" + use("m.Gain"));
    EXPECT_EQ(meaning("main.snn"), "E0201 Gain\n");
    write("named.snn", "import \"between.snn\" (Gain)\n" + use("Gain"));
    EXPECT_EQ(meaning("named.snn").substr(0, 10), "E0201 Gain");
}

TEST_F(ElaborateFiles, PathsStartAtTheFileThatImports) {
    write("parts/cells/gain.snn", gain);
    write("parts/all.snn",
          "import \"cells/gain.snn\" (Gain)\n"
          "neuron Same {\n    input I\n    output s\n    s[t] = I\n}\n");
    write("main.snn", "import \"parts/cells/gain.snn\" (Gain)\nimport \"parts/all.snn\" (Same)\n" +
                          use("Gain"));
    EXPECT_EQ(meaning("main.snn"), "c.s[t] = x[t]*2");
}

TEST_F(ElaborateFiles, MissingAndBrokenFilesAreReportedOnce) {
    write("main.snn", "import \"no.snn\" (A)\nimport \"no.snn\" as m\n");
    EXPECT_EQ(meaning("main.snn"), "E0701 \"no.snn\"\n");
    write("broken.snn", "neuron {\n");
    write("user.snn", "import \"broken.snn\" as m\n");
    EXPECT_EQ(meaning("user.snn").substr(0, 2), "E0");
    EXPECT_EQ(meaning("nothing.snn"), "E0701\n");
}

// ---- one file ------------------------------------------------------------------------------

TEST(ElaborateScope, NamesAreDeclaredOnceInEachSpace) {
    EXPECT_EQ(findings("fn f(a) = a\nfn f(b) = b\n"), "E0202 f\n");
    EXPECT_EQ(findings("fn f(a) = a\nloss f(b) = sum(b)\n"), "E0202 f\n");
    EXPECT_EQ(findings("fn f(a) = a\nsurrogate f(x) = 1\n"), "");
    EXPECT_EQ(findings("fn pi(a) = a\n"), "E0203 pi\n");
    EXPECT_EQ(findings("fn f(a, a) = a\n"), "E0202 a\n");
}

TEST(ElaborateScope, AFileMayDeclareALibraryName) {
    EXPECT_EQ(equations("neuron LI {\n    input I\n    output s\n    s[t] = 3*I\n}\n" + use("LI")),
              "c.s[t] = 3*x[t]\n");
}

TEST(ElaborateScope, ChoosesNetworksAndTrainBlocks) {
    const std::string two = "network A {\n    steps = 1\n}\nnetwork B {\n    steps = 2\n}\n";
    Request request;
    EXPECT_EQ(elaborated(two).problems.substr(0, 5), "E0208");
    request.network = "B";
    EXPECT_EQ(elaborated(two, request).network->name, "B");
    request.network = "C";
    EXPECT_EQ(elaborated(two, request).problems.substr(0, 5), "E0207");
    EXPECT_EQ(elaborated("").problems.substr(0, 5), "E0207");
    EXPECT_EQ(elaborated(two, training()).problems.substr(0, 5), "E0207");
    EXPECT_EQ(findings("train of A {\n    loss = 1\n    optimizer = sgd\n}\n"), "E0201 A\n");
}

TEST(ElaborateScope, AnEmptyFileIsLegal) { EXPECT_EQ(findings(""), ""); }

}  // namespace
}  // namespace snnc::frontend::test
