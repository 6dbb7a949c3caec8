// What a session defines: always sound, each name once, every mistake at its place.
#include <gtest/gtest.h>

#include "driver/repl/definitions.h"
#include "driver/repl/texts.h"
#include "frontend/parse.h"
#include "support/diagnostic_printer.h"

namespace snnc::driver::repl {
namespace {

constexpr const char* cell =
    "neuron Cell {\n"
    "    input  I\n"
    "    output s\n"
    "    state  v = 0\n"
    "    v[t] = 0.9*v[t-1] + I\n"
    "    s[t] = spike(v - 1)\n"
    "}";
constexpr const char* network =
    "network Net {\n"
    "    steps = 5\n"
    "    input x : f32[3]\n"
    "    pop : Cell[3]\n"
    "    x -> pop.I\n"
    "    output pop.s\n"
    "}";

using Strings = std::vector<std::string>;

class ReplDefinitions : public testing::Test {
 protected:
    Strings define(const std::string& text) {
        session.forget();
        const auto name = "<input " + std::to_string(++inputs) + ">";
        return definitions.define(session.sources.add(name, text));
    }
    /// What is told of an input that is refused.
    std::string refused(const std::string& text) {
        EXPECT_THROW(define(text), Stop);
        return told();
    }
    void drop(const Strings& names) {
        session.forget();
        std::vector<Word> words;
        for (const std::string& name : names) words.push_back({name, false, {}});
        definitions.drop(words);
    }
    std::string told() const {
        std::string text;
        for (const Diagnostic& one : session.diagnostics.all())
            text += to_text(session.sources, one, false);
        return text;
    }
    Strings names() const {
        Strings result;
        for (const Definition& one : definitions.all()) result.push_back(one.name);
        return result;
    }

    Session session;
    Definitions definitions{session};
    int inputs = 0;
};

TEST_F(ReplDefinitions, a_second_one_of_a_name_takes_the_place_of_the_first) {
    EXPECT_EQ(define(cell), Strings{"neuron Cell"});
    EXPECT_EQ(define("fn twice(x) = 2*x"), Strings{"fn twice"});
    EXPECT_EQ(define("neuron Cell { output y  \n y[t] = twice(1) }"),
              Strings{"neuron Cell, redefined"});
    EXPECT_EQ(names(), (Strings{"Cell", "twice"}));
}

TEST_F(ReplDefinitions, a_mistake_is_told_at_the_input_and_leaves_what_was_there) {
    define(cell);
    const std::string text = refused("neuron Cell { output y\n y[t] = exq(1) }");
    EXPECT_NE(text.find("<input 2>:2:9"), std::string::npos) << text;
    EXPECT_NE(text.find("did you mean `exp`"), std::string::npos) << text;
    EXPECT_EQ(session.sources.text(definitions.all()[0].text), cell);
}

TEST_F(ReplDefinitions, a_change_that_breaks_another_definition_is_refused_and_names_it) {
    define(cell);
    define(network);
    const std::string text = refused("neuron Cell { input J\n output s\n s[t] = spike(J) }");
    EXPECT_NE(text.find("<input 2>:5:"), std::string::npos) << text;
    EXPECT_NE(text.find("`Cell` is not redefined: `Net` would not work with it [E0822]"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("<input 3>:1:8"), std::string::npos) << text;
    EXPECT_EQ(session.sources.text(definitions.all()[0].text), cell);
}

TEST_F(ReplDefinitions, both_change_in_one_input) {
    define(cell);
    define(network);
    define(
        "neuron Cell { input J\n output s\n s[t] = spike(J) }\n"
        "network Net {\n steps = 5\n input x : f32[3]\n pop : Cell[3]\n x -> pop.J\n"
        " output pop.s\n}");
    EXPECT_EQ(names(), (Strings{"Cell", "Net"}));
}

TEST_F(ReplDefinitions, the_same_name_twice_in_one_input_is_a_mistake) {
    EXPECT_NE(refused("fn f(x) = x\nfn f(x) = 2*x").find("E0202"), std::string::npos);
    EXPECT_EQ(names(), Strings{});
}

TEST_F(ReplDefinitions, what_another_one_needs_is_not_dropped) {
    define(cell);
    define(network);
    EXPECT_THROW(drop({"Cell"}), Stop);
    EXPECT_NE(told().find("`Cell` is not dropped: `Net` would not work without it [E0822]"),
              std::string::npos)
        << told();
    EXPECT_NE(told().find("`:drop Cell Net` drops them together"), std::string::npos) << told();
    drop({"Cell", "Net"});
    EXPECT_EQ(names(), Strings{});
    EXPECT_THROW(drop({"Cell"}), Failure);
}

TEST_F(ReplDefinitions, undo_takes_back_one_change_after_the_other) {
    define(cell);
    define("fn f(x) = x");
    define("fn f(x) = 2*x");
    EXPECT_TRUE(definitions.undo());
    EXPECT_EQ(session.sources.text(definitions.all()[1].text), "fn f(x) = x");
    EXPECT_TRUE(definitions.undo());
    EXPECT_EQ(names(), Strings{"Cell"});
    EXPECT_TRUE(definitions.undo());
    EXPECT_FALSE(definitions.undo());
}

TEST_F(ReplDefinitions, functions_of_earlier_inputs_are_known) {
    define("fn twice(x) = 2*x");
    define("neuron Cell { output y\n y[t] = twice(3) }");
    EXPECT_EQ(names(), (Strings{"twice", "Cell"}));
}

TEST_F(ReplDefinitions, a_warning_is_told_once) {
    define(
        "network Net {\n steps = 2\n input x : f32[4]\n x -> dense(2) -> LI() as out\n"
        " output out.v\n}");
    define(
        "train of Net {\n target y : class[2]\n loss = sum_t(ce(out.v, y))\n"
        " optimizer = sgd(lr = 0.1)\n batch = 1\n epochs = 1\n}");
    EXPECT_NE(told().find("W0504"), std::string::npos) << told();
    define("fn f(x) = x");
    EXPECT_EQ(told(), "");
}

TEST_F(ReplDefinitions, the_text_is_canonical_and_keeps_comments) {
    define("snn 1\n// Half of it.\nfn half(x)=x/2  // so");
    define("/// Thrice.\nfn thrice(x)=3*x");
    EXPECT_EQ(
        definitions.text(""),
        "snn 1\n\n// Half of it.\nfn half(x) = x/2  // so\n\n/// Thrice.\nfn thrice(x) = 3*x\n");
}

TEST(ReplTexts, each_declaration_has_the_comments_around_it) {
    SourceManager sources;
    Diagnostics none;
    const FileId file =
        sources.add("", "// one\nfn f(x) = x  // behind\n\n// two\nfn g(x) = x\n// end\n");
    const auto program = frontend::parse(sources, file, none);
    const auto texts = texts_of(sources, *program);
    ASSERT_EQ(texts.size(), 2u);
    EXPECT_EQ(sources.text(texts[0]), "// one\nfn f(x) = x  // behind");
    EXPECT_EQ(sources.text(texts[1]), "// two\nfn g(x) = x\n// end");
}

}  // namespace
}  // namespace snnc::driver::repl
