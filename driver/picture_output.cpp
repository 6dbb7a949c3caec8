#include "driver/picture_output.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "driver/output_files.h"
#include "pictures/png.h"
#include "pictures/svg.h"
#include "pictures/terminal.h"
#include "runtime/atomic_file.h"

namespace snnc::driver {
namespace {

constexpr std::int64_t most_pixels = 4000;
constexpr double beyond_drawing = 1e30;

/// ".svg", whatever its case.
std::string suffix_of(const std::string& file) {
    std::string suffix = std::filesystem::path(file).extension().string();
    for (char& c : suffix) c = char(std::tolower(static_cast<unsigned char>(c)));
    return suffix;
}

}  // namespace

bool is_picture_file(const std::string& file) {
    const std::string suffix = suffix_of(file);
    return suffix == ".svg" || suffix == ".png";
}

void check_drawable(const std::string& option, double value) {
    if (!(std::abs(value) < beyond_drawing))
        fail(Code::BadCommandLine,
             fmt::format("`{}` takes a number below 1e30, not {}", option, value));
}

void PictureOptions::add_to(CLI::App& verb) {
    verb.add_option("--out", out, "file for the picture, .svg or .png; else it is printed");
    verb.add_option("--title", title, "what stands above the picture");
    verb.add_option("--width", width, "in pixels (a PNG has two for each), or in columns")
        ->check(whole_number());
    verb.add_option("--height", height, "in pixels, or in lines")->check(whole_number());
}

void PictureOptions::check() const {
    const std::int64_t largest = std::max(width, height);
    if (largest > most_pixels)
        fail(Code::BadCommandLine,
             fmt::format("a picture is at most {} wide and high, not {}", most_pixels, largest));
    if (out.empty()) return;
    if (!is_picture_file(out))
        fail(Code::BadCommandLine,
             fmt::format("`--out` takes a file that ends in .svg or .png, not `{}`", out), {},
             {"without `--out` the picture is printed"});
    check_writable_file(out);
}

void PictureOptions::show(pictures::Figure figure) const {
    if (!title.empty()) figure.title = title;
    const pictures::Size size{int(width), int(height)};
    if (out.empty()) {
        pictures::TerminalStyle style = pictures::terminal_style(1);
        if (width > 0) style.width = int(width);
        style.height = int(height);
        write_out(pictures::to_terminal(figure, style));
        return;
    }
    runtime::write_atomically(out, suffix_of(out) == ".svg" ? pictures::to_svg(figure, size)
                                                            : pictures::to_png(figure, size));
}

void write_picture_files(const std::string& name, const pictures::Figure& figure) {
    runtime::write_atomically(name + ".svg", pictures::to_svg(figure));
    runtime::write_atomically(name + ".png", pictures::to_png(figure));
}

}  // namespace snnc::driver
