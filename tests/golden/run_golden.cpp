// The golden-file runner. A .snn file under tests/golden or tests/errors names its command,
//     // RUN: snnc emit --stage=equations %s
// and the file of the same name with the ending .expected beside it holds what the command prints
// (standard output, then standard error) and, if it is not 0, its exit code. Several RUN lines
// follow one another. SNNC_UPDATE_GOLDEN=1 writes the expectations anew instead of comparing.
//
// %s is the file's path from the root of the source tree, where the command runs, so that messages
// read the same on every machine. %t is a fresh folder.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace snnc::test {
namespace {

namespace fs = std::filesystem;

const fs::path source_folder = SNNC_SOURCE_DIR;

std::vector<std::string> golden_files() {
    std::vector<std::string> files;
    for (const char* folder : {"tests/golden", "tests/errors"}) {
        if (!fs::exists(source_folder / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(source_folder / folder)) {
            if (entry.path().extension() != ".snn") continue;
            if (read_text(entry.path()).find("// RUN:") == std::string::npos) continue;
            files.push_back(fs::relative(entry.path(), source_folder).string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;) result.push_back(word);
    return result;
}

std::vector<std::vector<std::string>> commands(const std::string& text) {
    static const std::string mark = "// RUN: snnc ";
    std::vector<std::vector<std::string>> result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find(mark);
        if (at != std::string::npos) result.push_back(words(line.substr(at + mark.size())));
    }
    return result;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

std::string output_of(std::vector<std::string> arguments, const std::string& file,
                      const TemporaryFolder& folder) {
    for (std::string& argument : arguments) {
        replace_all(argument, "%s", file);
        replace_all(argument, "%t", folder.path().string());
    }
    const ProcessResult result = run_snnc(arguments);
    std::string text = result.out + result.err;
    replace_all(text, folder.path().string(), "%t");
    if (result.exit_code != 0) text += "exit code " + std::to_string(result.exit_code) + "\n";
    return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, prints_what_is_expected) {
    fs::current_path(source_folder);
    const std::string file = GetParam();
    const auto all = commands(read_text(file));
    ASSERT_FALSE(all.empty()) << file << ": a RUN line begins with `// RUN: snnc `";

    const TemporaryFolder folder;
    std::string actual;
    for (const auto& arguments : all) actual += output_of(arguments, file, folder);

    const fs::path expected = fs::path(file).replace_extension(".expected");
    if (std::getenv("SNNC_UPDATE_GOLDEN")) {
        write_text(expected, actual);
        return;
    }
    ASSERT_TRUE(fs::exists(expected)) << file << " has no .expected file; it prints\n" << actual;
    EXPECT_EQ(read_text(expected), actual) << "in " << file;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param.substr(std::string("tests/").size());
    for (char& c : name) {
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(files, Golden, testing::ValuesIn(golden_files()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Golden);

}  // namespace
}  // namespace snnc::test
