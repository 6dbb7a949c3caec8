// A driver for compilers without libFuzzer: cuts, repeats, swaps and replaces pieces of the
// project's .snn files, from a seed that is printed, for a given time.
//
//     fuzz_text [--seconds N] [--seed S] [FILE…]
// With FILEs it runs just these (to repeat a finding).
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> corpus() {
    std::vector<std::string> texts;
    for (const char* folder : {"examples", "stdlib", "tests"}) {
        for (const auto& entry :
             fs::recursive_directory_iterator(fs::path(SNNC_SOURCE_DIR) / folder)) {
            if (entry.path().extension() == ".snn") texts.push_back(read(entry.path()));
        }
    }
    return texts;
}

void run(const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

class Mutator {
 public:
    explicit Mutator(std::uint64_t seed) : random_(seed), texts_(corpus()) {}

    std::string next() {
        std::string text = texts_[below(texts_.size())];
        for (std::size_t i = 0, n = 1 + below(4); i < n; ++i) mutate(text);
        return text;
    }

 private:
    std::size_t below(std::size_t end) { return end ? random_() % end : 0; }

    std::string piece(const std::string& text) {
        const std::size_t begin = below(text.size());
        return text.substr(begin, below(40));
    }

    void mutate(std::string& text) {
        static const char* const words[] = {"(",    ")",     "[",  "]",  "{",    "}",
                                            "t-1",  "spike", "->", "=",  "~",    "1e999",
                                            "20ms", "\xff",  "\"", "//", "learn"};
        const std::size_t at = below(text.size());
        switch (below(6)) {
            case 0: text.erase(at, below(20)); break;
            case 1: text.insert(at, piece(texts_[below(texts_.size())])); break;
            case 2: text.insert(at, words[below(std::size(words))]); break;
            case 3: text.resize(at); break;
            case 4: text.replace(at, below(8), piece(text)); break;
            case 5:
                if (!text.empty()) text[at] = char(random_());
                break;
        }
    }

    std::mt19937_64 random_;
    std::vector<std::string> texts_;
};

}  // namespace

int main(int argc, char** argv) {
    double seconds = 60;
    std::uint64_t seed = std::random_device{}();
    bool ran_files = false;
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--seconds") && i + 1 < argc) {
            seconds = std::atof(argv[++i]);
        } else if (!std::strcmp(argv[i], "--seed") && i + 1 < argc) {
            seed = std::strtoull(argv[++i], nullptr, 10);
        } else {
            run(read(argv[i]));
            ran_files = true;
        }
    }
    if (ran_files) return 0;

    std::cout << "seed " << seed << std::endl;
    Mutator mutator(seed);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    long count = 0;
    for (; std::chrono::steady_clock::now() < end; ++count) {
        const std::string text = mutator.next();
        // The text of a crash is found here, whatever ended the process.
        std::ofstream("fuzz_last_input.snn", std::ios::binary) << text;
        run(text);
    }
    std::cout << count << " texts, no crash" << std::endl;
}
