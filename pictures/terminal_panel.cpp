#include "pictures/terminal_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pictures/fit.h"
#include "pictures/terminal_marks.h"
#include "support/unicode.h"

namespace snnc::pictures {
namespace {

int y_tick_count(int lines) { return std::max(2, (lines + 1) / 3); }

void draw_y_ticks(const TerminalFrame& frame, int lines, Sheet& sheet) {
    for (int row = 0; row < lines; ++row) sheet.put(row, frame.left - 1, U'│', "2");
    for (const auto& tick : frame.y.ticks(y_tick_count(lines))) {
        const int row = std::clamp(int(frame.down(tick.value) / 4), 0, lines - 1);
        sheet.text(row, frame.left - 2 - display_width(tick.text), tick.text);
        sheet.put(row, frame.left - 1, U'┤', "2");
    }
}

void draw_x_axis(const TerminalFrame& frame, bool with_text, Sheet& sheet) {
    const int line = frame.rows;
    sheet.put(line, frame.left - 1, U'└', "2");
    for (int i = 0; i < frame.columns; ++i) sheet.put(line, frame.left + i, U'─', "2");
    int free_from = 0;
    for (const auto& tick : frame.x.ticks(std::max(2, frame.columns / 12))) {
        const int column =
            frame.left + std::clamp(int(frame.across(tick.value) / 2), 0, frame.columns - 1);
        sheet.put(line, column, U'┬', "2");
        const int width = display_width(tick.text),
                  begin = std::min(column - width / 2, sheet.columns() - width);
        if (!with_text || begin < free_from) continue;
        sheet.text(line + 1, begin, tick.text);
        free_from = begin + width + 1;
    }
}

/// "│weight: -0.31 ≡=-· ░▒▓█ 0.31│", for what the characters or colours of an image say.
std::string key(const Panel& panel, const TerminalFrame& frame) {
    for (const Mark& mark : panel.marks)
        if (const auto* image = std::get_if<Image>(&mark)) return image_key(*image, frame.colour);
    return {};
}

int tick_width(const Panel& panel, int lines) {
    int width = 0;
    for (const auto& tick : y_scale(panel).ticks(y_tick_count(lines)))
        width = std::max(width, display_width(tick.text));
    return width;
}

int name_width(const Panel& panel) {
    int width = 0;
    for (const Mark& mark : panel.marks)
        if (const auto* line = std::get_if<Line>(&mark); line && !line->name.empty())
            width = std::max(width, display_width(line->name) + 1);
    return std::min(width, 24);
}

}  // namespace

int TerminalPanel::columns() const { return std::max(10, width - left - right); }

Panel TerminalPanel::fitted(const Panel& panel, const Scale& x) const {
    Room room;
    room.cells_across = std::size_t(columns());
    room.columns = 2 * room.cells_across;
    room.cells_down = (colour ? 2 : 1) * std::size_t(lines);
    room.spikes = room.columns * 4 * std::size_t(lines);
    return fit(panel, room, x);
}

void TerminalPanel::make_room(const Panel& panel, const Scale& x) {
    right = std::max(right, name_width(panel));
    // Means of bars have other ticks than all bars, and the margin decides what must be a mean.
    for (const Panel& candidate : {panel, fitted(panel, x)})
        left = std::max(left, tick_width(candidate, lines) + 2);
}

std::string TerminalPanel::print(const Panel& whole, const Scale& x) const {
    for (const Mark& mark : whole.marks)
        if (const auto* graph = std::get_if<Graph>(&mark))
            return (whole.title.empty() ? "" : whole.title + "\n") + graph_text(*graph, colour);
    const Panel panel = fitted(whole, x);
    const TerminalFrame frame{left, lines, columns(), x, y_scale(panel), panel.y.downwards, colour};
    const std::string title = !panel.title.empty() && !panel.y.label.empty()
                                  ? fmt::format("{} · {}", panel.title, panel.y.label)
                                  : panel.title + panel.y.label;
    Sheet sheet(lines + (x_axis ? 2 : 1), width);
    draw_y_ticks(frame, lines, sheet);
    draw_terminal_marks(panel, frame, sheet);
    draw_x_axis(frame, x_axis, sheet);
    std::string text = title.empty() ? "" : title + "\n";
    text += sheet.print(colour);
    if (x_axis && !panel.x.label.empty()) {
        const int begin = left + (frame.columns - display_width(panel.x.label)) / 2;
        text += std::string(std::size_t(std::max(0, begin)), ' ') + panel.x.label + "\n";
    }
    return text + key(panel, frame);
}

}  // namespace snnc::pictures
