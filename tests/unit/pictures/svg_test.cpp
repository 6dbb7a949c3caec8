// Pictures as SVG: the same bytes everywhere, and never too many.
#include "pictures/svg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "pictures/learning_curve.h"
#include "tests/support/process.h"
#include "tests/unit/pictures/sample_figures.h"

namespace snnc::pictures {
namespace {

/// Compares with the file below tests/unit/pictures/expected; SNNC_UPDATE_GOLDEN=1 writes it.
void expect_file(const std::string& name, const std::string& text) {
    const std::string file = std::string(SNNC_SOURCE_DIR) + "/tests/unit/pictures/expected/" + name;
    if (std::getenv("SNNC_UPDATE_GOLDEN")) test::write_text(file, text);
    EXPECT_EQ(text, test::read_text(file)) << file;
}

TEST(Svg, recordings) { expect_file("recording.svg", to_svg(sample_recording())); }
TEST(Svg, images) { expect_file("image.svg", to_svg(sample_image(), {300, 200})); }
TEST(Svg, bars) { expect_file("bars.svg", to_svg(sample_bars(), {300, 200})); }
TEST(Svg, graphs) { expect_file("graph.svg", to_svg(sample_graph())); }

/// Where the text begins (or ends) in the picture, across and down.
Point place_of(const std::string& svg, const std::string& text) {
    const auto at = svg.rfind("<text", svg.find(">" + text + "<"));
    const auto number = [&](const char* name) {
        return std::stod(svg.substr(svg.find(name, at) + std::string(name).size()));
    };
    return {number(" x=\""), number(" y=\"")};
}

TEST(Svg, names_that_do_not_fit_beside_the_title_stand_below_it) {
    Figure figure;
    Panel panel;
    panel.title = "what they compute";
    for (const char* name : {"one", "another"})
        panel.marks.push_back(Line{name, {{0, 0}, {1, 1}}, false});
    figure.panels = {panel};
    const std::string few = to_svg(figure);
    EXPECT_EQ(place_of(few, "one").y, place_of(few, "what they compute").y);
    for (const char* name :
         {"quite_a_long_name", "one_more_long_name", "and_a_third_one", "fourth"})
        figure.panels[0].marks.push_back(Line{name, {{0, 0}, {1, 1}}, false});
    const std::string many = to_svg(figure, {500, 0});
    EXPECT_GT(place_of(many, "one").y, place_of(many, "what they compute").y);
    EXPECT_GT(place_of(many, "fourth").y, place_of(many, "one").y);
}

TEST(Svg, the_name_of_a_level_keeps_clear_of_lines) {
    Figure figure;
    Panel panel;
    panel.y.range = Range{0, 10};
    panel.marks = {Level{"threshold", 5}, Line{"", {{0, 0}, {9, 0}, {9.1, 5.5}, {10, 5.5}}, false}};
    figure.panels = {panel};
    const Point free = place_of(to_svg(figure), "threshold");
    std::get<Line>(figure.panels[0].marks[1]).points = {{0, 0}, {10, 0}};
    const Point usual = place_of(to_svg(figure), "threshold");
    EXPECT_TRUE(free.x != usual.x || free.y != usual.y);
}

TEST(Svg, cells_of_tiles_are_square) {
    Figure figure = sample_image();
    figure.panels[0].square = true;
    EXPECT_NE(to_svg(figure, {300, 200}), to_svg(sample_image(), {300, 200}));
}

TEST(Svg, text_is_escaped) {
    const std::string svg = to_svg(sample_recording());
    EXPECT_NE(svg.find("one cell &amp; &lt;more&gt;"), std::string::npos);
}

TEST(Svg, a_figure_without_panels_or_marks_is_drawn) {
    EXPECT_NE(to_svg({}).find("</svg>"), std::string::npos);
    EXPECT_NE(to_svg({"", {Panel{}}, false}).find("</svg>"), std::string::npos);
}

TEST(Svg, losses_that_are_not_finite_leave_gaps) {
    Learning learning;
    for (int i = 0; i < 1000; ++i)
        learning.losses.push_back({double(i), i % 7 == 0 || i / 100 == 5 ? NAN : 2.0 + i % 3});
    const Figure figure = learning_curve(learning);
    const auto& band = std::get<Band>(figure.panels[0].marks[0]);
    EXPECT_EQ(band.low[0].y, 2);
    EXPECT_EQ(band.high[0].y, 4);
    EXPECT_EQ(to_svg(figure).find("nan"), std::string::npos);
    for (const double level : {double(NAN), double(INFINITY)}) {
        Panel panel;
        panel.marks = {Level{"", level}, Line{"", {{0, 1}, {1, 2}}, false}};
        const std::string svg = to_svg({"", {panel}, false});
        EXPECT_EQ(svg.find("nan"), std::string::npos);
        EXPECT_EQ(svg.find("inf"), std::string::npos);
    }
}

TEST(Svg, a_million_spikes_stay_small) {
    Spikes spikes;
    for (int cell = 0; cell < 1000; ++cell)
        for (int t = 0; t < 1000; ++t) spikes.places.push_back({double(t), double(cell)});
    Panel panel;
    panel.marks = {std::move(spikes)};
    EXPECT_LT(to_svg({"", {std::move(panel)}, false}).size(), 400'000u);
}

TEST(Svg, weights_of_784_by_1000_stay_small) {
    Image image;
    image.rows = 1000;
    image.columns = 784;
    for (std::size_t i = 0; i < image.rows * image.columns; ++i)
        image.values.push_back(float(i * 2654435761u % 1000) - 500);
    image.x = {0, 784};
    image.y = {0, 1000};
    Panel panel;
    panel.marks = {std::move(image)};
    EXPECT_LT(to_svg({"", {std::move(panel)}, false}).size(), 500'000u);
}

}  // namespace
}  // namespace snnc::pictures
