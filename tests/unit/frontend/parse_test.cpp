#include "frontend/parse.h"

#include <gtest/gtest.h>

#include <chrono>

#include "frontend/ast_printer.h"
#include "tests/unit/frontend/parse_samples.h"

namespace snnc::frontend {
namespace {

using test::Sample;

struct Parsed {
    SourceManager sources;
    Diagnostics diagnostics;
    FileId file;
    std::optional<Program> program;

    explicit Parsed(const std::string& text) {
        file = sources.add("test.snn", text);
        program = parse(sources, file, diagnostics);
    }
    /// "CODE line:column message" of all, one per line.
    std::string errors() const {
        std::string out;
        for (const Diagnostic& d : diagnostics.all()) {
            const LineColumn at = sources.file(file).line_column(d.range.begin);
            out += std::string(info(d.code).text) + " " + std::to_string(at.line) + ":" +
                   std::to_string(at.column) + " " + d.message + "\n";
        }
        return out;
    }
};

std::string errors(const std::string& text) { return Parsed(text).errors(); }

/// The first error's first edit, applied.
std::string mended(const std::string& text) {
    const Parsed parsed(text);
    if (parsed.diagnostics.all().empty()) return "no error";
    const Diagnostic& d = parsed.diagnostics.all().front();
    if (d.edits.empty()) return "no edit";
    std::string out = text;
    const SourceRange& range = d.edits[0].range;
    out.replace(range.begin, range.end - range.begin, d.edits[0].text);
    return out;
}

std::string tree(const std::string& text) {
    const Parsed parsed(text);
    return parsed.program ? print_ast(*parsed.program) : parsed.errors();
}

TEST(Parse, ExamplesAndLibrary) {
    for (const char* folder : {"examples", "stdlib"}) {
        for (const Sample& sample : test::folder_samples(folder)) {
            const Parsed parsed(sample.text);
            EXPECT_TRUE(parsed.program) << sample.name << "\n" << parsed.errors();
            std::string carriage = sample.text;
            for (std::size_t at = 0; (at = carriage.find('\n', at)) != std::string::npos; at += 2) {
                carriage.replace(at, 1, "\r\n");
            }
            EXPECT_EQ(tree(carriage), tree(sample.text)) << sample.name << " with CRLF";
        }
    }
}

TEST(Parse, SnippetsAsMarked) {
    const auto samples = test::snippets();
    ASSERT_EQ(samples.size(), 91u);
    for (const Sample& sample : samples) {
        const Parsed parsed(sample.text);
        // The grammar takes a chained comparison; the tree's builder refuses it.
        const bool refused = sample.refused || sample.name.rfind("52 ", 0) == 0;
        EXPECT_EQ(!parsed.program, refused) << sample.name << "\n" << parsed.errors();
        EXPECT_EQ(parsed.diagnostics.ok(), !refused) << sample.name;
    }
}

TEST(Parse, Trees) {
    EXPECT_EQ(tree(""), "program\n");
    EXPECT_EQ(tree("snn 1"), "program version 1\n");
    EXPECT_EQ(tree("fn f(x, y) = -x^-1*y^-x^2 - 2"),
              "program\n  fn f(x, y) = (- (* (- (^ x (- 1))) (^ y (- (^ x 2)))) 2)\n");
    EXPECT_EQ(tree("fn f(x) = x + not x == 2 or x"),
              "program\n  fn f(x) = (or (+ x (not (== x 2))) x)\n");
    EXPECT_EQ(tree("network N { a : [2] -> b as c\n p : C[3](x = 1) recurrent dense() }"),
              "program\n  network N\n    chain a : [2] -> b as c\n"
              "    population p : C[3](x = 1) recurrent dense()\n");
    EXPECT_EQ(tree("train T of N { target y[t] : f32[3]; metric late = f(x); freeze a.b, c }"),
              "program\n  train T of N\n    target y[t] : f32[3]\n    setting metric late = f(x)\n"
              "    freeze a.b, c\n");
}

TEST(Parse, NamesAndUnitsInNormalForm) {
    EXPECT_EQ(tree("fn f() = e\u0301 + 10\u00B5s + 5M\u2126"),
              "program\n  fn f() = (+ (+ \u00E9 10\u03BCs) 5M\u03A9)\n");
}

TEST(Parse, DocComments) {
    EXPECT_EQ(tree("/// one\n/// two\nneuron A {  /// three\n  /// in\n  input I, J  /// last\n"
                   "  // no doc\n  v[t] = 1 +  /// inner\n  2\n  /// nothing\n}\n"),
              "program\n  /// one\n  /// two\n  /// three\n  neuron A\n    /// in\n    input I\n"
              "    /// last\n    input J\n    /// inner\n    equation v[t] = (+ 1 2)\n");
}

TEST(Parse, Ranges) {
    const Parsed parsed("neuron A { param p = 20ms, q = 2\n v[t] = beta*I }");
    ASSERT_TRUE(parsed.program);
    const auto& cell = std::get<CellDecl>(parsed.program->declarations[0].node);
    const auto text = [&](const SourceRange& range) { return parsed.sources.text(range); };
    EXPECT_EQ(text(cell.name.range), "A");
    EXPECT_EQ(text(cell.members[0].range), "param p = 20ms");
    EXPECT_EQ(text(cell.members[1].range), "q = 2");
    EXPECT_EQ(cell.members[0].line_group, cell.members[1].line_group);
    EXPECT_NE(cell.members[1].line_group, cell.members[2].line_group);
    const auto& number = std::get<ParamMember>(cell.members[0].node).value;
    EXPECT_EQ(text(std::get<Number>(number->node).unit_range), "ms");
    EXPECT_EQ(std::get<Number>(number->node).value, 20);
    const auto& product = std::get<Equation>(cell.members[2].node).value;
    EXPECT_EQ(text(product->range), "beta*I");
    EXPECT_EQ(text(std::get<Binary>(product->node).op_range), "*");
}

TEST(Parse, LoneExpression) {
    SourceManager sources;
    Diagnostics diagnostics;
    const ExprPtr loss =
        parse_expression(sources, sources.add("--loss", "sum_t(sum(w*n.v))"), diagnostics);
    ASSERT_TRUE(loss);
    EXPECT_EQ(print_expression(*loss), "sum_t(sum((* w n.v)))");
    EXPECT_FALSE(parse_expression(sources, sources.add("--loss", "a + "), diagnostics));
    EXPECT_FALSE(parse_expression(sources, sources.add("--loss", ""), diagnostics));
    EXPECT_EQ(diagnostics.all().size(), 2u);
}

// ---- errors ----------------------------------------------------------------------------------

TEST(ParseErrors, KeywordAsName) {
    EXPECT_EQ(errors("neuron A { param learn = 3 }"),
              "E0110 1:18 `learn` is a keyword and cannot be used as a name\n");
    EXPECT_EQ(errors("network match { }"),
              "E0110 1:9 `match` is a keyword and cannot be used as a name\n");
}

TEST(ParseErrors, Numbers) {
    EXPECT_EQ(errors("fn f() = .5"),
              "E0105 1:10 a number needs digits on both sides of its point\n");
    EXPECT_EQ(mended("fn f() = .5"), "fn f() = 0.5");
    EXPECT_EQ(mended("fn f() = 1. + 2"), "fn f() = 1.0 + 2");
    EXPECT_EQ(errors("fn f() = 0..1"), "E0105 1:10 `0..1` is not a number\n");
    EXPECT_EQ(errors("fn f() = 1e999"),
              "E0105 1:10 `1e999` is beyond the range of double precision\n");
    EXPECT_EQ(errors("fn f() = 20 ms"), "E0106 1:10 a unit is written right behind its number\n");
    EXPECT_EQ(mended("fn f() = 20 ms"), "fn f() = 20ms");
    EXPECT_EQ(mended("fn f(x) = 2 x"), "fn f(x) = 2*x");
}

TEST(ParseErrors, Brackets) {
    EXPECT_EQ(errors("neuron A {\n v[t] = (1 + 2\n w[t] = 3\n}"),
              "E0107 2:15 expected `)` before the end of the line\n");
    EXPECT_EQ(mended("fn f(x) = (1 + 2"), "fn f(x) = (1 + 2)");
    EXPECT_EQ(errors("neuron A {\n v[t] = 1\n\nneuron B { v[t] = 2 }\n"),
              "E0107 2:10 expected `}` before the next declaration\n");
    EXPECT_EQ(errors("fn f(x) = x)"), "E0108 1:12 `)` closes nothing\n");
    EXPECT_EQ(errors("fn f(x) = (x]"), "E0108 1:13 `]` does not close `(`\n");
    const Parsed opened("neuron A {\n v[t] = 1\n");
    ASSERT_EQ(opened.diagnostics.all().size(), 1u);
    ASSERT_EQ(opened.diagnostics.all()[0].labels.size(), 1u);
    EXPECT_EQ(opened.diagnostics.all()[0].labels[0].range.begin, 9u);
}

TEST(ParseErrors, ABraceThatIsMissingInsideIsFoundByIndentation) {
    const Parsed parsed(
        "neuron A {\n    on s: {\n        v = 0\n    s[t] = 1\n}\n\nneuron B { }\n");
    ASSERT_EQ(parsed.diagnostics.all().size(), 1u) << parsed.errors();
    EXPECT_EQ(parsed.diagnostics.all()[0].labels.size(), 3u);
}

TEST(ParseErrors, ABraceTooManyIsReportedOnce) {
    EXPECT_EQ(errors("network N {\n steps = 3\n}\n input x : f32[1]\n x -> b\n}\nfn f() = 1\n"),
              "E0113 4:2 `input` stands outside of every neuron and network\n");
}

TEST(ParseErrors, Depth) {
    const std::string deep = "fn f(x) = " + std::string(10000, '(') + "x" + std::string(10000, ')');
    EXPECT_EQ(errors(deep), "E0109 1:267 brackets nest deeper than 256\n");
    const std::string fits = "fn f(x) = " + std::string(255, '(') + "x" + std::string(255, ')');
    EXPECT_EQ(errors(fits), "");
    for (const char* bracket : {"[", "{", "(", "}", ")"}) {
        std::string many;
        for (int i = 0; i < 10000; ++i) many += bracket;
        EXPECT_NE(errors(many), "") << bracket;
        EXPECT_NE(errors("neuron A { v[t] = " + many), "") << bracket;
    }
    std::string sum = "fn f(x) = x", nots = "fn f(x) = ", chain = "fn f(x) = ";
    for (int i = 0; i < 100000; ++i) sum += "+x";
    for (int i = 0; i < 100000; ++i) nots += "not ";
    for (int i = 0; i < 100000; ++i) chain += "if x { 1 } else ";
    EXPECT_EQ(errors(sum), "E0109 1:2010 an expression has more than 1000 operators\n");
    EXPECT_NE(errors(nots + "x"), "");
    EXPECT_NE(errors(chain + "{ 2 }"), "");
    std::string values = "fn f() = (1";
    for (int i = 0; i < 5000; ++i) values += ", -1/2";
    EXPECT_EQ(errors(values + ")"), "");
}

TEST(ParseErrors, LineEnds) {
    EXPECT_EQ(errors("neuron A { dv/dt = -v/tau\n  solve exact }"),
              "E0111 2:3 `solve` stands on the line of what it belongs to\n");
    EXPECT_EQ(mended("neuron A { dv/dt = -v/tau\n  solve exact }"),
              "neuron A { dv/dt = -v/tau solve exact }");
    EXPECT_EQ(errors("neuron A { s[t] = spike(v)\n surrogate atan(alpha = 2) }"),
              "E0111 2:2 `surrogate` stands on the line of what it belongs to\n");
    EXPECT_EQ(errors("neuron A { param p = 1 in [0, 2]\n by clamp }"),
              "E0111 2:2 `by` stands on the line of what it belongs to\n");
    EXPECT_EQ(errors("neuron A { on s: { v = 0 } refractory 5ms: v }"),
              "E0112 1:28 two statements on one line are separated by `;`\n");
    EXPECT_EQ(errors("neuron A { } network B { }"),
              "E0112 1:14 two declarations on one line are separated by `;`\n");
}

TEST(ParseErrors, Characters) {
    EXPECT_EQ(errors("import \"x.snn"), "E0104 1:8 this string has no closing `\"`\n");
    EXPECT_EQ(errors("fn f(x) = x @ 2"), "E0103 1:13 `@` does not belong to the language\n");
    EXPECT_EQ(errors(std::string("fn f(x) = x\0 + 2", 16)),
              "E0103 1:12 the character U+0000 does not belong to the language\n");
    EXPECT_EQ(errors("fn f(x) = x # why"), "E0103 1:13 a comment begins with `//`, not with `#`\n");
    EXPECT_EQ(errors("/* a */ fn f(x) = x"), "E0103 1:1 there are no block comments\n");
    EXPECT_EQ(errors("fn f(x) = x\xFF"),
              "E0102 1:12 the file is not UTF-8 text from this byte on\n");
    EXPECT_EQ(mended("fn f(x, y) = x && y"), "fn f(x, y) = x and y");
    EXPECT_EQ(mended("fn f(x) = !x"), "fn f(x) = not x");
    EXPECT_EQ(mended("fn f(x) = x**2"), "fn f(x) = x^2");
    EXPECT_EQ(mended("fn f(x) = x \u2264 2"), "fn f(x) = x <= 2");
    EXPECT_EQ(errors("\xEF\xBB\xBF"
                     "fn f(x) = x"),
              "");
    EXPECT_EQ(tree("fn f(x) = x // no line end"), "program\n  fn f(x) = x\n");
}

TEST(ParseErrors, Forms) {
    EXPECT_EQ(errors("fn f(x) = 0 < x < 1"), "E0115 1:17 a comparison cannot be compared again\n");
    EXPECT_EQ(mended("fn f(x) = 0 < x < 1"), "fn f(x) = 0 < x and x < 1");
    EXPECT_EQ(errors("fn f(x) = if x = 1 { 2 } else { 3 }"),
              "E0114 1:16 `=` cannot stand inside an expression; a comparison is written `==`\n");
    EXPECT_EQ(errors("neuron A { v += 1 }"), "E0114 1:14 there is no `+=`\n");
    EXPECT_EQ(errors("neuron A { v == 1 }"),
              "E0114 1:14 `==` compares; a value is given with `=`\n");
    EXPECT_EQ(errors("network N { x -> flatten : k -> b }"),
              "E0116 1:28 an asserted shape is a number or a bracketed list\n");
    EXPECT_EQ(errors("network N { a as b }"),
              "E0116 1:13 a chain joins two elements or more with `->`\n");
    EXPECT_EQ(errors("network N { v[t] = 3 }"),
              "E0116 1:13 the left side of a setting is one name\n");
    EXPECT_EQ(errors("neuron A { dv/dx = 3 }"),
              "E0116 1:15 a derivative is taken by time, `dv/dt`\n");
    EXPECT_EQ(errors("train of N { rate x = 3 }"),
              "E0116 1:19 only a `metric` takes a name of its own\n");
    EXPECT_EQ(errors("snn 2"), "E0117 1:5 this snnc knows version 1 of the language, not 2\n");
    EXPECT_EQ(errors("neuron A { let a = if v { 1 } }"),
              "E0101 1:30 expected `else { ... }` behind the branch of an `if`\n");
    EXPECT_EQ(errors("neuron A { stat v = 0 }"),
              "E0113 1:12 `stat` begins no statement of a neuron\n");
    EXPECT_EQ(errors("nueron A { stat v = 0 }"),
              "E0113 1:1 `nueron` begins no statement of a file\n");
    EXPECT_EQ(errors("neuron A { network B { } }"),
              "E0113 1:12 `network` cannot stand in a neuron\n");
    EXPECT_EQ(errors("fn f(x) = x +"),
              "E0101 1:14 expected an expression after `+`, found the end of the file\n");
    EXPECT_EQ(errors("network N { steps 25 }"),
              "E0101 1:19 expected `=`, `:` or `->` after `steps`, found `25`\n");
}

TEST(ParseErrors, SeveralInOrderAndNoneInvented) {
    EXPECT_EQ(errors("neuron A {\n parm b = 1\n state v = 0\n v[t] = b*+ \n 1\n s[t] = spike(v\n}\n"
                     "network N {\n input x f32[1]\n x -> dense(10) as\n}\nfn f(x) x\n"),
              "E0113 2:2 `parm` begins no statement of a neuron\n"
              "E0101 4:11 expected an expression after `*`, found `+`\n"
              "E0107 6:16 expected `)` before the end of the line\n"
              "E0101 9:10 expected `:` after `x`, found `f32`\n"
              "E0101 10:19 expected a name after `as`, found `}`\n"
              "E0101 12:9 expected `=` after `)`, found `x`\n");
}

TEST(ParseErrors, AtMostAHundred) {
    std::string text = "neuron A {\n";
    for (int i = 0; i < 5000; ++i) text += " x = @\n";
    const Parsed parsed(text + "}\n");
    EXPECT_EQ(parsed.diagnostics.all().size(), 100u);
}

TEST(Parse, ExamplesTakeMilliseconds) {
    for (const Sample& sample : test::folder_samples("examples")) {
        const auto start = std::chrono::steady_clock::now();
        const Parsed parsed(sample.text);
        const std::chrono::duration<double, std::milli> time =
            std::chrono::steady_clock::now() - start;
        EXPECT_LT(time.count(), 200) << sample.name;  // single digits; sanitizers are slower
    }
}

}  // namespace
}  // namespace snnc::frontend
