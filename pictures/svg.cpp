#include "pictures/svg.h"

#include <fmt/format.h>

#include <cmath>

#include "pictures/draw.h"
#include "support/xml.h"

namespace snnc::pictures {
namespace {

/// A tenth of a pixel is enough: "12.5", "12".
std::string number(double value) {
    const double tenths = std::round(value * 10);
    if (std::fmod(tenths, 10) == 0) return fmt::format("{:.0f}", tenths == 0 ? 0 : tenths / 10);
    return fmt::format("{:.1f}", tenths / 10);
}

/// Fills (f-…) and strokes (s-…) of each ink, on light and on dark pages.
std::string style_sheet() {
    const auto rules = [](Colour (*colour)(Ink)) {
        std::string text;
        for (std::size_t i = 0; i < ink_count; ++i) {
            const std::string value = hexadecimal(colour(Ink(i)));
            text += fmt::format(".f-{0}{{fill:{1}}}.s-{0}{{stroke:{1}}}", name_of(Ink(i)), value);
        }
        return text;
    };
    return fmt::format("<style>{}@media(prefers-color-scheme:dark){{{}}}</style>\n",
                       rules(on_light), rules(on_dark));
}

std::string stroke_attributes(const Stroke& stroke) {
    std::string text = fmt::format(" class=\"s-{}\" stroke-width=\"{}\"", name_of(stroke.ink),
                                   number(stroke.width));
    std::string dashes;
    for (const double length : pattern_of(stroke.dash))
        dashes += (dashes.empty() ? "" : " ") + number(length);
    if (!dashes.empty()) text += fmt::format(" stroke-dasharray=\"{}\"", dashes);
    return text;
}

class SvgCanvas final : public Canvas {
 public:
    void polyline(std::span<const Point> points, const Stroke& stroke) override {
        out_ += fmt::format("<path d=\"{}\" fill=\"none\"{} stroke-linejoin=\"round\"/>\n",
                            path(points), stroke_attributes(stroke));
    }

    void area(std::span<const Point> outline, Ink ink, double opacity) override {
        if (outline.empty()) return;
        const std::string shine = opacity == 1 ? "" : fmt::format(" fill-opacity=\"{}\"", opacity);
        out_ +=
            fmt::format("<path d=\"{}Z\" class=\"f-{}\"{}/>\n", path(outline), name_of(ink), shine);
    }

    void box(const Box& box, double corner, std::optional<Ink> fill,
             const std::optional<Stroke>& edge) override {
        std::string classes = fill ? fmt::format("f-{}", name_of(*fill)) : "";
        if (edge) classes += fmt::format("{}s-{}", fill ? " " : "", name_of(edge->ink));
        out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(box.left),
                            number(box.top), number(box.width()), number(box.height()));
        if (corner > 0) out_ += fmt::format(" rx=\"{}\"", number(corner));
        out_ += fmt::format(" class=\"{}\"", classes);
        if (!fill) out_ += " fill=\"none\"";
        if (edge) out_ += fmt::format(" stroke-width=\"{}\"", number(edge->width));
        out_ += "/>\n";
    }

    void circle(const Point& centre, double radius, Ink ink) override {
        out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"f-{}\"/>\n",
                            number(centre.x), number(centre.y), number(radius), name_of(ink));
    }

    void ticks(std::span<const Point> tops, double height, const Stroke& stroke) override {
        if (tops.empty()) return;
        const std::string down = "v" + number(height);
        out_ += "<path d=\"";
        for (const Point& top : tops)
            out_ += fmt::format("M{} {}{}", number(top.x), number(top.y), down);
        out_ += fmt::format("\"{}/>\n", stroke_attributes(stroke));
    }

    /// One path for each shade: a horizontal stroke through the cells that have it.
    void mosaic(const Box& box, const Mosaic& mosaic) override {
        out_ += fmt::format(
            "<g transform=\"translate({} {}) scale({:.5g} {:.5g})\" fill=\"none\" "
            "shape-rendering=\"crispEdges\">\n",
            number(box.left), number(box.top), box.width() / double(mosaic.columns),
            box.height() / double(mosaic.rows));
        const auto& colours = shades(mosaic.colours);
        for (std::size_t shade = 0; shade < colours.size(); ++shade) {
            const std::string runs = runs_of(mosaic, std::uint8_t(shade));
            if (!runs.empty())
                out_ += fmt::format("<path stroke=\"{}\" d=\"{}\"/>\n", hexadecimal(colours[shade]),
                                    runs);
        }
        out_ += "</g>\n";
    }

    void text(const Point& place, std::string_view text, const TextStyle& style) override {
        out_ += "<text";
        if (style.upwards) {
            out_ += fmt::format(" transform=\"translate({} {}) rotate(-90)\"", number(place.x),
                                number(place.y));
        } else {
            out_ += fmt::format(" x=\"{}\" y=\"{}\"", number(place.x), number(place.y));
        }
        if (style.anchor != Anchor::Start)
            out_ += fmt::format(" text-anchor=\"{}\"",
                                style.anchor == Anchor::Middle ? "middle" : "end");
        if (style.size != 12) out_ += fmt::format(" font-size=\"{}\"", number(style.size));
        if (style.bold) out_ += " font-weight=\"600\"";
        out_ += fmt::format(" class=\"f-{}\">{}</text>\n", name_of(style.ink), xml_escaped(text));
    }

    std::string finish(const Size& size, const std::string& title) const {
        return fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
            "height=\"{1}\" font-family=\"system-ui, Helvetica, Arial, sans-serif\" "
            "font-size=\"12\" role=\"img\">\n{2}{3}{4}</svg>\n",
            size.width, size.height,
            title.empty() ? "" : "<title>" + xml_escaped(title) + "</title>\n", style_sheet(),
            out_);
    }

 private:
    static std::string path(std::span<const Point> points) {
        std::string text;
        for (const Point& point : points)
            text +=
                fmt::format("{}{} {}", text.empty() ? "M" : "L", number(point.x), number(point.y));
        return text;
    }

    static std::string runs_of(const Mosaic& mosaic, std::uint8_t shade) {
        std::string text;
        for (std::size_t row = 0; row < mosaic.rows; ++row) {
            const std::uint8_t* cells = mosaic.cells.data() + row * mosaic.columns;
            for (std::size_t column = 0; column < mosaic.columns;) {
                const std::size_t begin = column;
                while (column < mosaic.columns && cells[column] == shade) ++column;
                if (column > begin)
                    text += fmt::format("M{} {}.5h{}", begin, row, column - begin);
                else
                    ++column;
            }
        }
        return text;
    }

    std::string out_;
};

}  // namespace

std::string to_svg(const Figure& figure, const Size& size) {
    const Size full = full_size(figure, size);
    SvgCanvas canvas;
    draw(figure, full, canvas);
    return canvas.finish(full, figure.title);
}

}  // namespace snnc::pictures
