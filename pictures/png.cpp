#include "pictures/png.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <numbers>
#include <stdexcept>

#include "pictures/draw.h"

namespace snnc::pictures {
namespace {

constexpr double usual_scale = 2;
/// More than that Cairo does not take, or only with very much memory.
constexpr double most_pixels_long = 32767, most_pixels = 1 << 28;

/// Pixels for each unit of the figure; what is too large is drawn smaller.
double pixel_scale(const Size& size) {
    const double width = std::max(1, size.width), height = std::max(1, size.height);
    return std::min({usual_scale, most_pixels_long / std::max(width, height),
                     std::sqrt(most_pixels / (width * height))});
}

struct Release {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};

class PngCanvas final : public Canvas {
 public:
    explicit PngCanvas(const Size& size)
        : scale_(pixel_scale(size)),
          surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels(size.width),
                                              pixels(size.height))),
          context_(cairo_create(surface_.get())) {
        check(cairo_status(context_.get()));
        cairo_scale(context_.get(), scale_, scale_);
        cairo_set_line_join(context_.get(), CAIRO_LINE_JOIN_ROUND);
        cairo_set_source_rgb(context_.get(), 1, 1, 1);
        cairo_paint(context_.get());
    }

    void polyline(std::span<const Point> points, const Stroke& stroke) override {
        path(points);
        draw(stroke);
    }

    void area(std::span<const Point> outline, Ink ink, double opacity) override {
        path(outline);
        cairo_close_path(context_.get());
        fill(on_light(ink), opacity);
    }

    void box(const Box& box, double corner, std::optional<Ink> ink,
             const std::optional<Stroke>& edge) override {
        rounded(box, corner);
        if (ink) {
            use(on_light(*ink));
            cairo_fill_preserve(context_.get());
        }
        if (edge) draw(*edge);
        cairo_new_path(context_.get());
    }

    void circle(const Point& centre, double radius, Ink ink) override {
        cairo_new_path(context_.get());
        cairo_arc(context_.get(), centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
        fill(on_light(ink));
    }

    void ticks(std::span<const Point> tops, double height, const Stroke& stroke) override {
        cairo_new_path(context_.get());
        for (const Point& top : tops) {
            cairo_move_to(context_.get(), top.x, top.y);
            cairo_rel_line_to(context_.get(), 0, height);
        }
        draw(stroke);
    }

    void mosaic(const Box& box, const Mosaic& mosaic) override {
        cairo_save(context_.get());
        cairo_new_path(context_.get());
        cairo_set_antialias(context_.get(), CAIRO_ANTIALIAS_NONE);
        cairo_translate(context_.get(), box.left, box.top);
        cairo_scale(context_.get(), box.width() / double(mosaic.columns),
                    box.height() / double(mosaic.rows));
        const auto& colours = shades(mosaic.colours);
        for (std::size_t i = 0; i < mosaic.cells.size(); ++i) {
            if (mosaic.cells[i] == no_shade) continue;
            const std::size_t row = i / mosaic.columns, column = i % mosaic.columns;
            cairo_rectangle(context_.get(), double(column), double(row), 1, 1);
            fill(colours[mosaic.cells[i]]);
        }
        cairo_restore(context_.get());
    }

    void text(const Point& place, std::string_view words, const TextStyle& style) override {
        const std::string text(words);
        cairo_save(context_.get());
        cairo_select_font_face(context_.get(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                               style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(context_.get(), style.size);
        cairo_text_extents_t extents;
        cairo_text_extents(context_.get(), text.c_str(), &extents);
        const double share = style.anchor == Anchor::Start    ? 0
                             : style.anchor == Anchor::Middle ? 0.5
                                                              : 1;
        cairo_translate(context_.get(), place.x, place.y);
        if (style.upwards) cairo_rotate(context_.get(), -std::numbers::pi / 2);
        cairo_move_to(context_.get(), -share * extents.x_advance, 0);
        use(on_light(style.ink));
        cairo_show_text(context_.get(), text.c_str());
        cairo_restore(context_.get());
    }

    std::string finish() {
        std::string bytes;
        const auto append = [](void* target, const unsigned char* data, unsigned int length) {
            static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), length);
            return CAIRO_STATUS_SUCCESS;
        };
        check(cairo_status(context_.get()));
        check(cairo_surface_write_to_png_stream(surface_.get(), append, &bytes));
        return bytes;
    }

 private:
    int pixels(int length) const { return std::max(1, int(length * scale_)); }

    static void check(cairo_status_t status) {
        if (status == CAIRO_STATUS_NO_MEMORY) throw std::bad_alloc();
        if (status != CAIRO_STATUS_SUCCESS)
            throw std::runtime_error(std::string("the picture cannot be drawn: ") +
                                     cairo_status_to_string(status));
    }

    void path(std::span<const Point> points) {
        cairo_new_path(context_.get());
        for (const Point& point : points) cairo_line_to(context_.get(), point.x, point.y);
    }

    void rounded(const Box& box, double corner) {
        using std::numbers::pi;
        const double left = box.left + corner, right = box.right - corner, top = box.top + corner,
                     bottom = box.bottom - corner;
        cairo_new_path(context_.get());
        cairo_arc(context_.get(), right, top, corner, -pi / 2, 0);
        cairo_arc(context_.get(), right, bottom, corner, 0, pi / 2);
        cairo_arc(context_.get(), left, bottom, corner, pi / 2, pi);
        cairo_arc(context_.get(), left, top, corner, pi, 1.5 * pi);
        cairo_close_path(context_.get());
    }

    void use(const Colour& colour, double opacity = 1) {
        cairo_set_source_rgba(context_.get(), colour.red / 255.0, colour.green / 255.0,
                              colour.blue / 255.0, opacity);
    }

    void fill(const Colour& colour, double opacity = 1) {
        use(colour, opacity);
        cairo_fill(context_.get());
    }

    void draw(const Stroke& stroke) {
        use(on_light(stroke.ink));
        cairo_set_line_width(context_.get(), stroke.width);
        const auto pattern = pattern_of(stroke.dash);
        cairo_set_dash(context_.get(), pattern.data(), int(pattern.size()), 0);
        cairo_stroke(context_.get());
    }

    double scale_;
    std::unique_ptr<cairo_surface_t, Release> surface_;
    std::unique_ptr<cairo_t, Release> context_;
};

}  // namespace

std::string to_png(const Figure& figure, const Size& size) {
    const Size full = full_size(figure, size);
    PngCanvas canvas(full);
    draw(figure, full, canvas);
    return canvas.finish();
}

}  // namespace snnc::pictures
