// Ctrl-C: long work asks whether it should end and ends in good order.
#pragma once

namespace snnc::driver {

/// While alive, the first SIGINT or SIGTERM is only noted; the second ends the process.
class InterruptWatch {
 public:
    InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;
    ~InterruptWatch();

    /// The signal that came, or 0.
    static int signal();
};

}  // namespace snnc::driver
