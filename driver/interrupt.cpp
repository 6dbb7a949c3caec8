#include "driver/interrupt.h"

#include <csignal>

namespace snnc::driver {
namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t second_ends = 1;

void note(int number) {
    received = number;
    if (!second_ends) return;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

InterruptWatch::InterruptWatch(Second second) {
    received = 0;
    second_ends = second == Second::Ends;
    interrupt_before_ = std::signal(SIGINT, note);
    terminate_before_ = std::signal(SIGTERM, note);
}

InterruptWatch::~InterruptWatch() {
    std::signal(SIGINT, interrupt_before_);
    std::signal(SIGTERM, terminate_before_);
}

int InterruptWatch::signal() { return received; }

void stop_if_interrupted() {
    if (InterruptWatch::signal() != 0) throw Interrupted{};
}

}  // namespace snnc::driver
