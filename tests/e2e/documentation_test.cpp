// What the documentation shows works: every ```snn block of the README and of docs/ passes
// `snnc check`, every block that names a file of the tests quotes it, every .snn file of the
// project is in canonical layout, and relative links lead somewhere. A block that shows a mistake
// or a fragment is marked ```snn-fragment.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>

#include "tests/support/process.h"

namespace snnc::test {
namespace {

namespace fs = std::filesystem;

const fs::path root = SNNC_SOURCE_DIR;

std::vector<fs::path> files_below(const std::vector<std::string>& places,
                                  const std::string& extension) {
    std::vector<fs::path> files;
    for (const std::string& place : places) {
        if (fs::is_regular_file(root / place)) files.push_back(root / place);
        if (!fs::is_directory(root / place)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / place)) {
            if (entry.path().extension() == extension) files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<fs::path> pages() {
    return files_below(
        {"README.md", "CONTRIBUTING.md", "docs", "bench/README.md", "editors/README.md"}, ".md");
}

struct Block {
    int line = 0;
    std::string language, quoted;  // "```text tests/golden/tour/net.expected" quotes a file
    std::string text;
};

std::vector<Block> blocks(const std::string& page) {
    std::vector<Block> result;
    std::istringstream lines(page);
    bool inside = false;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (inside && line == "```") {
            inside = false;
        } else if (inside) {
            result.back().text += line + "\n";
        } else if (line.starts_with("```")) {
            inside = true;
            result.push_back({number, "", "", ""});
            std::istringstream words(line.substr(3));
            words >> result.back().language >> result.back().quoted;
        }
    }
    return result;
}

TEST(Documentation, snn_blocks_pass_check) {
    const TemporaryFolder folder;
    for (const fs::path& page : pages()) {
        for (const Block& block : blocks(read_text(page))) {
            if (block.language != "snn") continue;
            const std::string file = folder.file("block.snn");
            write_text(file, block.text);
            const ProcessResult result = run_snnc({"check", file});
            EXPECT_EQ(result.exit_code, 0) << page << ":" << block.line << "\n" << result.err;
        }
    }
}

/// Does the block equal the file? A line `…` stands for lines that are left out.
bool quotes(const std::string& block, const std::string& file) {
    std::size_t at = 0;
    bool gap = false;
    std::string piece;
    const auto find_piece = [&] {
        const auto found = piece.empty() ? at : ("\n" + file).find("\n" + piece, at);
        if (found == std::string::npos || (!gap && found != at)) return false;
        at = found + piece.size();
        piece.clear();
        return true;
    };
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line);) {
        if (line != "…") {
            piece += line + "\n";
            continue;
        }
        if (!find_piece()) return false;
        gap = true;
    }
    const bool open_end = gap && piece.empty();
    return find_piece() && (open_end || at == file.size());
}

/// With SNNC_UPDATE_GOLDEN=1 quotations without a gap are written anew.
TEST(Documentation, quotations_equal_their_files) {
    for (const fs::path& page : pages()) {
        std::string text = read_text(page);
        const std::string before = text;
        for (const Block& block : blocks(before)) {
            if (block.quoted.empty()) continue;
            ASSERT_TRUE(fs::exists(root / block.quoted)) << page << ":" << block.line;
            const std::string file = read_text(root / block.quoted);
            if (quotes(block.text, file)) continue;
            const auto at = text.find(block.quoted + "\n" + block.text);
            if (std::getenv("SNNC_UPDATE_GOLDEN") && block.text.find("…") == std::string::npos)
                text.replace(at + block.quoted.size() + 1, block.text.size(), file);
            else
                ADD_FAILURE() << page << ":" << block.line << " differs from " << block.quoted;
        }
        if (text != before) write_text(page, text);
    }
}

TEST(Documentation, snn_files_are_in_canonical_layout) {
    std::vector<std::string> command{"fmt", "--check"};
    for (const fs::path& file : files_below({"examples", "stdlib"}, ".snn")) {
        command.push_back(file.string());
    }
    const ProcessResult result = run_snnc(command);
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

/// The words of `NAME:'word'` in the grammar and of the functions in the table of operators.
std::vector<std::string> words_of_the_language() {
    std::vector<std::string> words;
    const auto collect = [&](const std::string& text, const std::regex& pattern) {
        for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
            words.push_back((*it)[1].str());
    };
    collect(read_text(root / "grammar/Snn.g4"), std::regex(R"([A-Z]+:'([a-z]+)';)"));
    collect(read_text(root / "ir/expr/ops.def"),
            std::regex(R"re(SNNC_OP\(\w+, \d, "([a-z0-9]+)", Call\))re"));
    std::erase(words, "bf16");  // not called by name
    return words;
}

TEST(Documentation, editors_colour_every_word) {
    const std::string grammar = read_text(root / "editors/vscode/syntaxes/snn.tmLanguage.json");
    const std::vector<std::string> words = words_of_the_language();
    EXPECT_GT(words.size(), 50u);
    for (const std::string& word : words)
        EXPECT_TRUE(std::regex_search(grammar, std::regex("[(|*:]" + word + "[|)\\\\]"))) << word;
}

TEST(Documentation, relative_links_lead_somewhere) {
    const std::regex link(R"(\]\(([^)#:\s]+)(#[^)]*)?\))");
    for (const fs::path& page : pages()) {
        const std::string text = read_text(page);
        for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
            EXPECT_TRUE(fs::exists(page.parent_path() / (*it)[1].str()))
                << page << ": " << (*it)[1].str();
        }
    }
}

}  // namespace
}  // namespace snnc::test
