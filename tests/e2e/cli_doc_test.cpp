// snnc doc: pages of a file and of the standard library.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/process.h"

namespace snnc::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* own_file = R"(snn 1

/// Leaks.
neuron Own {
    input  I
    output s
    learn  tau = 20ms   /// how slowly
    state  v   = 0mV

    dv/dt = (I - v)/tau solve exact
    s[t] = spike(v - 10mV)
    on detach(s): v = 0mV
}

surrogate narrow(x; w = 0.1) = max(0, 1 - abs(x)/w)

network Net {
    dt = 1ms
    input x[t] : f32[3]

    x -> dense(2) as fc -> scale(1mV) -> Own as cells
    output cells.s
}
)";

TEST(Doc, a_html_page_holds_everything) {
    const TemporaryFolder folder;
    write_text(folder.file("own.snn"), own_file);
    const ProcessResult result =
        run_snnc({"doc", folder.file("own.snn"), "--out", folder.file("pages")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string page = read_text(folder.file("pages/own.html"));
    for (const char* words :
         {"<p>Leaks.</p>", "how slowly", "<mfrac>", "Response to an input of", "mV</figcaption>",
          "The surrogate below the spike", "Inputs, layers and populations", "dense(2)"})
        EXPECT_NE(page.find(words), std::string::npos) << words;
}

TEST(Doc, a_markdown_page_has_its_pictures_beside_it) {
    const TemporaryFolder folder;
    write_text(folder.file("own.snn"), own_file);
    const ProcessResult result = run_snnc(
        {"doc", folder.file("own.snn"), "--format", "markdown", "--out", folder.file("pages")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string page = read_text(folder.file("pages/own.md"));
    EXPECT_NE(page.find("\\frac{I - v}{\\tau}"), std::string::npos) << page;
    for (const char* name :
         {"own-neuron-Own.svg", "own-surrogate-narrow.svg", "own-network-Net.svg"}) {
        EXPECT_NE(page.find(name), std::string::npos) << name;
        EXPECT_TRUE(fs::exists(folder.file(std::string("pages/") + name))) << name;
    }
}

TEST(Doc, two_files_with_one_page_are_refused) {
    const TemporaryFolder folder;
    fs::create_directories(folder.file("a"));
    for (const char* name : {"own.snn", "a/own.snn", "neurons.snn"})
        write_text(folder.file(name), own_file);
    const auto expect_refused = [&](std::vector<std::string> arguments, const std::string& text) {
        arguments.insert(arguments.end(), {"--out", folder.file("pages")});
        const ProcessResult result = run_snnc(arguments);
        EXPECT_EQ(result.exit_code, 1) << result.out;
        EXPECT_NE(result.err.find("[E0801]"), std::string::npos) << result.err;
        EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
        EXPECT_FALSE(fs::exists(folder.file("pages")));
    };
    expect_refused({"doc", folder.file("own.snn"), folder.file("a/own.snn")},
                   "own.snn` and `" + folder.file("a/own.snn"));
    expect_refused({"doc", folder.file("neurons.snn"), "--library"}, "neurons.snn` and `");
}

TEST(Doc, names_of_the_file_do_not_stand_in_the_way_of_its_pictures) {
    const TemporaryFolder folder;
    std::string text = own_file;
    for (const auto& [own, other] : {std::pair("neuron Own", "neuron Spiking"),
                                     {"-> Own", "-> Spiking"},
                                     {"network Net", "network picture"}})
        text.replace(text.find(own), std::string(own).size(), other);
    write_text(folder.file("own.snn"), text);
    const ProcessResult result =
        run_snnc({"doc", folder.file("own.snn"), "--out", folder.file("pages")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string page = read_text(folder.file("pages/own.html"));
    for (const char* words : {"Response to an input of", "The surrogate below the spike",
                              "Inputs, layers and populations"})
        EXPECT_NE(page.find(words), std::string::npos) << words;
}

/// The sections of a page without a figure, by their anchors.
std::vector<std::string> without_figure(const std::string& page) {
    const std::string heading = "<h2 id=\"";
    std::vector<std::string> anchors;
    for (auto at = page.find(heading); at != std::string::npos;) {
        const auto next = page.find(heading, at + 1);
        const auto begin = at + heading.size();
        if (page.substr(at, next - at).find("<figure>") == std::string::npos)
            anchors.push_back(page.substr(begin, page.find('"', begin) - begin));
        at = next;
    }
    return anchors;
}

TEST(Doc, every_cell_and_surrogate_of_the_library_has_its_figure) {
    const TemporaryFolder folder;
    ASSERT_EQ(run_snnc({"doc", "--library", "--out", folder.file("pages")}).exit_code, 0);
    using Anchors = std::vector<std::string>;
    const auto missing = [&](const std::string& page) {
        return without_figure(read_text(folder.file("pages/" + page + ".html")));
    };
    EXPECT_EQ(missing("neurons"), Anchors{});
    EXPECT_EQ(missing("neurons_continuous"), Anchors{"function-linoid"});
    EXPECT_EQ(missing("neurons_snntorch"), Anchors{});
    EXPECT_EQ(missing("surrogates"), Anchors{});
    // A network that is a layer of others has no shapes of its own, a source has no input.
    EXPECT_EQ(missing("neurons_without_reset"), Anchors{"network-LinearLeaky"});
    EXPECT_EQ(missing("noise"), Anchors{"neuron-PoissonSource"});
    EXPECT_NE(read_text(folder.file("pages/neurons_continuous.html")).find("id=\"neuron-AdEx\""),
              std::string::npos);
}

TEST(Doc, mistakes_are_those_of_check) {
    const TemporaryFolder folder;
    write_text(folder.file("bad.snn"), "neuron N {\n    output s\n    s[t] = spike(nothing)\n}\n");
    const ProcessResult result =
        run_snnc({"doc", folder.file("bad.snn"), "--out", folder.file("pages")});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("[E0201]"), std::string::npos) << result.err;
    EXPECT_FALSE(fs::exists(folder.file("pages/bad.html")));
    EXPECT_NE(run_snnc({"doc", "--out", folder.file("p")}).err.find("[E0801]"), std::string::npos);
}

}  // namespace
}  // namespace snnc::test
