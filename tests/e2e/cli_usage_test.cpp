// The command line itself: help, versions, mistakes in it, where output goes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

const std::vector<std::string> verbs{"check", "fmt",   "emit", "run",
                                     "grad",  "train", "eval", "explain"};

TEST(Usage, every_verb_has_help_with_examples) {
    for (const std::string& verb : verbs) {
        const ProcessResult result = run_snnc({verb, "--help"});
        EXPECT_EQ(result.exit_code, 0) << verb;
        EXPECT_NE(result.out.find("Examples:\n  snnc " + verb), std::string::npos) << result.out;
    }
    EXPECT_NE(run_snnc({"--help"}).out.find("train"), std::string::npos);
    EXPECT_EQ(run_snnc({"--version"}).out.rfind("snnc ", 0), 0u);
}

TEST(Usage, mistakes_are_coded_and_offer_what_is_near) {
    const struct {
        std::vector<std::string> arguments;
        const char *code, *words;
    } cases[] = {
        {{}, "E0801", "no verb is given"},
        {{"run"}, "E0801", "FILE"},
        {{"run", "n.snn", "--steps", "many"}, "E0801", "whole number"},
        {{"run", "n.snn", "--steps", "010"}, "E0801", "whole number"},
        {{"run", "n.snn", "--seed", "-1"}, "E0801", "whole number from 0"},
        {{"run", "n.snn", "--seed", "99999999999999999999"}, "E0801", "whole number from 0"},
        {{"run", "n.snn", "--input", "x"}, "E0801", "NAME=VALUE"},
        {{"run", "n.snn", "--backend", "gpu"}, "E0801", "--backend"},
        {{"run", "n.snn", "--stpes", "3"}, "E0802", "did you mean `--steps`"},
        {{"run", "n.snn", "--device", "cpu"}, "E0802", "`snnc run --help` lists the options"},
        {{"trian", "n.snn"}, "E0803", "did you mean `train`"},
        {{"n.snn"}, "E0803", "`snnc check n.snn`"},
        {{"check", "."}, "E0702", "`.` is a folder"},
        {{"explain", "E9999"}, "E0804", "E9999"},
    };
    for (const auto& one : cases) {
        const ProcessResult result = run_snnc(one.arguments);
        EXPECT_EQ(result.exit_code, 1) << result.err;
        EXPECT_NE(result.err.find(one.code), std::string::npos) << result.err;
        EXPECT_NE(result.err.find(one.words), std::string::npos) << result.err;
        EXPECT_EQ(result.out, "");
    }
}

TEST(Usage, a_mistake_in_set_stands_where_it_is_written) {
    const SmallCase small;
    const ProcessResult result = small.run("run", {"--set", "out.bta=0.5"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err.rfind("--set:1:5: error: ", 0), 0u) << result.err;
    EXPECT_NE(result.err.find("replace `bta` by `beta`"), std::string::npos) << result.err;
}

TEST(Usage, what_comes_later_is_a_limitation) {
    for (const char* verb : {"bench", "import", "export", "lsp"}) {
        const ProcessResult result = run_snnc({verb, "n.snn", "-o", "x"});
        EXPECT_EQ(result.exit_code, 2) << verb;
        EXPECT_NE(result.err.find("L0951"), std::string::npos) << result.err;
    }
    const SmallCase small;
    for (const char* stage : {"opencl", "ptx"}) {
        const ProcessResult result = small.run("emit", {"--stage", stage}, false);
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_NE(result.err.find("L0952"), std::string::npos) << result.err;
    }
    for (const char* backend : {"opencl", "cuda"}) {
        const ProcessResult result = small.run("run", {"--backend", backend});
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_NE(result.err.find("L0953"), std::string::npos) << result.err;
    }
#ifndef SNNC_HAS_CODEGEN
    const ProcessResult result = small.run("run", {"--backend", "cpu"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find("L0954"), std::string::npos) << result.err;
#endif
}

TEST(Usage, diagnostics_as_json_have_every_key) {
    const SmallCase small;
    write_text(small.file("net.snn"),
               "network N {\n    input x : f32[3]\n    x -> dense(2) : * 3\n}\n");
    const ProcessResult result = small.run("check", {"--diagnostics=json"}, false);
    ASSERT_EQ(result.exit_code, 1);
    const Json line = Json::parse(result.err.substr(0, result.err.find('\n')));
    for (const char* key : {"code", "severity", "message", "file", "line", "column", "end_line",
                            "end_column", "labels", "notes", "edits"}) {
        EXPECT_TRUE(line.contains(key)) << key;
    }
    EXPECT_EQ(line.at("line"), 3);
    const Json option = Json::parse(run_snnc({"run", "--nosuch", "--diagnostics", "json"}).err);
    EXPECT_EQ(option.at("code"), "E0802");
}

TEST(Usage, explain_prints_the_section_of_a_code) {
    const ProcessResult one = run_snnc({"explain", "e0707"});
    EXPECT_EQ(one.exit_code, 0);
    EXPECT_EQ(one.out.rfind("### E0707 ", 0), 0u) << one.out;
    EXPECT_EQ(one.out.find("### E0708"), std::string::npos);
    EXPECT_NE(run_snnc({"explain"}).out.find("E0101"), std::string::npos);
}

TEST(Usage, check_and_fmt) {
    const SmallCase small;
    const ProcessResult good = small.run("check", {}, false);
    EXPECT_EQ(good.exit_code, 0);
    EXPECT_EQ(good.out + good.err, "");
    EXPECT_EQ(small.run("fmt", {"--check"}, false).exit_code, 0);

    write_text(small.file("net.snn"), "fn  f( x )=x+1\n");
    const ProcessResult loose = small.run("fmt", {"--check"}, false);
    EXPECT_EQ(loose.exit_code, 1);
    EXPECT_NE(loose.err.find("E0808"), std::string::npos) << loose.err;
    EXPECT_EQ(small.run("fmt", {}, false).exit_code, 0);
    EXPECT_EQ(read_text(small.file("net.snn")), "fn f(x) = x + 1\n");
    EXPECT_EQ(run_snnc({"fmt", "-"}, {}, "fn  f( x )=x+1\n").out, "fn f(x) = x + 1\n");
    EXPECT_EQ(run_snnc({"check", small.file("none.snn")}).exit_code, 1);
}

TEST(Usage, every_stage_is_printed) {
    const SmallCase small;
    std::vector<std::string> stages{"tokens", "ast", "equations", "net", "grad", "step"};
#ifdef SNNC_HAS_CODEGEN
    stages.insert(stages.end(), {"halide", "llvm", "asm"});
#endif
    for (const std::string& stage : stages) {
        const ProcessResult result = small.run("emit", {"--stage=" + stage}, false);
        EXPECT_EQ(result.exit_code, 0) << stage << result.err;
        EXPECT_GT(result.out.size(), 100u) << stage;
    }
    write_text(small.file("net.snn"), driven_network);
    EXPECT_EQ(small.run("emit", {"--stage=grad", "--loss", "sum_t(sum(out.v))"}, false).exit_code,
              0);
    const ProcessResult without = small.run("emit", {"--stage=grad"}, false);
    EXPECT_EQ(without.exit_code, 1);
    EXPECT_NE(without.err.find("E0807"), std::string::npos);
}

/// Through a shell, which closes or redirects standard output.
ProcessResult with_shell(const std::string& arguments, const std::string& redirection) {
    return run_process({"/bin/sh", "-c", std::string(SNNC_BINARY) + " " + arguments + redirection});
}

TEST(Usage, standard_output_that_takes_nothing_is_an_error) {
    for (const char* redirection : {" >&-", " >/dev/full"}) {
        const ProcessResult result = with_shell("explain", redirection);
        EXPECT_EQ(result.exit_code, 1) << redirection;
        EXPECT_NE(result.err.find("E0809"), std::string::npos) << result.err;
    }
    const ProcessResult pipe = with_shell("explain; echo exit $? >&2", " | true");
    EXPECT_EQ(pipe.err.find("exit 139"), std::string::npos);
    EXPECT_EQ(with_shell("explain", " 2>&-").exit_code, 0);
}

}  // namespace
}  // namespace snnc::test
