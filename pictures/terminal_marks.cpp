#include "pictures/terminal_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pictures/colours.h"
#include "support/unicode.h"

namespace snnc::pictures {
namespace {

/// Colours that show on light and on dark terminals.
std::string terminal_colour(std::size_t series) {
    constexpr const char* colours[series_count] = {"36", "33", "32", "35", "31", "34"};
    return colours[series % series_count];
}

/// Without colours: the darker the character, the larger the value.
char32_t shade_character(std::uint8_t shade, Colours colours) {
    constexpr std::u32string_view above = U" ░▒▓█", below = U" ·-=≡";
    if (shade == no_shade) return U' ';
    if (colours == Colours::Sequential) return above[std::size_t(shade * 5 / shade_count)];
    constexpr int middle = shade_count / 2;
    const int level = std::min(4, std::abs(shade - middle) * 9 / shade_count);
    return (shade < middle ? below : above)[std::size_t(level)];
}

class Marks {
 public:
    Marks(const TerminalFrame& frame, Sheet& sheet) : frame_(frame), sheet_(sheet) {}

    void operator()(const Line& line) {
        const std::string colour = terminal_colour(series_++);
        const Point* before = nullptr;
        for (const Point& point : line.points) {
            if (std::isfinite(point.y)) {
                const Point& from = before ? *before : point;
                sheet_.dotted_line(x(from.x), frame_.down(from.y), x(point.x), frame_.down(point.y),
                                   colour);
                before = &point;
            } else {
                before = nullptr;
            }
        }
        if (before && !line.name.empty()) put_name(line.name, frame_.down(before->y) / 4, colour);
    }

    /// Shaded from the smallest to the largest value.
    void operator()(const Band& band) {
        for (std::size_t i = 0; i < band.low.size(); ++i) {
            if (!std::isfinite(band.low[i].y) || !std::isfinite(band.high[i].y)) continue;
            const int column = x(band.low[i].x) / 2, bottom = frame_.down(band.low[i].y) / 4;
            for (int row = frame_.down(band.high[i].y) / 4; row <= bottom; ++row)
                sheet_.put(row, column, U'░', terminal_colour(series_));
        }
    }

    void operator()(const Spikes& spikes) {
        for (const Point& place : spikes.places) {
            const int top = frame_.down(place.y + 0.35), bottom = frame_.down(place.y - 0.35);
            sheet_.dotted_line(x(place.x), top, x(place.x), bottom, "");
        }
    }

    void operator()(const Events& events) {
        for (const double at : events.at) sheet_.put(0, x(at) / 2, U'╻', "1");
    }

    void operator()(const Level& level) {
        if (!std::isfinite(level.y)) return;
        const int row = frame_.down(level.y) / 4;
        for (int column = 0; column < frame_.columns; ++column)
            sheet_.put(row, frame_.left + column, U'╌', "2");
        const int begin = frame_.left + frame_.columns - display_width(level.name);
        sheet_.text(row, begin, level.name, "2");
    }

    void operator()(const Bars& bars) {
        for (int column = 0; column < frame_.columns; ++column) {
            const double value =
                frame_.x.range().low + (column + 0.5) / frame_.columns * frame_.x.range().length();
            const double place = std::floor((value - bars.first) / bars.width);
            if (place < 0 || place >= double(bars.heights.size())) continue;
            fill_column(column, bars.heights[std::size_t(place)]);
        }
    }

    void operator()(const Image& image) {
        const Range range = shade_range(image);
        for (int row = 0; row < frame_.rows; ++row) {
            for (int column = 0; column < frame_.columns; ++column) {
                const auto shade = [&](double part) {
                    return shade_of(value_at(image, row + part, column + 0.5), range);
                };
                if (frame_.colour) {
                    put_halves(row, column, shade(0.25), shade(0.75), image.colours);
                } else {
                    sheet_.put(row, frame_.left + column,
                               shade_character(shade(0.5), image.colours));
                }
            }
        }
    }

    void operator()(const Graph&) {}  // is a text of its own (graph_text)

 private:
    int x(double value) const { return 2 * frame_.left + frame_.across(value); }

    /// Behind the line's last value, or in the next free row.
    void put_name(const std::string& name, int row, const std::string& colour) {
        const auto taken = [&](int place) {
            return std::find(named_.begin(), named_.end(), place) != named_.end();
        };
        while (taken(row)) row = (row + 1) % frame_.rows;
        named_.push_back(row);
        sheet_.text(row, frame_.left + frame_.columns + 1, name, colour);
    }

    /// From 0 to its height, in eighths of a character.
    void fill_column(int column, double height) {
        if (!std::isfinite(height)) return;
        const auto eighths = [&](double value) {
            const double place = std::clamp(frame_.y.place(value), 0.0, 1.0);
            return int(std::lround(place * 8 * frame_.rows));
        };
        const int ground = eighths(std::max(0.0, frame_.y.range().low)), end = eighths(height);
        for (int row = 0; row < frame_.rows; ++row) {
            const int bottom = std::clamp(std::min(ground, end) - 8 * row, 0, 8),
                      top = std::clamp(std::max(ground, end) - 8 * row, 0, 8);
            if (top > bottom)
                sheet_.put(frame_.rows - 1 - row, frame_.left + column, block(bottom, top),
                           terminal_colour(0));
        }
    }

    /// Of what does not stand on the character's lower edge there are only a line and halves.
    static char32_t block(int bottom, int top) {
        if (bottom == 0) return char32_t(0x2580 + top);
        if (top < 8) return bottom + top < 8 ? U'▄' : U'▀';
        return bottom < 3 ? U'█' : bottom < 7 ? U'▀' : U'▔';
    }

    float value_at(const Image& image, double row, double column) const {
        const double down = row / frame_.rows, height = frame_.downwards ? down : 1 - down;
        const double x = frame_.x.range().low + column / frame_.columns * frame_.x.range().length(),
                     y = frame_.y.range().low + height * frame_.y.range().length();
        const double i = std::floor((y - image.y.low) / image.y.length() * double(image.rows)),
                     j = std::floor((x - image.x.low) / image.x.length() * double(image.columns));
        if (i < 0 || j < 0 || i >= double(image.rows) || j >= double(image.columns))
            return left_free;
        return image.values[std::size_t(i) * image.columns + std::size_t(j)];
    }

    /// Two cells above one another in one character.
    void put_halves(int row, int column, std::uint8_t upper, std::uint8_t lower, Colours colours) {
        if (upper == no_shade && lower == no_shade) return;
        const auto colour = [&](int what, std::uint8_t shade) {
            const Colour c = shades(colours)[shade];
            return fmt::format("{};2;{};{};{}", what, c.red, c.green, c.blue);
        };
        if (upper == no_shade) {
            sheet_.put(row, frame_.left + column, U'▄', colour(38, lower));
        } else if (lower == no_shade) {
            sheet_.put(row, frame_.left + column, U'▀', colour(38, upper));
        } else {
            sheet_.put(row, frame_.left + column, U'▀',
                       colour(38, upper) + ";" + colour(48, lower));
        }
    }

    const TerminalFrame& frame_;
    Sheet& sheet_;
    std::size_t series_ = 0;
    std::vector<int> named_;
};

}  // namespace

void draw_terminal_marks(const Panel& panel, const TerminalFrame& frame, Sheet& sheet) {
    Marks marks(frame, sheet);
    for (const Mark& mark : panel.marks) std::visit(marks, mark);
}

std::string image_key(const Image& image, bool colour) {
    const ShadeRange range = shade_range(image);
    std::string bar;
    for (int shade = 0; shade < shade_count; shade += 2) {
        if (colour) {
            const Colour c = shades(image.colours)[std::size_t(shade)];
            bar += fmt::format("\x1b[38;2;{};{};{}m█", c.red, c.green, c.blue);
        } else {
            append_utf8(bar, shade_character(std::uint8_t(shade), image.colours));
        }
    }
    if (colour) bar += "\x1b[0m";
    return fmt::format("{}: {} {} {}\n", image.name, low_text(range), bar, high_text(range));
}

}  // namespace snnc::pictures
