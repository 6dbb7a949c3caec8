// Every diagnostic has a section in docs/errors.md and a test that brings it about.
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

}  // namespace
}  // namespace snnc::driver
