// Damaged texts: whatever bytes come, no crash, no hang, errors inside of the file.
#include <gtest/gtest.h>

#include <random>

#include "frontend/format.h"
#include "frontend/parse.h"
#include "support/diagnostic_printer.h"
#include "tests/unit/frontend/parse_samples.h"

namespace snnc::frontend {
namespace {

using test::Sample;

std::vector<Sample> all_samples() {
    auto samples = test::folder_samples("examples");
    for (const Sample& snippet : test::snippets()) samples.push_back(snippet);
    return samples;
}

/// Parses, checks what was reported and, if the text fits, formats twice.
void try_text(const std::string& text) {
    SourceManager sources;
    Diagnostics diagnostics;
    const FileId file = sources.add("test.snn", text);
    const auto program = parse(sources, file, diagnostics);
    ASSERT_EQ(program.has_value(), diagnostics.ok()) << text;
    std::uint32_t last = 0;
    const auto inside = [&](const SourceRange& range) {
        return range.valid() && range.begin <= range.end && range.end <= text.size();
    };
    for (const Diagnostic& d : diagnostics.all()) {
        ASSERT_TRUE(inside(d.range)) << text;
        ASSERT_GE(d.range.begin, last) << text;
        last = d.range.begin;
        for (const Label& label : d.labels) ASSERT_TRUE(inside(label.range)) << text;
        for (const Edit& edit : d.edits) ASSERT_TRUE(inside(edit.range)) << text;
        ASSERT_FALSE(to_text(sources, d, true).empty());
        ASSERT_FALSE(to_json_line(sources, d).empty());
    }
    if (!program) return;
    const std::string once = format(sources, file, *program);
    SourceManager again;
    Diagnostics none;
    const FileId second = again.add("test.snn", once);
    const auto same = parse(again, second, none);
    ASSERT_TRUE(same) << text << "\n---- became\n" << once << to_text(again, none, false);
    ASSERT_EQ(format(again, second, *same), once) << text;
}

const std::vector<std::string>& words() {
    static const std::vector<std::string> list = {
        "neuron", "network",  "train", "of",   "input",     "output",  "param", "learn",  "state",
        "option", "let",      "on",    "if",   "else",      "match",   "not",   "and",    "in",
        "as",     "per",      "by",    "fn",   "surrogate", "loss",    "solve", "import", "snn",
        "x",      "v[t-1]",   "20ms",  "1.",   ".5",        "\"a\"",   "\"",    "(",      ")",
        "[",      "]",        "{",     "}",    "->",        "=>",      "=",     "==",     "~",
        "<",      "+",        "-",     "*",    "/",         "^",       "|",     ",",      ":",
        ".",      ";",        "\n",    "\r\n", "// c\n",    "/// d\n", "/*",    "@",      "#",
        "\t",     "\xC3\xA9", "\xFF",  " "};
    return list;
}

std::string damaged(const std::vector<Sample>& samples, std::mt19937& random) {
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
    std::string text = samples[below(samples.size())].text;
    const std::size_t changes = 1 + below(4);
    for (std::size_t i = 0; i < changes; ++i) {
        const std::size_t at = below(text.size() + 1);
        switch (below(5)) {
            case 0: text.erase(at, 1 + below(3)); break;
            case 1: text.erase(at, below(60)); break;
            case 2: text.insert(at, words()[below(words().size())]); break;
            case 3: text.insert(at, " " + words()[below(words().size())] + " "); break;
            default: {
                const std::size_t from = below(text.size() + 1);
                text.insert(at, text.substr(from, below(40)));
            }
        }
    }
    return text;
}

TEST(ParseDamage, RandomChanges) {
    const auto samples = all_samples();
    std::mt19937 random(20240607);
    for (int i = 0; i < 6000 && !testing::Test::HasFatalFailure(); ++i) {
        try_text(damaged(samples, random));
    }
}

/// Texts that once read beyond the tokens.
TEST(ParseDamage, FoundByFuzzing) {
    try_text(
        "network Cell {\n    I -> Le(aky(beta =check %s\nnetwork Net {\n   0.8) as lif\n"
        "    output lif.s, lif.v\n}\n");
    try_text("neuron A {\n    v = (1 + (2\nnetwork N {\n    x) -> y\n}\n");
}

TEST(ParseDamage, CutShortAnywhere) {
    for (const Sample& sample : test::folder_samples("examples")) {
        for (std::size_t length = 0; length < sample.text.size(); length += 3) {
            try_text(sample.text.substr(0, length));
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

TEST(ParseDamage, WordsAtRandom) {
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        std::string text = i % 2 == 0 ? "neuron A {\n" : "";
        const std::size_t count = random() % 60;
        for (std::size_t k = 0; k < count; ++k) text += words()[random() % words().size()] + " ";
        try_text(text);
        if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(ParseDamage, BytesAtRandom) {
    std::mt19937 random(11);
    for (int i = 0; i < 500; ++i) {
        std::string text;
        for (std::size_t k = random() % 200; k > 0; --k) text += static_cast<char>(random());
        try_text(text);
        if (testing::Test::HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace snnc::frontend
