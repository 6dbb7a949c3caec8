// Equations of cells as LaTeX and as MathML.
#include "pages/formulas.h"

#include <gtest/gtest.h>

#include "frontend/parse.h"

namespace snnc::pages {
namespace {

using namespace frontend;

/// The formula of the only member of a cell.
std::string formula(const std::string& member, const Notation& notation) {
    SourceManager sources;
    Diagnostics diagnostics;
    const FileId file = sources.add("n.snn", "neuron N {\n    " + member + "\n}\n");
    const auto program = parse(sources, file, diagnostics);
    EXPECT_TRUE(program && diagnostics.ok()) << member;
    const auto& cell = std::get<CellDecl>(program->declarations.front().node);
    return typeset(cell.members.front(), notation);
}

std::string in_latex(const std::string& member) { return formula(member, *latex()); }

TEST(Formulas, names_are_letters_with_what_stands_below) {
    EXPECT_EQ(in_latex("let k = beta"), "k = \\beta");
    EXPECT_EQ(in_latex("let k = tau_m"), "k = \\tau_{\\text{m}}");
    EXPECT_EQ(in_latex("let k = theta_reset[t-1]"), "k = \\theta_{\\text{reset},\\ t - 1}");
    EXPECT_EQ(in_latex("let k = jump"), "k = \\mathit{jump}");
}

TEST(Formulas, divisions_are_fractions_without_their_parentheses) {
    EXPECT_EQ(in_latex("let k = (a + b)/(2*c)"), "k = \\frac{a + b}{2 \\cdot c}");
    EXPECT_EQ(in_latex("let k = exp(-dt/tau)"), "k = {e}^{\\frac{- \\mathit{dt}}{\\tau}}");
}

TEST(Formulas, a_base_that_is_a_power_is_fenced) {
    EXPECT_EQ(in_latex("let k = exp(x)^2"), "k = {\\left({e}^{x}\\right)}^{2}");
    EXPECT_EQ(in_latex("let k = (exp(x))^2"), "k = {\\left({e}^{x}\\right)}^{2}");
    EXPECT_EQ(in_latex("let k = 20ms^2"), "k = {\\left(20\\,\\mathrm{ms}\\right)}^{2}");
    EXPECT_EQ(in_latex("let k = x^2"), "k = {x}^{2}");
    EXPECT_EQ(formula("let k = exp(x)^2", *mathml()),
              "<mrow><mi>k</mi><mo>=</mo><msup><mrow><mo>(</mo><msup><mi>e</mi><mrow><mi>x</mi>"
              "</mrow></msup><mo>)</mo></mrow><mn>2</mn></msup></mrow>");
}

TEST(Formulas, exponents_of_numbers_are_powers_of_ten) {
    EXPECT_EQ(in_latex("let k = 1e-3"), "k = 10^{-3}");
    EXPECT_EQ(in_latex("let k = 2.5e+06*x"), "k = 2.5 \\cdot 10^{6}\\cdot x");
    EXPECT_EQ(in_latex("let k = 1e-3ms"), "k = 10^{-3}\\,\\mathrm{ms}");
    EXPECT_EQ(in_latex("let k = 1e-3^2"), "k = {\\left(10^{-3}\\right)}^{2}");
    EXPECT_EQ(
        formula("let k = 2e-3", *mathml()),
        "<mrow><mi>k</mi><mo>=</mo><mrow><mn>2</mn><mo>·</mo><msup><mn>10</mn><mrow><mo>−</mo>"
        "<mn>3</mn></mrow></msup></mrow></mrow>");
}

TEST(Formulas, equations_say_which_step_they_define) {
    EXPECT_EQ(in_latex("v[t] = 0.9*v[t-1] + I"), "v_{t}= 0.9 \\cdot v_{t - 1}+ I");
    EXPECT_EQ(in_latex("s ~ bernoulli(p)"), "s_{t}\\sim \\operatorname{bernoulli}\\left(p\\right)");
    EXPECT_EQ(in_latex("dv/dt = -v/20ms solve exact"),
              "\\frac{\\operatorname{d}v}{\\operatorname{d}t}= \\frac{- v}{20\\,\\mathrm{ms}}");
}

TEST(Formulas, choices_are_cases) {
    EXPECT_EQ(in_latex("let k = if x > 0 { 1 } else { 0 }"),
              "k = \\begin{cases} 1 & \\text{if }x > 0 \\\\ 0 & \\text{otherwise} \\\\ "
              "\\end{cases}");
    EXPECT_EQ(in_latex("let k = match o { a => 1 b | c => 2 }"),
              "k = \\begin{cases} 1 & \\text{o = a} \\\\ 2 & \\text{o = b, c} \\\\ \\end{cases}");
}

TEST(Formulas, events_are_assignments) {
    EXPECT_EQ(in_latex("on detach(s): v = v_reset"),
              "\\text{on }\\operatorname{detach}\\left(s\\right) :\\quad v_{t}\\gets "
              "v_{\\text{reset}}");
}

TEST(Formulas, mathml_has_the_same_structure) {
    EXPECT_EQ(formula("let k = abs(tau_m)/2", *mathml()),
              "<mrow><mi>k</mi><mo>=</mo><mfrac><mrow><mo>|</mo><mrow><msub><mi>τ</mi><mrow>"
              "<mtext>m</mtext></mrow></msub></mrow><mo>|</mo></mrow><mn>2</mn></mfrac></mrow>");
}

TEST(Formulas, members_without_an_equation_have_none) {
    EXPECT_EQ(in_latex("param beta = 0.9"), "");
    EXPECT_EQ(in_latex("input I"), "");
}

}  // namespace
}  // namespace snnc::pages
