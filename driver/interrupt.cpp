#include "driver/interrupt.h"

#include <csignal>

namespace snnc::driver {
namespace {

volatile std::sig_atomic_t received = 0;

void note(int number) {
    received = number;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

InterruptWatch::InterruptWatch() {
    received = 0;
    std::signal(SIGINT, note);
    std::signal(SIGTERM, note);
}

InterruptWatch::~InterruptWatch() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

int InterruptWatch::signal() { return received; }

}  // namespace snnc::driver
