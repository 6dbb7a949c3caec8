// What a person sees of a training: a bar that is drawn anew on a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace snnc::driver {

class Progress {
 public:
    /// `total` steps over all epochs, `done` of them before.
    Progress(std::int64_t epochs, std::int64_t total, std::int64_t done);

    /// After each step; draws at most a few times a second (plain: every ten seconds).
    void step(std::int64_t epoch, std::int64_t step, double loss, double samples_per_second);
    /// A line that stays.
    void line(const std::string& text);
    /// Takes the bar away.
    void clear();

 private:
    using Clock = std::chrono::steady_clock;

    std::string status(std::int64_t epoch, std::int64_t step, double loss,
                       double samples_per_second) const;

    bool terminal_;
    std::int64_t epochs_, total_, start_step_;
    Clock::time_point start_, last_;
    bool drawn_ = false;
};

/// "3.2 s", "2 min 5 s".
std::string duration_text(double seconds);

}  // namespace snnc::driver
