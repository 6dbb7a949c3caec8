// Texts that several tests of the parser and the formatter read.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace snnc::frontend::test {

struct Sample {
    std::string name;
    std::string text;
    bool refused = false;
};

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// All .snn files of a folder of the project, in order.
inline std::vector<Sample> folder_samples(const std::string& folder) {
    std::vector<Sample> samples;
    const auto path = std::filesystem::path(SNNC_SOURCE_DIR) / folder;
    if (!std::filesystem::exists(path)) return samples;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        if (entry.path().extension() == ".snn") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) samples.push_back({file.filename(), read_file(file), false});
    return samples;
}

/// tests/golden/snippets.txt: a line `#### NAME` before each; `!` marks one to be refused.
inline std::vector<Sample> snippets() {
    std::vector<Sample> samples;
    std::istringstream lines(
        read_file(std::filesystem::path(SNNC_SOURCE_DIR) / "tests/golden/snippets.txt"));
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("#### ", 0) == 0) {
            samples.push_back({line.substr(5), "", line.size() > 5 && line[5] == '!'});
        } else if (!samples.empty()) {
            samples.back().text += line + "\n";
        }
    }
    return samples;
}

}  // namespace snnc::frontend::test
