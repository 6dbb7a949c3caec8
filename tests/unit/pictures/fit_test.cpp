// What becomes of data that a picture has no room for.
#include "pictures/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace snnc::pictures {
namespace {

Panel fitted(Mark mark, const Room& room) {
    Panel panel;
    panel.title = "it";
    panel.marks = {std::move(mark)};
    return fit(panel, room, x_scale(panel));
}

TEST(Fit, a_line_keeps_its_extremes) {
    Line line;
    for (int i = 0; i < 100000; ++i) line.points.push_back({double(i), std::sin(i * 0.01)});
    line.points[54321].y = 9;
    line.points[77777].y = -9;
    Room room;
    room.columns = 100;
    const Panel panel = fitted(line, room);
    const auto& kept = std::get<Line>(panel.marks[0]).points;
    EXPECT_LE(kept.size(), 4u * 101);
    const auto has = [&](double y) {
        return std::any_of(kept.begin(), kept.end(), [&](const Point& p) { return p.y == y; });
    };
    EXPECT_TRUE(has(9));
    EXPECT_TRUE(has(-9));
    EXPECT_EQ(kept.front().x, 0);
    EXPECT_EQ(kept.back().x, 99999);
    EXPECT_EQ(panel.title, "it");
}

TEST(Fit, a_gap_in_a_line_stays) {
    Line line;
    for (int i = 0; i < 10000; ++i) line.points.push_back({double(i), i == 5000 ? NAN : 1.0});
    Room room;
    room.columns = 10;
    const Panel panel = fitted(line, room);
    const auto& kept = std::get<Line>(panel.marks[0]).points;
    EXPECT_EQ(std::count_if(kept.begin(), kept.end(),
                            [](const Point& point) { return std::isnan(point.y); }),
              1);
}

TEST(Fit, short_lines_stay_as_they_are) {
    const Line line{"", {{0, 1}, {1, 2}}, false};
    EXPECT_EQ(std::get<Line>(fitted(line, {}).marks[0]).points.size(), 2u);
}

TEST(Fit, bars_become_means_and_the_title_says_so) {
    Room room;
    room.columns = 4;  // two bars
    const Panel panel = fitted(Bars{0, 1, {1, 3, 5, 7, 10}}, room);
    const auto& bars = std::get<Bars>(panel.marks[0]);
    EXPECT_EQ(bars.width, 3);
    EXPECT_EQ(bars.heights, (std::vector<double>{3, 8.5}));
    EXPECT_EQ(panel.title, "it (means of 3)");
}

TEST(Fit, cells_of_an_image_become_means_without_those_that_are_left_free) {
    Image image;
    image.rows = 2;
    image.columns = 4;
    image.values = {1, 3, left_free, left_free, 5, 7, left_free, 2};
    Room room;
    room.cells_across = 2;
    room.cells_down = 1;
    const Panel panel = fitted(image, room);
    const auto& small = std::get<Image>(panel.marks[0]);
    EXPECT_EQ(small.values, (std::vector<float>{4, 2}));
    EXPECT_EQ(panel.title, "it (means of 2 × 2)");
}

TEST(Fit, crowded_spikes_are_counted) {
    Spikes spikes;
    for (int cell = 0; cell < 100; ++cell)
        for (int t = 0; t < 100; ++t) spikes.places.push_back({double(t), double(cell)});
    Room room;
    room.spikes = 5000;
    room.cells_across = 10;
    room.cells_down = 10;
    const Panel panel = fitted(spikes, room);
    const auto& image = std::get<Image>(panel.marks[0]);
    double all = 0;
    for (const float count : image.values) all += count;
    EXPECT_EQ(all, 10000);
    EXPECT_EQ(panel.title, "it (10000 spikes, counted in 10 × 10 fields)");
}

}  // namespace
}  // namespace snnc::pictures
