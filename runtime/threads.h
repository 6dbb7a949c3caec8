// A small team of threads for loops of independent tasks.
//
// Which thread runs a task never shows in a result: tasks write to places of their own and sums
// have a fixed order. Workers spin for a short while after a loop, because the next one usually
// follows at once, and then sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace snnc::runtime {

/// One task of a loop: what the loop works on, the number of the task, the number of the thread.
using TaskFunction = void (*)(void* closure, std::int64_t task, std::int64_t thread);

/// Threads that the program around snnc has already: calls work(closure) once on each of at most
/// `threads` threads, the caller's among them, and returns when all calls have.
using HostThreads = void (*)(int threads, void (*work)(void* closure), void* closure);

/// Loops that begin from now on run there, whatever the team; null: on threads of the team again.
/// Two sets of threads that take turns, and wait for the next loop by spinning, would take the
/// processors from each other.
void use_host_threads(HostThreads host);

/// Of a team; more would only wait for each other.
inline constexpr int most_threads = 1024;

class ThreadTeam {
 public:
    /// `threads` includes the caller; at least 1. Where the system gives fewer, those do the work.
    explicit ThreadTeam(int threads);
    ThreadTeam(const ThreadTeam&) = delete;
    ThreadTeam& operator=(const ThreadTeam&) = delete;
    ~ThreadTeam();

    int size() const { return size_; }

    /// Runs every task and returns when all are done. Loops of several callers run one after the
    /// other; a loop inside a task runs on its own thread.
    void run(std::int64_t tasks, TaskFunction function, void* closure);

 private:
    void start_workers();
    void run_on_workers();
    void run_on(HostThreads host);
    void work(std::int64_t thread);
    void worker(std::int64_t thread);

    const int size_;
    std::mutex callers_;
    std::vector<std::thread> workers_;
    bool has_started_ = false;
    TaskFunction function_ = nullptr;
    void* closure_ = nullptr;
    std::int64_t tasks_ = 0, chunk_ = 1;
    std::atomic<std::int64_t> next_{0};
    std::atomic<std::int64_t> host_threads_{0};  // that have come to this loop
    std::atomic<int> busy_{0};
    std::atomic<std::uint32_t> generation_{0};
    std::atomic<bool> stop_{false};
};

/// SNNC_THREADS, else the number of processors this process may use.
int default_threads();

/// While alive, loops started by compiled code on this thread run on `team`.
class UseTeam {
 public:
    explicit UseTeam(ThreadTeam& team);
    ~UseTeam();

 private:
    ThreadTeam* previous_;
};

}  // namespace snnc::runtime

/// The loop that compiled code calls; runs on the team in use on this thread, else serially.
extern "C" void snnc_parallel_for(std::int64_t tasks, snnc::runtime::TaskFunction function,
                                  void* closure);
