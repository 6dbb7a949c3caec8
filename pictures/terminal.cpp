#include "pictures/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "pictures/fit.h"
#include "pictures/terminal_panel.h"
#include "support/unicode.h"

namespace snnc::pictures {
namespace {

constexpr int least_width = 30, usual_lines = 10, most_lines = 200;

int columns_of(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    int columns = 0;
    if (const char* text = std::getenv("COLUMNS"))
        std::from_chars(text, text + std::strlen(text), columns);
    return columns > 0 ? columns : 80;
}

int lines_of(const Figure& figure, std::size_t i, const TerminalStyle& style) {
    const Panel& panel = figure.panels[i];
    if (style.height <= 0) return std::max(3, int(std::lround(usual_lines * panel.height)));
    double parts = 0;
    for (const Panel& other : figure.panels) parts += other.height;
    const int around = 3 * int(figure.panels.size()) + (figure.title.empty() ? 0 : 1);
    const double share = double(style.height - around) * panel.height / parts;
    return std::clamp(int(share), 3, most_lines);
}

}  // namespace

TerminalStyle terminal_style(int descriptor) {
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    TerminalStyle style;
    style.width = columns_of(descriptor);
    style.colour = isatty(descriptor) && !(no_colour && *no_colour) &&
                   !(terminal && std::strcmp(terminal, "dumb") == 0);
    return style;
}

std::string to_terminal(const Figure& figure, const TerminalStyle& style) {
    const int width = std::max(style.width, least_width);
    std::string text;
    if (!figure.title.empty())
        text += (style.colour ? "\x1b[1m" + figure.title + "\x1b[0m" : figure.title) + "\n";
    const std::vector<Scale> scales = x_scales(figure);
    TerminalPanel panel{width};
    panel.colour = style.colour;
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        const int ticks = tick_width(figure.panels[i], lines_of(figure, i, style));
        panel.left = std::max(panel.left, ticks + 2);
        panel.right = std::max(panel.right, name_width(figure.panels[i]));
    }
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        if (i > 0 || !figure.title.empty()) text += "\n";
        panel.lines = lines_of(figure, i, style);
        panel.x_axis = !figure.shared_x || i + 1 == figure.panels.size();
        text += panel.print(figure.panels[i], scales[i]);
    }
    return text;
}

}  // namespace snnc::pictures
