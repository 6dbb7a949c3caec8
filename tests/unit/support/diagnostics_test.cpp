#include "support/diagnostics.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "support/diagnostic_printer.h"

namespace snnc {
namespace {

TEST(Diagnostics, CodesAreUniqueAndNamed) {
    std::set<std::string_view> texts;
    for (const CodeInfo& code : all_codes()) {
        EXPECT_TRUE(texts.insert(code.text).second) << code.text;
        EXPECT_FALSE(code.title.empty()) << code.text;
        EXPECT_EQ(&info(code.code), &code);
    }
}

TEST(Diagnostics, CountsBySeverityAndKeepsRepetitionsOnce) {
    SourceManager sources;
    const FileId id = sources.add("f", "abc");
    Diagnostics diagnostics;
    EXPECT_TRUE(diagnostics.ok());
    diagnostics.report(Code::UnexpectedText, {id, 1, 2}, "one").note("kept");
    diagnostics.report(Code::UnexpectedText, {id, 1, 2}, "again").note("dropped");
    diagnostics.report(Code::UnexpectedText, {id, 0, 1}, "two");
    ASSERT_EQ(diagnostics.all().size(), 2u);
    EXPECT_EQ(diagnostics.all()[0].notes.size(), 1u);
    EXPECT_TRUE(diagnostics.has_errors());
    EXPECT_FALSE(diagnostics.ok());
    diagnostics.sort_by_place();
    EXPECT_EQ(diagnostics.all()[0].message, "two");
}

TEST(Diagnostics, VeryLongWordsAreCut) {
    SourceManager sources;
    const FileId id = sources.add("f", "abc");
    Diagnostics diagnostics;
    std::string word = "a";
    for (int i = 0; i < 500; ++i) word += "\u03B8";  // the 100th byte is the middle of one
    diagnostics.report(Code::UnknownName, {id, 0, 1}, "no `" + word + "` in `A`");
    EXPECT_EQ(diagnostics.all()[0].message, "no `" + word.substr(0, 99) + "\u2026` in `A`");
}

TEST(Diagnostics, NearestNames) {
    const std::vector<std::string> names = {"theta", "beta", "tau_mem", "Leaky",
                                            "sum",   "v",    "\u03B8"};
    const auto first = [&](std::string_view name) {
        const auto near = nearest_names(name, names);
        return near.empty() ? std::string() : near.front();
    };
    EXPECT_EQ(first("bta"), "beta");
    EXPECT_EQ(first("btea"), "beta");  // two letters swapped
    EXPECT_EQ(first("leaky"), "Leaky");
    EXPECT_EQ(first("tau_men"), "tau_mem");
    EXPECT_EQ(first("tau"), "tau_mem");  // its beginning
    EXPECT_EQ(first("completely_different"), "");
    EXPECT_EQ(first("w"), "");  // shares no letter with `v`
    EXPECT_EQ(did_you_mean("bta", names), "did you mean `beta`?");
    EXPECT_EQ(did_you_mean("Adam", {"adamw", "adam"}), "did you mean `adam`?");
    EXPECT_EQ(did_you_mean("in", {"input", "on"}), "did you mean `input`?");
    EXPECT_EQ(did_you_mean("In", {"Input", "in"}), "did you mean `in`?");
    EXPECT_EQ(did_you_mean("subtrac", {"subtract", "subtract_decayed"}),
              "did you mean `subtract`?");
    EXPECT_EQ(did_you_mean("subt", {"subtract", "subtract_decayed"}),
              "did you mean `subtract`, `subtract_decayed`?");
    EXPECT_EQ(did_you_mean("qqqq", names), "");
}

class Printer : public testing::Test {
 protected:
    std::string text(const SourceRange& range, const std::string& message) {
        diagnostics_.report(Code::UnexpectedText, range, message);
        return to_text(sources_, diagnostics_, false);
    }
    SourceManager sources_;
    Diagnostics diagnostics_;
};

TEST_F(Printer, UnderlinesTheRange) {
    const FileId id = sources_.add("a.snn", "x\n    v = bta*2\n");
    EXPECT_EQ(text({id, 10, 13}, "unknown"),
              "a.snn:2:9: error: unknown [E0101]\n"
              "    2 |     v = bta*2\n"
              "      |         ^^^\n");
}

TEST_F(Printer, TabsWideAndEmptyRanges) {
    const FileId id = sources_.add("a.snn", "\t\u819C = 1");
    EXPECT_EQ(text({id, 7, 7}, "here"),
              "a.snn:1:6: error: here [E0101]\n"
              "    1 |     \u819C = 1\n"
              "      |          ^\n");
}

TEST_F(Printer, LabelsNotesAndEdits) {
    const FileId id = sources_.add("a.snn", "ab\ncd");
    diagnostics_.report(Code::UnexpectedText, {id, 3, 5}, "wrong")
        .label({id, 0, 1}, "declared here")
        .note("think")
        .edit({id, 3, 5}, "x")
        .edit({id, 3, 3}, "y")
        .edit({id, 3, 4}, "");
    EXPECT_EQ(to_text(sources_, diagnostics_, false),
              "a.snn:2:1: error: wrong [E0101]\n"
              "    2 | cd\n"
              "      | ^^\n"
              "a.snn:1:1: note: declared here\n"
              "    1 | ab\n"
              "      | ^\n"
              "  note: think\n"
              "  help: replace `cd` by `x`\n"
              "  help: insert `y`\n"
              "  help: remove `c`\n");
}

TEST_F(Printer, LongLinesAreCut) {
    const FileId id = sources_.add("a.snn", std::string(5000, 'x') + "!" + std::string(5000, 'y'));
    const std::string shown = text({id, 5000, 5001}, "long");
    EXPECT_LT(shown.size(), 500u);
    EXPECT_NE(shown.find("xxx!yyy"), std::string::npos);
}

TEST_F(Printer, WithoutAPlaceTheFileIsNamed) {
    diagnostics_.report(Code::UnexpectedText, {}, "cut short").file("x.npy");
    diagnostics_.report(Code::UnexpectedText, {}, "no such option");
    EXPECT_EQ(to_text(sources_, diagnostics_, false),
              "x.npy: error: cut short [E0101]\nsnnc: error: no such option [E0101]\n");
}

TEST_F(Printer, ColourOnlyWhenAsked) {
    const FileId id = sources_.add("a.snn", "ab");
    diagnostics_.report(Code::UnexpectedText, {id, 0, 1}, "wrong");
    EXPECT_EQ(to_text(sources_, diagnostics_, false).find('\x1b'), std::string::npos);
    EXPECT_NE(to_text(sources_, diagnostics_, true).find('\x1b'), std::string::npos);
}

TEST_F(Printer, ControlCharactersDoNotReachTheTerminal) {
    const FileId id = sources_.add("a.snn", "a\x1b[31mb");
    EXPECT_EQ(text({id, 0, 1}, "wrong").find('\x1b'), std::string::npos);
}

TEST_F(Printer, JsonLine) {
    const FileId id = sources_.add("a.snn", "\u03B8b\ncd");
    diagnostics_.report(Code::UnexpectedText, {id, 2, 5}, "a \"word\"")
        .label({id, 0, 2}, "here")
        .note("think")
        .edit({id, 2, 3}, "x");
    const std::string line = to_json_line(sources_, diagnostics_.all()[0]);
    EXPECT_EQ(line.back(), '\n');
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["code"], "E0101");
    EXPECT_EQ(json["severity"], "error");
    EXPECT_EQ(json["message"], "a \"word\"");
    EXPECT_EQ(json["file"], "a.snn");
    EXPECT_EQ(json["line"], 1);
    EXPECT_EQ(json["column"], 2);
    EXPECT_EQ(json["end_line"], 2);
    EXPECT_EQ(json["end_column"], 2);
    EXPECT_EQ(json["labels"][0]["message"], "here");
    EXPECT_EQ(json["labels"][0]["end_column"], 2);
    EXPECT_EQ(json["notes"][0], "think");
    EXPECT_EQ(json["edits"][0]["text"], "x");
    EXPECT_EQ(json["edits"][0]["column"], 2);
}

}  // namespace
}  // namespace snnc
