// Ctrl-C: long work asks whether it should end and ends in good order.
#pragma once

namespace snnc::driver {

/// While alive, the first SIGINT or SIGTERM is only noted; the second ends the process, unless it
/// is not to.
class InterruptWatch {
 public:
    enum class Second { Ends, IsNoted };
    explicit InterruptWatch(Second second = Second::Ends);
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;
    ~InterruptWatch();

    /// The signal that came, or 0.
    static int signal();

 private:
    using Handler = void (*)(int);
    Handler interrupt_before_, terminate_before_;
};

/// Thrown where work ends because of a signal: no mistake, and nothing more to say.
struct Interrupted {};

/// Between two pieces of work: Interrupted once a signal came.
void stop_if_interrupted();

}  // namespace snnc::driver
