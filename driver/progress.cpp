#include "driver/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "driver/session.h"

namespace snnc::driver {
namespace {

constexpr int bar_width = 24;

int terminal_width() {
    winsize size{};
    return ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string bar(double fraction) {
    const int full = int(std::lround(std::clamp(fraction, 0.0, 1.0) * bar_width));
    return "[" + std::string(std::size_t(full), '#') +
           std::string(std::size_t(bar_width - full), '.') + "]";
}

}  // namespace

std::string duration_text(double seconds) {
    if (seconds < 60) return fmt::format("{:.1f} s", seconds);
    const auto whole = std::int64_t(std::lround(seconds));
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(std::int64_t epochs, std::int64_t total, std::int64_t done)
    : terminal_(isatty(1)),
      epochs_(epochs),
      total_(total),
      start_step_(done),
      start_(Clock::now()),
      last_(start_) {}

std::string Progress::status(std::int64_t epoch, std::int64_t step, double loss,
                             double samples_per_second) const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const double left =
        seconds * double(total_ - step) / double(std::max<std::int64_t>(1, step - start_step_));
    return fmt::format("epoch {}/{}, step {}/{}, loss {:.4g}, {:.0f} samples/s, {} left", epoch + 1,
                       epochs_, step, total_, loss, samples_per_second, duration_text(left));
}

void Progress::step(std::int64_t epoch, std::int64_t step, double loss, double samples_per_second) {
    const auto now = Clock::now();
    if (now - last_ < (terminal_ ? std::chrono::milliseconds(150) : std::chrono::seconds(10)))
        return;
    last_ = now;
    const std::string text = status(epoch, step, loss, samples_per_second);
    if (!terminal_) {
        write_out(text + "\n");
        return;
    }
    std::string line = bar(double(step) / double(std::max<std::int64_t>(1, total_))) + " " + text;
    line.resize(std::min(line.size(), std::size_t(std::max(1, terminal_width() - 1))));
    write_out("\r" + line + "\x1b[K");
    drawn_ = true;
}

void Progress::clear() {
    if (drawn_) write_out("\r\x1b[K");
    drawn_ = false;
}

void Progress::line(const std::string& text) {
    clear();
    write_out(text + "\n");
}

}  // namespace snnc::driver
