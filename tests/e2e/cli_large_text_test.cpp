// Texts that are much too large, deep or long, and bytes that are no text: each is checked or told
// by a code, soon, and the formatter does as well.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace snnc::test {
namespace {

constexpr int many = 10000;

std::string repeated(const std::string& text, int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += text;
    return result;
}

std::string joined(const std::string& text, const std::string& sign, int count) {
    return text + repeated(sign + text, count - 1);
}

std::string cell(const std::string& value) {
    return "neuron A {\n    input  I\n    output v\n    v[t] = " + value + "\n}\n";
}

std::string network(const std::string& statements) {
    return "network N {\n    steps = 2\n    input x : f32[2]\n    " + statements + "\n}\n";
}

struct Case {
    std::string name, text;
    std::string code;  // empty: the text is sound
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

/// Each function calls the next one twice: 2^60 calls.
std::string doubling_functions() {
    std::string text = "fn f60(x) = x\n";
    for (int i = 0; i < 60; ++i) {
        const std::string next = "f" + std::to_string(i + 1) + "(x)";
        text += "fn f" + std::to_string(i) + "(x) = " + joined(next, " + ", 2) + "\n";
    }
    return text + cell("f0(I)");
}

/// Each network holds the next one twice: 2^30 populations.
std::string doubling_networks() {
    std::string text = "network N30 { input x[t] : f32[_]; x -> LI as c; output c.v }\n";
    for (int i = 0; i < 30; ++i) {
        const std::string next = "N" + std::to_string(i + 1);
        text += "network N" + std::to_string(i) + " { input x[t] : f32[_]; x -> " + next +
                " as a -> " + next + " as b; output b.v }\n";
    }
    return text + "network Top { steps = 1; input x[t] : f32[2]; x -> N0 as q; output q.v }\n";
}

std::vector<Case> cases() {
    std::vector<Case> all{
        {"round", cell(repeated("(", many) + "I" + repeated(")", many)), "E0109"},
        {"square", cell("I" + repeated("[", many) + "t" + repeated("]", many)), "E0109"},
        {"braces", repeated("{", many) + repeated("}", many), "E0109"},
        {"closing", repeated(")]}", many), "E0108"},
        {"mixed", cell(repeated("([{", many)), "E0109"},
        {"calls", cell(repeated("abs(", many) + "I" + repeated(")", many)), "E0109"},
        {"minus", cell(repeated("-", many) + "I"), "E0109"},
        {"nots", cell(repeated("not ", many) + "I"), "E0109"},
        {"sum", cell(joined("I", " + ", many)), "E0109"},
        {"powers", cell(joined("I", "^", many)), "E0109"},
        {"comparisons", cell(joined("I", " < ", many)), "E0109"},
        {"elses", cell(repeated("if I > 0 { 1 } else ", many) + "{ 0 }"), "E0109"},
        {"arguments", cell("min(" + joined("I", ", ", many) + ")"), "E0205"},
        {"members", network("output " + joined("x", ".", many)), "E0401"},
        {"chain", network("x " + repeated("-> scale(1) ", 1000) + "as out\n    output out"), ""},
        {"functions", doubling_functions(), "E0109"},
        {"networks", doubling_networks(), "E0109"},
        {"blanks", cell("I" + std::string(1000000, ' ') + "+ 1"), ""},
        {"comment", "// " + std::string(1000000, 'x') + "\n", ""},
        {"name", "neuron " + std::string(1000000, 'B') + " { output s; s[t] = 0 }\n", ""},
        {"unknown", cell(std::string(1000000, 'a')), "E0201"},
        {"digits", cell(std::string(many, '1')), "E0105"},
        {"huge", cell("1e999999"), "E0105"},
        {"tiny", cell("1e-999999"), "E0105"},
        {"extent", "network N { steps = 1; input x : f32[99999999999999999999]; output x }",
         "E0304"},
        {"extents", "network N { steps = 1; input x : f32[4000000000, 4000000000]; output x }",
         "E0304"},
        {"steps", "network N { steps = 1e300; input x : f32[1]; output x }", "E0304"},
        {"lag", cell("I[t-1000000000]"), "E0402"},
        {"lines", repeated("\n", 100000), ""},
        {"semicolons", repeated(";", 10 * many) + "fn f(x) = x" + repeated(";", 10 * many), ""},
        {"quotes", repeated("\"", many), "E0101"},
        {"hashes", repeated("#", many) + "\n", "E0103"},
        {"zeros", std::string(many, '\0'), "E0103"},
        {"zero", cell(std::string("I\0", 2)), "E0103"},
        {"mark", "\xEF\xBB\xBF" + cell("I"), ""},
        {"byte", cell("I\xFF"), "E0102"},
        {"half", cell("I") + "// \xC3", "E0102"},
        {"overlong", cell("I\xC0\xAF"), "E0102"},
        {"surrogate", "// \xED\xA0\x80\n", "E0102"},
        {"utf16", std::string("\xFF\xFEn\0e\0", 6), "E0102"},
    };
    return all;
}

class LargeText : public testing::TestWithParam<Case> {};

TEST_P(LargeText, is_checked_or_told_by_a_code) {
    const Case& one = GetParam();
    const TemporaryFolder folder;
    write_text(folder.file("large.snn"), one.text);
    const auto start = std::chrono::steady_clock::now();
    const ProcessResult check = run_snnc({"check", folder.file("large.snn")});
    EXPECT_EQ(check.exit_code, one.code.empty() ? 0 : 1);
    const std::string told = (check.out + check.err).substr(0, 2000);
    if (!one.code.empty()) EXPECT_NE(told.find("[" + one.code + "]"), std::string::npos) << told;
    const ProcessResult format = run_snnc({"fmt", folder.file("large.snn")});
    EXPECT_TRUE(format.exit_code == 0 || format.exit_code == 1) << format.exit_code;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT_LT(seconds.count(), 60);  // a hang, not a measurement
}

INSTANTIATE_TEST_SUITE_P(texts, LargeText, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace snnc::test
