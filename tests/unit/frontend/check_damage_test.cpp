// Damaged texts of the examples and of the texts of mistakes: whatever stands in them, they are
// checked and elaborated without a crash, and a network is made exactly if nothing was reported.
#include <gtest/gtest.h>

#include <random>

#include "frontend/elaborate.h"
#include "support/diagnostic_printer.h"
#include "tests/unit/frontend/parse_samples.h"

namespace snnc::frontend {
namespace {

using test::Sample;

const std::vector<std::string>& words() {
    static const std::vector<std::string> list = {
        "(1, 2)", "-1",     "0",        "1e300",    "0.5",      "t",      "dt",    "steps",
        "s",      "v",      "I",        "x",        "label",    "out",    "out.s", "Leaky",
        "LI",     "dense",  "dense(3)", "spike(1)", "sum_t(x)", "ce",     "learn", "fixed",
        "match",  "zero",   "true",     "[t-1]",    "[t]",      "[t+1]",  "[0:2]", "per neuron",
        "20ms",   "5mV",    "class[3]", "f32[4]",   "state",    "output", "= 1",   "~",
        "->",     "as out", ": 3",      "in [1, 0]"};
    return list;
}

/// Cuts at the ends of words, so that most texts still fit the grammar.
std::string damaged(const std::vector<Sample>& samples, std::mt19937& random) {
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
    std::string text = samples[below(samples.size())].text;
    const auto word = [&] {
        std::size_t begin = below(text.size());
        const auto is_part = [&](std::size_t i) {
            return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0 ||
                                       text[i] == '_' || text[i] == '.');
        };
        while (begin > 0 && is_part(begin - 1)) --begin;
        std::size_t end = begin;
        while (is_part(end)) ++end;
        return std::pair(begin, std::max(end - begin, std::size_t{1}));
    };
    for (std::size_t i = 0, changes = 1 + below(3); i < changes && !text.empty(); ++i) {
        const auto [begin, size] = word();
        const auto [from, length] = word();
        switch (below(3)) {
            case 0: text.replace(begin, size, words()[below(words().size())]); break;
            case 1: text.replace(begin, size, text.substr(from, length)); break;
            default: text.erase(begin, size);
        }
    }
    return text;
}

void try_text(const std::string& text) {
    SourceManager sources;
    Diagnostics diagnostics;
    const auto module = load_text(sources, "damaged.snn", text, diagnostics);
    ASSERT_EQ(module.has_value(), diagnostics.ok()) << text;
    if (module) check(sources, *module, diagnostics);
    for (const Diagnostic& d : diagnostics.all())
        ASSERT_FALSE(to_text(sources, d, true).empty()) << text;
    if (!module) return;
    for (const std::string& name : network_names(*module)) {
        Diagnostics own;
        Request request;
        request.network = name;
        const bool made = elaborate(sources, *module, request, own).has_value();
        ASSERT_EQ(made, own.ok()) << text;
    }
}

TEST(CheckDamage, survives_damaged_programs) {
    std::vector<Sample> samples = test::folder_samples("examples");
    for (const char* folder : {"tests/errors", "tests/errors/beginners"})
        for (const Sample& sample : test::folder_samples(folder)) samples.push_back(sample);
    std::mt19937 random(20240229);
    for (int i = 0; i < 1500; ++i) {
        const std::string text = damaged(samples, random);
        ASSERT_NO_THROW(try_text(text)) << text;
        if (HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace snnc::frontend
