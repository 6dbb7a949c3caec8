#include "pictures/draw.h"

#include <algorithm>
#include <cmath>

#include "pictures/fit.h"
#include "support/unicode.h"

namespace snnc::pictures {
namespace {

constexpr double edge = 14, right_edge = 22, title_height = 26, panel_title = 24, tick_height = 20,
                 label_height = 18, name_height = 18, colour_bar = 84, usual_margin = 46;
constexpr double pixels_per_x_tick = 80, pixels_per_y_tick = 36;
constexpr int usual_width = 720, usual_panel = 170;

const Graph* graph_of(const Panel& panel) {
    for (const Mark& mark : panel.marks)
        if (const auto* graph = std::get_if<Graph>(&mark)) return graph;
    return nullptr;
}

const Image* image_of(const Panel& panel) {
    for (const Mark& mark : panel.marks)
        if (const auto* image = std::get_if<Image>(&mark)) return image;
    return nullptr;
}

/// A graph needs no line for its title where it has none; other panels have notes and names there.
double title_space(const Panel& panel) {
    return graph_of(panel) && panel.title.empty() ? 0 : panel_title;
}

/// What a line is called, behind a piece of it.
struct Name {
    std::string text;
    Stroke stroke;
    double width() const { return 24 + 6 + text_width(text); }
};

constexpr double between_names = 14;

std::vector<Name> names_of(const Panel& panel) {
    std::vector<Name> names;
    std::size_t series = 0;
    for (const Mark& mark : panel.marks)
        if (const auto* line = std::get_if<Line>(&mark)) {
            const Stroke stroke = series_stroke(series++);
            if (!line->name.empty()) names.push_back({line->name, stroke});
        }
    return names;
}

/// The first row stands on the title's line, and is empty where not all names fit there.
std::vector<std::vector<Name>> rows_of_names(const Panel& panel, double width) {
    std::vector<std::vector<Name>> rows(1);
    std::vector<Name> names = names_of(panel);
    double used = 1.1 * text_width(panel.title);  // bold
    for (const Name& name : names) used += between_names + name.width();
    if (used <= width) {
        rows[0] = std::move(names);
        return rows;
    }
    for (Name& name : names) {
        if (rows.size() == 1 || used + name.width() > width) {
            rows.emplace_back();
            used = 0;
        }
        used += name.width() + between_names;
        rows.back().push_back(std::move(name));
    }
    return rows;
}

int y_tick_count(double height) { return std::max(2, int(height / pixels_per_y_tick)); }

class Drawing {
 public:
    Drawing(const Figure& figure, const Size& size, Canvas& canvas)
        : figure_(figure), size_(size), canvas_(canvas), x_scales_(x_scales(figure)) {
        const double width = std::max(50.0, size.width - edge - right_edge - usual_margin);
        Room room;
        room.columns = std::size_t(width);
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
            figure_.panels[i] = fit(figure_.panels[i], room, x_scales_[i]);
            names_.push_back(rows_of_names(figure_.panels[i], width));
        }
    }

    void draw() {
        canvas_.box({0, 0, double(size_.width), double(size_.height)}, 6, Ink::Paper, {});
        double top = edge / 2;
        if (!figure_.title.empty()) {
            canvas_.text({edge, top + 17}, figure_.title, {Ink::Text, Anchor::Start, 14, true});
            top += title_height;
        }
        divide(top);
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) draw_panel(i);
    }

 private:
    bool has_x_axis(std::size_t i) const {
        return !figure_.shared_x || i + 1 == figure_.panels.size();
    }
    double names_below_title(std::size_t i) const {
        return name_height * double(names_[i].size() - 1);
    }
    double above(std::size_t i) const {
        return title_space(figure_.panels[i]) + names_below_title(i);
    }
    double below(std::size_t i) const {
        if (graph_of(figure_.panels[i])) return 0;
        if (!has_x_axis(i)) return 6;
        return tick_height + (figure_.panels[i].x.label.empty() ? 0 : label_height);
    }

    /// The frames get what titles and axes leave, by their relative heights.
    void divide(double top) {
        double rest = size_.height - top - edge / 2, parts = 0;
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
            rest -= above(i) + below(i);
            parts += figure_.panels[i].height;
        }
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
            const double height = std::max(20.0, rest * figure_.panels[i].height / parts);
            top += above(i);
            boxes_.push_back({edge, top, size_.width - right_edge, top + height});
            top += height + below(i);
        }
        for (const Panel& panel : figure_.panels)
            if (image_of(panel)) right_ = colour_bar;
    }

    void draw_panel(std::size_t i) {
        const Panel& panel = figure_.panels[i];
        if (const Graph* graph = graph_of(panel)) {
            draw_title(i, boxes_[i], edge);
            draw_graph(*graph, boxes_[i], canvas_);
            return;
        }
        Box box = boxes_[i];
        box.left = left_margin();
        box.right -= right_;
        if (const Image* image = image_of(panel); image && panel.square) make_square(*image, box);
        const Frame frame{box, x_scales_[i], y_scale(panel), panel.y.downwards};
        draw_title(i, box, box.left);
        draw_axes(panel, frame, has_x_axis(i));
        draw_marks(panel, frame, canvas_);
        if (const Image* image = image_of(panel)) draw_colours(*image, frame);
    }

    /// The same for all panels, so that their x axes lie below each other.
    double left_margin() const {
        double width = 0;
        for (std::size_t i = 0; i < figure_.panels.size(); ++i) {
            const Scale scale = y_scale(figure_.panels[i]);
            for (const auto& tick : scale.ticks(y_tick_count(boxes_[i].height())))
                width = std::max(width, text_width(tick.text));
        }
        return edge + label_height + width + 8;
    }

    /// The cells of the image get as wide as they are high.
    static void make_square(const Image& image, Box& box) {
        const double cell =
            std::min(box.width() / double(image.columns), box.height() / double(image.rows));
        box.right = box.left + cell * double(image.columns);
        box.bottom = box.top + cell * double(image.rows);
    }

    void draw_title(std::size_t i, const Box& box, double left) {
        const Panel& panel = figure_.panels[i];
        double y = box.top - 8 - names_below_title(i);
        if (!panel.title.empty())
            canvas_.text({left, y}, panel.title, {Ink::Text, Anchor::Start, 12, true});
        for (const std::vector<Name>& row : names_[i]) {
            draw_names(row, {box.right, y});
            y += name_height;
        }
    }

    /// The names of the lines, up to their right end.
    void draw_names(const std::vector<Name>& names, Point end) {
        for (auto name = names.rbegin(); name != names.rend(); ++name) {
            canvas_.text(end, name->text, {Ink::Text, Anchor::End});
            const double right = end.x - text_width(name->text) - 6;
            line({right - 24, end.y - 4}, {right, end.y - 4}, name->stroke);
            end.x -= name->width() + between_names;
        }
    }

    void draw_axes(const Panel& panel, const Frame& frame, bool with_x) {
        const Box& box = frame.box;
        const bool grid = !image_of(panel);
        for (const auto& tick : frame.y.ticks(y_tick_count(box.height()))) {
            const double y = frame.down(tick.value);
            if (grid) line({box.left, y}, {box.right, y}, {Ink::Grid});
            canvas_.text({box.left - 6, y + 4}, tick.text, {Ink::Text, Anchor::End});
        }
        if (!panel.y.label.empty())
            canvas_.text({edge + 6, box.centre().y}, panel.y.label,
                         {Ink::Text, Anchor::Middle, 12, false, true});
        canvas_.box(box, 0, {}, Stroke{Ink::Frame});
        const auto count = std::max(2, int(box.width() / pixels_per_x_tick));
        for (const auto& tick : frame.x.ticks(count)) {
            const double x = frame.across(tick.value);
            line({x, box.bottom}, {x, box.bottom + 4}, {Ink::Frame});
            if (with_x) canvas_.text({x, box.bottom + 17}, tick.text, {Ink::Text, Anchor::Middle});
        }
        if (with_x && !panel.x.label.empty())
            canvas_.text({box.centre().x, box.bottom + tick_height + 13}, panel.x.label,
                         {Ink::Text, Anchor::Middle});
    }

    /// A bar of all shades beside the image, with the values at its ends.
    void draw_colours(const Image& image, const Frame& frame) {
        const double left = frame.box.right + 12;
        const Box box{left, frame.box.top + 8, left + 12, frame.box.bottom - 8};
        Mosaic bar{shade_count, 1, {}, image.colours};
        for (int i = shade_count; i > 0; --i) bar.cells.push_back(std::uint8_t(i - 1));
        canvas_.mosaic(box, bar);
        const ShadeRange range = shade_range(image);
        const auto say = [&](double y, const std::string& text) {
            canvas_.text({box.right + 4, y + 4}, text, {});
        };
        say(box.top, high_text(range));
        if (range.low < 0) say(box.centre().y, "0");
        say(box.bottom, low_text(range));
        const double name =
            box.right + 4 + std::max(text_width(high_text(range)), text_width(low_text(range)));
        canvas_.text({name + 16, box.centre().y}, image.name,
                     {Ink::Quiet, Anchor::Middle, 11, false, true});
    }

    void line(const Point& from, const Point& to, const Stroke& stroke) {
        canvas_.polyline(std::vector<Point>{from, to}, stroke);
    }

    Figure figure_;  // with panels that fit
    const Size& size_;
    Canvas& canvas_;
    std::vector<Scale> x_scales_;
    std::vector<std::vector<std::vector<Name>>> names_;  // of each panel, in rows
    std::vector<Box> boxes_;
    double right_ = 0;
};

}  // namespace

double text_width(std::string_view text, double size) {
    return 0.53 * size * double(display_width(text));
}

Stroke series_stroke(std::size_t i) {
    constexpr Dash dashes[] = {Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::LongDashed};
    return {series_ink(i), 1.6, dashes[i % std::size(dashes)]};
}

std::span<const double> pattern_of(Dash dash) {
    static constexpr double dashed[] = {6, 3}, dotted[] = {2, 3}, long_dashed[] = {12, 3};
    switch (dash) {
        case Dash::Solid: return {};
        case Dash::Dashed: return dashed;
        case Dash::Dotted: return dotted;
        case Dash::LongDashed: return long_dashed;
    }
    return {};
}

Size full_size(const Figure& figure, const Size& size) {
    Size full{usual_width, int(edge + (figure.title.empty() ? 0 : title_height))};
    for (const Panel& panel : figure.panels) {
        const Graph* graph = graph_of(panel);
        const Size wanted = graph ? graph_size(*graph) : Size{};
        full.width = std::max(full.width, wanted.width + int(2 * edge));
        full.height += int(panel_title) +
                       (graph ? wanted.height : int(usual_panel * panel.height + tick_height));
    }
    full.height += int(label_height);
    if (size.width > 0) full.width = size.width;
    if (size.height > 0) full.height = size.height;
    return full;
}

void draw(const Figure& figure, const Size& size, Canvas& canvas) {
    Drawing(figure, size, canvas).draw();
}

}  // namespace snnc::pictures
