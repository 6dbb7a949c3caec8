// Where values fall on an axis, and at which of them it has ticks.
#include "pictures/axes.h"

#include <gtest/gtest.h>

namespace snnc::pictures {
namespace {

std::vector<std::string> texts(const Axis& axis, const Range& data, int count) {
    std::vector<std::string> texts;
    for (const auto& tick : Scale(axis, data).ticks(count)) texts.push_back(tick.text);
    return texts;
}

using Texts = std::vector<std::string>;

TEST(Axes, ticks_are_round_numbers) {
    EXPECT_EQ(texts({}, {0, 1}, 5), (Texts{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
    EXPECT_EQ(texts({}, {-70, -40}, 4), (Texts{"-70", "-60", "-50", "-40"}));
    EXPECT_EQ(texts({}, {3, 98}, 5), (Texts{"20", "40", "60", "80"}));
    EXPECT_EQ(texts({}, {0, 2e7}, 3), (Texts{"0", "1e+07", "2e+07"}));
}

TEST(Axes, counts_have_no_ticks_between_whole_numbers) {
    Axis cells;
    cells.whole = true;
    EXPECT_EQ(texts(cells, {-0.5, 2.5}, 10), (Texts{"0", "1", "2"}));
}

TEST(Axes, a_logarithmic_axis_has_powers_of_ten) {
    Axis loss;
    loss.logarithmic = true;
    EXPECT_EQ(texts(loss, {0.01, 200}, 5), (Texts{"0.01", "0.1", "1", "10", "100"}));
    EXPECT_EQ(texts(loss, {0.3, 3}, 5), (Texts{"0.5", "1", "2"}));
    EXPECT_NEAR(Scale(loss, {0.01, 1}).place(0.1), 0.5, 1e-12);
}

TEST(Axes, values_that_are_not_above_0_make_a_logarithmic_axis_plain) {
    Axis loss;
    loss.logarithmic = true;
    EXPECT_FALSE(Scale(loss, {0, 1}).logarithmic());
}

TEST(Axes, a_single_value_has_room_around_it) {
    const Scale scale({}, {5, 5});
    EXPECT_EQ(scale.place(5), 0.5);
    EXPECT_FALSE(scale.ticks(3).empty());
}

TEST(Axes, the_range_of_a_panel_is_that_of_its_marks) {
    Panel panel;
    panel.marks = {Line{"", {{2, 10}, {4, 20}}, false}, Level{"threshold", 30}};
    EXPECT_EQ(x_scale(panel).range().low, 2);
    EXPECT_EQ(x_scale(panel).range().high, 4);
    EXPECT_LT(y_scale(panel).range().low, 10);  // lines keep away from the frame
    EXPECT_GT(y_scale(panel).range().high, 30);
}

TEST(Axes, panels_with_a_shared_axis_have_one_range) {
    Panel raster, trace, none;
    raster.x.range = {{-0.5, 9.5}};
    trace.x.range = {{0, 9}};
    none.marks = {Line{"", {{2, 1}, {12, 1}}, false}};
    for (const Scale& scale : x_scales({"", {raster, trace, none}, true})) {
        EXPECT_EQ(scale.range().low, -0.5);
        EXPECT_EQ(scale.range().high, 12);
    }
}

TEST(Axes, bars_stand_on_0) {
    Panel panel;
    panel.marks = {Bars{0, 1, {3, 5}}};
    EXPECT_EQ(y_scale(panel).range().low, 0);
}

}  // namespace
}  // namespace snnc::pictures
