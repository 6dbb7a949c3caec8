// Every diagnostic has a section in docs/errors.md and a test that brings it about; every rule of
// tests/golden/rules.md has its cases.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "driver/explain.h"
#include "support/diagnostics.h"

namespace snnc::driver {
namespace {

namespace fs = std::filesystem;

std::string all_tests() {
    std::ostringstream text;
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(SNNC_SOURCE_DIR) / "tests")) {
        const auto extension = entry.path().extension();
        if (extension != ".expected" && extension != ".cpp") continue;
        if (entry.path().filename() == "coverage_test.cpp") continue;
        // An empty file would set the stream's error flag.
        if (fs::file_size(entry.path()) == 0) continue;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return text.str();
}

TEST(DiagnosticCoverage, every_code_is_explained) {
    for (const CodeInfo& row : all_codes()) {
        const std::string section = explanation(row.text);
        EXPECT_NE(section, "") << row.text << " (" << row.name
                               << ") has no section in docs/errors.md";
        EXPECT_NE(section.find(row.title), std::string::npos)
            << row.text << ": the heading differs from the title in diagnostics.def: " << row.title;
    }
}

TEST(DiagnosticCoverage, every_explanation_has_a_code) {
    const std::string page = errors_page;
    for (auto at = page.find("\n### "); at != std::string::npos; at = page.find("\n### ", at + 1)) {
        const std::string code = page.substr(at + 5, 5);
        const auto& rows = all_codes();
        EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const CodeInfo& row) {
            return row.text == code;
        })) << code;
    }
}

TEST(DiagnosticCoverage, every_code_has_a_test) {
    const std::string tests = all_tests();
    for (const CodeInfo& row : all_codes()) {
        const bool named = tests.find("[" + std::string(row.text) + "]") != std::string::npos ||
                           tests.find("\"" + std::string(row.text) + "\"") != std::string::npos ||
                           tests.find("Code::" + std::string(row.name)) != std::string::npos;
        EXPECT_TRUE(named) << row.text << " (" << row.name << ") has no test";
    }
}

/// `TEST(Suite, name)` of any kind stands in the sources of the tests.
bool has_test(const std::string& tests, const std::string& suite, const std::string& name) {
    for (const char* kind : {"TEST(", "TEST_F(", "TEST_P("})
        if (tests.find(kind + suite + ", " + name + ")") != std::string::npos) return true;
    return false;
}

TEST(RulesOfTheLanguage, every_case_is_there) {
    const fs::path folder = fs::path(SNNC_SOURCE_DIR) / "tests";
    const std::string tests = all_tests();
    std::ifstream page(folder / "golden/rules.md");
    int rules = 0;
    for (std::string line; std::getline(page, line);) {
        const auto cells = line.find(" | ");
        if (!line.starts_with("| ") || cells == std::string::npos || line == "| rule | cases |")
            continue;
        ++rules;
        int cases = 0;
        std::istringstream words(line.substr(cells + 3));
        for (std::string word; words >> word;) {
            if (word == "|") continue;
            ASSERT_TRUE(word.size() > 2 && word.front() == '`' && word.back() == '`') << word;
            word = word.substr(1, word.size() - 2);
            ++cases;
            const auto dot = word.find('.');
            const bool there = word.ends_with(".snn")
                                   ? fs::exists(folder / word)
                                   : has_test(tests, word.substr(0, dot), word.substr(dot + 1));
            EXPECT_TRUE(there) << "there is no " << word << " in " << line;
        }
        EXPECT_GT(cases, 0) << line;
    }
    EXPECT_GT(rules, 50);
}

}  // namespace
}  // namespace snnc::driver
