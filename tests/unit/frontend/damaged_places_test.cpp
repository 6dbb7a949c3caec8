// One damaged word in a sound text: the first error stands where the damage is. Never before the
// statement that was damaged, never behind the declaration around it, and mostly on its line.
#include <gtest/gtest.h>

#include <random>

#include "frontend/layout.h"
#include "frontend/parse.h"
#include "support/diagnostic_printer.h"
#include "tests/unit/frontend/parse_samples.h"

namespace snnc::frontend {
namespace {

using test::Sample;

/// A word of the text with the statement and the declaration in which it stands, by offsets.
struct Word {
    std::uint32_t begin, end;
    std::uint32_t statement;    // where its statement begins
    std::uint32_t declaration;  // where the next declaration begins, or the text ends
};

/// Separators between statements stand inside of one bracket at most; deeper ones belong to a
/// `match` or to a list.
std::vector<Word> words_of(const std::string& text) {
    SourceManager sources;
    Diagnostics diagnostics;
    const FileId file = sources.add("sound.snn", text);
    const Layout layout = lay_out(sources, file, scan(sources, file), diagnostics);
    std::vector<Word> words;
    std::size_t first_of_declaration = 0;
    std::uint32_t statement = 0;
    int depth = 0;
    bool begins = true;
    const auto end_declaration = [&](std::uint32_t at) {
        for (; first_of_declaration < words.size(); ++first_of_declaration)
            words[first_of_declaration].declaration = at;
    };
    for (const CodeToken& code : layout.code) {
        const TokenType type = code.token.type;
        const SourceRange range = code.token.range;
        if (type == TokenType::EndOfFile) break;
        if (type == TokenType::Separator || type == TokenType::Semicolon) {
            begins = begins || depth <= 1;
            continue;
        }
        if (begins) statement = range.begin;
        if (begins && depth == 0) end_declaration(range.begin);
        if (is_closing(type)) --depth;
        words.push_back({range.begin, range.end, statement, 0});
        begins = is_opening(type) && depth == 0;
        if (is_opening(type)) ++depth;
    }
    end_declaration(std::uint32_t(text.size()));
    return words;
}

struct Damage {
    std::string text;
    Word word;
    int shift = 0;  // of what stands behind it
};

Damage damaged(const std::string& text, const std::vector<Word>& words, std::mt19937& random) {
    static const std::vector<std::string> others{"(", ")",  "[",  "]", "{",  "}",  "=", "->",
                                                 ",", "@@", "zz", "7", "\"", "in", ":", "1.2.3"};
    const Word word = words[random() % words.size()];
    const std::string other = " " + others[random() % others.size()] + " ";
    Damage damage{text, word, 0};
    const std::uint32_t size = word.end - word.begin;
    switch (random() % 3) {
        case 0: damage.text.erase(word.begin, size); break;
        case 1: damage.text.replace(word.begin, size, other); break;
        default: damage.text.insert(word.begin, other);
    }
    damage.shift = int(damage.text.size()) - int(text.size());
    return damage;
}

int line_of(const std::string& text, std::uint32_t offset) {
    return 1 + int(std::count(text.begin(), text.begin() + offset, '\n'));
}

TEST(DamagedPlaces, the_first_error_stands_at_the_damage) {
    std::vector<Sample> samples = test::folder_samples("examples");
    for (const Sample& sample : test::folder_samples("stdlib")) samples.push_back(sample);
    std::mt19937 random(20250211);
    int errors = 0, near = 0;
    for (const Sample& sample : samples) {
        const auto words = words_of(sample.text);
        for (int i = 0; i < 250; ++i) {
            const Damage damage = damaged(sample.text, words, random);
            SourceManager sources;
            Diagnostics diagnostics;
            const FileId file = sources.add(sample.name, damage.text);
            parse(sources, file, diagnostics);
            if (diagnostics.ok()) continue;
            const std::uint32_t place = diagnostics.all().front().range.begin;
            const std::string told = damage.text.substr(damage.word.statement, 200) + "\n" +
                                     to_text(sources, diagnostics, false);
            ASSERT_GE(place, damage.word.statement) << told;
            ASSERT_LE(int(place), int(damage.word.declaration) + damage.shift) << told;
            const int lines = line_of(damage.text, place) - line_of(damage.text, damage.word.begin);
            ++errors;
            near += std::abs(lines) <= 1 ? 1 : 0;
        }
    }
    EXPECT_GT(errors, 1500);
    EXPECT_GT(near, errors * 95 / 100) << near << " of " << errors;
}

}  // namespace
}  // namespace snnc::frontend
